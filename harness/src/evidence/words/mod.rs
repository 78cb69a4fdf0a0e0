//! Sentences as words, and patterns over them.
//!
//! A report's language is small: who, where to, what came of it. Words are compared in lower case,
//! punctuation is gone except where it ends a clause, an address is one word, and each ideograph is
//! a word of its own. [`Pattern`] matches sequences of them; the patterns are data
//! (`lexicon/*.toml` and the causes of [`crate::diagnosis`]).

mod pattern;
mod token;

pub use pattern::{Pattern, PatternError, PatternSet};
pub use token::{Passage, Word, passages, split};
