//! The article's claims: what it says, what is true, on what that rests, and what shows it.
//!
//! The ledger ([`crate::ledger`]) has the sentences, scenarios have the cells; this puts them
//! together. [`register()`] needs no run; [`Checked`] is what a run adds.

mod basis;
mod checked;
mod filter;
mod json;
mod markdown;
mod register;
#[cfg(test)]
mod tests;
mod text;

pub use basis::{Basis, of_claim};
pub use checked::{Checked, State};
pub use filter::{Filter, FilterError};
pub use json::json;
pub use markdown::markdown;
pub use register::{Counts, Line, Show, register};
pub use text::text;
