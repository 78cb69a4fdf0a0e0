//! What a command needs before the first lab.

use std::env;

use harness::{
    arm::windows::Order,
    doctor,
    ready::{Ready, ReadyError},
    scenario::Scenario,
};

use super::netns;
use crate::{
    cli::{ArmName, WindowsOptions},
    exit::Failure,
};

/// Prepares this machine for these scenarios. Installs what is missing if `install`, where this
/// user may; says what it does on stderr.
pub fn prepare(
    arm: ArmName,
    windows: &WindowsOptions,
    scenarios: &[&Scenario],
    install: bool,
) -> Result<Ready, Failure> {
    match arm {
        ArmName::Windows => this_windows(windows),
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

/// This machine itself. Options that are not typed may stand in the environment, for a runner.
fn this_windows(options: &WindowsOptions) -> Result<Ready, Failure> {
    if !cfg!(windows) {
        return Err(Failure::input(miette::miette!(
            "--arm windows runs on Windows; here is `cargo xtask rehearse`, under Wine"
        )));
    }
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let bundle = options.bundle.clone().or_else(|| variable("REACHLAB_BUNDLE").map(Into::into));
    let Some(bundle) = bundle else {
        return Err(Failure::input(miette::miette!(
            "--bundle DIR is missing: what `cargo xtask bundle DIR` makes on Linux, or inside WSL"
        )));
    };
    let distro = variable("REACHLAB_DISTRO").map(|name| name.to_string_lossy().into_owned());
    let review = options.review.clone();
    let order = Order {
        consent: options.yes_change_this_machine || variable("CI").is_some_and(|it| it == "true"),
        distro: options.distro.clone().or(distro),
        rootfs: options.rootfs.clone().or_else(|| variable("REACHLAB_ROOTFS").map(Into::into)),
        bundle,
        lan: options.lan.clone(),
        review: review.unwrap_or_else(|| super::root().join("target").join("unrecorded")),
    };
    let program = harness::entry::program().map_err(Failure::lab)?;
    let mut say = |line: &str| eprintln!("{line}");
    Ready::prepare_windows(program, order, doctor::check(), &mut say).map_err(|error| match error {
        ReadyError::Interrupted => Failure::interrupted(error),
        other => Failure::lab(other),
    })
}
