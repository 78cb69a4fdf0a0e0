//! A report of a machine, or of a faulted lab, fit to paste into an issue.
//!
//! [`question`] has the read-only commands, `gather.rs` asks them one by one, `trim.rs` cuts what is
//! nobody's business out of the answers, [`mask`] hides names, secrets and public addresses, the
//! same thing behind the same mask, and [`page`] writes one Markdown page. [`ask`] is who answers:
//! this machine, its Windows side, or the nodes of a lab. Nothing is sent anywhere.

pub mod ask;
mod gather;
pub mod here;
pub mod mask;
pub mod page;
pub mod question;
mod table;
mod trim;

pub use ask::{Ask, CollectError, InLab, collect_in_lab};
pub use gather::{Report, Section, Wish, gather};
pub use table::table;
