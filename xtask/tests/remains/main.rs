//! Nothing outlives a run, however it ends.
//!
//! This process makes itself the heir of every orphan below it, so that "no process is left" is a
//! question with an exact answer: it has no child any more. Tests hold [`room::Room`] one at a time.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod files;
mod interrupt;
mod kill;
mod namespaces;
mod processes;
mod room;
