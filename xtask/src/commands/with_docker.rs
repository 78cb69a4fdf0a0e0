//! The docker arm is not part of the default build; a command that needs it builds it and goes on
//! as that program.

use crate::exit::Failure;

/// Nothing to do: this is that program.
///
/// # Errors
/// None.
#[cfg(feature = "docker")]
pub fn build_if(_wanted: bool) -> Result<(), Failure> {
    Ok(())
}

/// Builds this program with the docker arm and becomes it, if wanted.
///
/// # Errors
/// When it cannot be built, or this program was not started by cargo.
#[cfg(all(not(feature = "docker"), unix))]
pub fn build_if(wanted: bool) -> Result<(), Failure> {
    use std::{env, os::unix::process::CommandExt, process::Command};

    const FEATURE: [&str; 2] = ["--features", "docker"];
    if !wanted {
        return Ok(());
    }
    let Some(cargo) = env::var_os("CARGO") else {
        return Err(Failure::lab(
            "this program was built without the docker arm; start it by `cargo xtask`, which \
             builds it, or build it by `cargo build --package xtask --features docker`",
        ));
    };
    let program = env::current_exe().map_err(Failure::lab)?;
    let release = program.parent().is_some_and(|directory| directory.ends_with("release"));
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "xtask", "--bin", "xtask"]).args(FEATURE);
    build.args(release.then_some("--release"));
    let built = build.current_dir(super::root()).status().map_err(Failure::lab)?;
    if !built.success() {
        return Err(Failure::lab("cannot build the docker arm"));
    }
    // The new program has the place of this one. As the same process, so that whoever watches or
    // ends it sees no difference; without CARGO, so that it cannot go round in circles.
    let error = Command::new(program).args(env::args_os().skip(1)).env_remove("CARGO").exec();
    Err(Failure::lab(error))
}

/// The docker arm builds namespaces inside its nodes with code that only Linux has.
///
/// # Errors
/// When it is wanted.
#[cfg(all(not(feature = "docker"), not(unix)))]
pub fn build_if(wanted: bool) -> Result<(), Failure> {
    if wanted {
        return Err(Failure::lab("the docker arm runs on Linux; use --arm windows here"));
    }
    Ok(())
}
