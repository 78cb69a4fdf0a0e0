//! `bundle`: what the windows arm cannot build for itself.

use std::process::ExitCode;

use harness::{doctor, rehearsal::make};

use crate::{
    cli::Bundle,
    exit::{Failure, OK},
};

/// Builds it.
pub fn run(options: &Bundle) -> Result<ExitCode, Failure> {
    let program = harness::entry::program().map_err(Failure::lab)?;
    let report = doctor::check();
    let mut say = |line: &str| eprintln!("{line}");
    make::bundle(program, &report, &options.agent, &options.directory, &mut say)
        .map_err(Failure::lab)?;
    println!("{}", options.directory.display());
    Ok(ExitCode::from(OK))
}
