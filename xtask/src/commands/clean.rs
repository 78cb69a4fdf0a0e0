//! `clean`: what killed runs have left. Namespaces leave nothing; a container engine may.

use std::process::ExitCode;

use super::with_docker;
use crate::exit::{Failure, OK};

/// Removes it, and says what.
pub fn run() -> Result<ExitCode, Failure> {
    with_docker::build_if(true)?;
    let removed = clean()?;
    for what in &removed {
        println!("removed {what}");
    }
    if removed.is_empty() {
        println!("nothing to clean");
    }
    Ok(ExitCode::from(OK))
}

#[cfg(feature = "docker")]
fn clean() -> Result<Vec<String>, Failure> {
    harness::arm::docker::clean().map_err(Failure::lab)
}

/// [`with_docker::build_if`] does not come back from where this would be run.
#[cfg(not(feature = "docker"))]
fn clean() -> Result<Vec<String>, Failure> {
    Ok(Vec::new())
}
