//! `bench` measures the boot of namespaces, which only Linux has.

use std::process::ExitCode;

use crate::{cli::Bench, exit::Failure};

/// Nothing to measure.
pub fn run(_options: &Bench) -> Result<ExitCode, Failure> {
    Err(Failure::lab("there are no namespaces to boot on this system; run it on Linux"))
}
