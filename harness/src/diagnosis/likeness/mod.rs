//! How much a report is like those whose cause is known.
//!
//! Rules know mechanisms, and miss what is put in words that nobody thought of and what is seldom
//! enough for a rule. Here the known reports speak for themselves: `learn.rs` weighs their words and
//! their signs (softmax regression), `words.tsv` is what it learned, and `model.rs` applies it. A
//! likeness is one more clue: it ranks causes, it makes none certain, and it is told with the words
//! that it rests on. `cargo xtask learn` writes the file anew.

mod learn;
mod model;
mod signs;
mod terms;

use std::collections::BTreeMap;

pub use learn::learn;
pub(super) use model::{Likeness, likenesses};

use super::case::Case;
use crate::evidence::span::Span;

/// How often something stands in a report, and where it does first.
type Counts = BTreeMap<String, (u32, Span)>;

/// The words of a report, and its signs: each group counts as much as the other. No word has a space
/// in it, and every sign has.
fn features(case: &Case<'_>) -> [Counts; 2] {
    [terms::terms(&case.passages), signs::signs(case)]
}
