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

/// What the terms of a group are worth that `known` knows, each with how telling it is at all: all of
/// them together have the length 1, so that a long report says no more than a short one.
fn values<T>(
    group: &Counts,
    known: impl Fn(&str) -> Option<(f32, T)>,
) -> impl Iterator<Item = (f32, Span, T)> {
    let value = |(term, (count, span)): (&String, &(u32, Span))| {
        let (telling, it) = known(term)?;
        Some((telling * (1.0 + (*count as f32).ln()), *span, it))
    };
    let values: Vec<(f32, Span, T)> = group.iter().filter_map(value).collect();
    let squares: f32 = values.iter().map(|(value, ..)| value * value).sum();
    let length = squares.sqrt().max(f32::MIN_POSITIVE);
    values.into_iter().map(move |(value, span, it)| (value / length, span, it))
}
