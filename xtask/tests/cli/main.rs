//! The command line's promises, one file each.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod catalogue;
mod claims;
mod collect;
mod diagnose;
mod firewall;
mod json_report;
mod lab_errors;
mod ladder;
mod learn;
mod missing_programs;
mod ordinary_user;
mod output;
mod reports;
mod repro;
mod sabotage;
mod snapshots;
mod standstill;
mod two_runs;
mod without_docker;
