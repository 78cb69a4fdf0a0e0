//! The docker arm: what it needs, what it refuses, and that it leaves nothing.
//!
//! Refusals come from an engine that the tests pretend to be. The rest needs a real one, which
//! `ci/docker-engine cargo test --package xtask --features docker --test docker` brings.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod engine;
mod fake;
mod leftovers;
mod refusals;
mod runs;
