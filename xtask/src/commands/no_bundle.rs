//! A bundle is built on Linux.

use std::process::ExitCode;

use crate::{cli::Bundle, exit::Failure};

/// Nothing to build with.
pub fn run(_options: &Bundle) -> Result<ExitCode, Failure> {
    Err(Failure::lab("a bundle is built on Linux"))
}
