//! The `netns` arm on this machine.

use harness::{
    arm::netns::Netns,
    doctor,
    ready::{Ready, wishes},
    scenario::Scenario,
};

use crate::exit::Failure;

/// Prepares this machine for these scenarios. Installs what is missing if `install`, where this
/// user may; says what it does on stderr.
pub fn prepare(scenarios: &[&Scenario], install: bool) -> Result<Ready, Failure> {
    let wishes = wishes(scenarios).map_err(Failure::lab)?;
    let mut say = |line: &str| eprintln!("{line}");
    let mut report = doctor::check();
    if install && !report.missing(wishes.iter().copied()).is_empty() {
        // What is still missing afterwards is told where it matters: as a skip or a twin.
        if let Err(error) = doctor::install(&report, wishes, &mut say) {
            say(&format!("not installed: {error}"));
        }
        report = doctor::check();
    }
    let program = harness::entry::program().map_err(Failure::lab)?;
    Ready::prepare(program, report, scenarios, &mut say).map_err(Failure::lab)
}

/// Whether a lab can be booted: what the settings say is one thing, what the kernel does another.
pub fn try_boot() -> Result<Result<(), String>, Failure> {
    let program = harness::entry::program().map_err(Failure::lab)?;
    Ok(Netns::start(program, false).map(drop).map_err(|error| error.to_string()))
}
