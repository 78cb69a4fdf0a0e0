//! What a command needs before the first lab.

#[cfg(feature = "docker")]
use harness::doctor;
use harness::{ready::Ready, scenario::Scenario};

use super::netns;
use crate::{cli::ArmName, exit::Failure};

/// Prepares this machine for these scenarios. Installs what is missing if `install`, where this
/// user may; says what it does on stderr.
pub fn prepare(arm: ArmName, scenarios: &[&Scenario], install: bool) -> Result<Ready, Failure> {
    match arm {
        ArmName::Netns => netns::prepare(scenarios, install),
        ArmName::Docker => docker(),
    }
}

/// The nodes' programs are in their image, so this machine needs none of them.
#[cfg(feature = "docker")]
fn docker() -> Result<Ready, Failure> {
    let program = harness::entry::program().map_err(Failure::lab)?;
    let mut say = |line: &str| eprintln!("{line}");
    Ready::prepare_docker(program, doctor::check(), &mut say).map_err(Failure::lab)
}

/// Only reached where [`super::with_docker::build_if`] did not start the other program.
#[cfg(not(feature = "docker"))]
fn docker() -> Result<Ready, Failure> {
    Err(Failure::lab("this program was built without the docker arm"))
}
