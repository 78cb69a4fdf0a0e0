//! `clean`: what killed runs have left. Namespaces leave nothing; a container engine may, and a
//! Windows that was the lab.

use std::process::ExitCode;

use super::with_docker;
use crate::exit::{Failure, OK};

/// Removes it, and says what.
pub fn run() -> Result<ExitCode, Failure> {
    let removed = if cfg!(windows) { windows()? } else { docker()? };
    for what in &removed {
        println!("{} {what}", if cfg!(windows) { "put back" } else { "removed" });
    }
    if removed.is_empty() {
        println!("nothing to clean");
    }
    Ok(ExitCode::from(OK))
}

/// By the journal of the run.
fn windows() -> Result<Vec<String>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let cleaning = harness::arm::windows::clean::clean();
    runtime.map_err(Failure::lab)?.block_on(cleaning).map_err(Failure::lab)
}

fn docker() -> Result<Vec<String>, Failure> {
    with_docker::build_if(true)?;
    clean()
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
