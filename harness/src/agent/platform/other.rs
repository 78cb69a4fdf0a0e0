//! Windows: files that nobody else can open, exit codes, and no other user than who runs the lab.

use std::{fs::File, io, process::ExitStatus};

use tokio::process::Command;

/// A temporary file that is gone once it is closed.
///
/// # Errors
/// What the system says.
pub fn nameless_file() -> io::Result<File> {
    tempfile::tempfile()
}

/// The code that the process ended with; a program that was terminated has one as well.
pub fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}

/// Services of this node are run by who runs the lab.
///
/// # Errors
/// Always.
pub fn become_user(_command: &mut Command, name: &str) -> io::Result<()> {
    Err(io::Error::other(format!("a service cannot be run as {name} on this node")))
}
