//! The default build has no docker arm, and says how to get one.

use assert_cmd::Command;

use crate::support::Run;

#[test]
#[cfg(not(feature = "docker"))]
fn a_program_without_the_docker_arm_says_how_to_build_it() {
    for arguments in [&["run-scenarios", "--arm", "docker"][..], &["clean"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).env_remove("CARGO");
        Run::of(&mut command)
            .exits(3)
            .tells("built without the docker arm")
            .tells("cargo build --package xtask --features docker");
    }
}

#[test]
fn arms_that_do_not_exist_are_wrong_usage() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["parity", "netns", "hyperv"]);
    Run::of(&mut command).exits(2).tells("netns, docker");
}
