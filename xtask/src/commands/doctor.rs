//! `doctor`

use std::process::ExitCode;

use harness::doctor;

use super::netns;
use crate::{
    cli::Doctor,
    exit::{Failure, LAB, OK},
};

/// Prints what this machine can run; with `--install`, changes it first.
pub fn run(options: &Doctor) -> Result<ExitCode, Failure> {
    if options.install {
        let all = doctor::Requirement::all().map(|requirement| requirement.id);
        doctor::install(&doctor::check(), all, &mut |line| eprintln!("{line}"))
            .map_err(Failure::lab)?;
    }
    let report = doctor::check();
    print!("{report}");
    match netns::try_boot()? {
        Ok(()) => println!("  ok       a lab can be booted"),
        Err(error) => {
            println!("  missing  a lab cannot be booted: {error}");
            return Ok(ExitCode::from(LAB));
        }
    }
    Ok(ExitCode::from(OK))
}
