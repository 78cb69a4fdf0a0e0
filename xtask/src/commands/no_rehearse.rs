//! A rehearsal is what there is instead of a Windows.

use std::process::ExitCode;

use crate::{cli::Rehearse, exit::Failure};

/// Nothing to rehearse.
pub fn run(_options: &Rehearse) -> Result<ExitCode, Failure> {
    Err(Failure::lab("a rehearsal takes Linux and Wine; here is Windows: run-scenarios"))
}
