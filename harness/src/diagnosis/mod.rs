//! Which cause the facts of a report point to.
//!
//! What is known of a cause is data, one file a cause in `causes/`: clues, each with what has to be
//! seen for it, how much it weighs, and what it says. A clue may speak against its cause. The
//! `engine.rs` weighs them; `test.rs` is what a clue can ask of a report. Only a clue marked
//! `decisive` can make a cause certain, and only while no other cause is near and `likeness/` agrees,
//! which adds how much the report is like those whose cause is known.

mod case;
mod causes;
mod computed;
mod engine;
mod json;
mod likeness;
mod render;
mod rule;
mod score;
mod signature;
mod test;
#[cfg(test)]
mod tests;
mod whole;

pub use engine::{Clue, Confidence, Diagnosis, Finding, diagnose};
pub use json::json;
pub use likeness::learn;
pub use render::render;
pub use rule::{Ask, RuleError};
pub use score::{Known, ScoreError, Scored, index, score, table};
