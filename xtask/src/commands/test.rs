//! `test`: what the tests need, then the tests.

use std::process::{Command, ExitCode};

use harness::doctor;

use crate::{
    cli::Test,
    exit::{FAILED, Failure, OK},
};

/// Says to the tests that a missing program is a skip and not a failure.
const ALLOW_SKIP: &str = "REACHLAB_ALLOW_SKIP";

/// Installs, then runs `cargo test`.
pub fn run(options: &Test) -> Result<ExitCode, Failure> {
    let wanted = || doctor::Requirement::all().map(|requirement| requirement.id);
    let mut report = doctor::check();
    if !options.no_install && !report.missing(wanted()).is_empty() {
        if let Err(error) = doctor::install(&report, wanted(), &mut |line| eprintln!("{line}")) {
            eprintln!("not installed: {error}");
        }
        report = doctor::check();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["test", "--workspace", "--all-targets"])
        .args(&options.arguments)
        .current_dir(super::root());
    let missing = report.missing(wanted());
    if !missing.is_empty() {
        for requirement in &missing {
            eprintln!("skipping what needs {}, which is not installed", requirement.id);
        }
        command.env(ALLOW_SKIP, "1");
    }
    let status = command.status().map_err(Failure::lab)?;
    Ok(ExitCode::from(if status.success() { OK } else { FAILED }))
}
