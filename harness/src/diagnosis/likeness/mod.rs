//! How much the words of a report are those of reports whose cause is known.
//!
//! Rules know mechanisms, and miss what is put in words that nobody thought of. Here the known
//! reports speak for themselves: `learn.rs` weighs their words (softmax regression), `words.tsv` is
//! what it learned, and `model.rs` applies it. A likeness is one more clue: it ranks causes, it makes
//! none certain, and it is told with the words that it rests on. `cargo xtask learn` writes the file
//! anew.

mod learn;
mod model;
mod terms;

pub use learn::learn;
pub(super) use model::likenesses;
