//! Linux: memory files, signals, users.

use std::{fs::File, io, os::unix::process::ExitStatusExt, path::PathBuf, process::ExitStatus};

use nix::{
    sys::memfd::{MFdFlags, memfd_create},
    unistd::User,
};
use tokio::process::Command;

use crate::{agent::protocol::Listener, guest};

/// A file in memory.
///
/// # Errors
/// What the kernel says.
pub fn nameless_file() -> io::Result<File> {
    Ok(File::from(memfd_create("capture", MFdFlags::MFD_CLOEXEC)?))
}

/// The code a shell would report.
pub fn exit_code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

/// Runs a command as a user of the node, with that user's home.
///
/// # Errors
/// When there is no such user.
pub fn become_user(command: &mut Command, name: &str) -> io::Result<()> {
    let user = User::from_name(name)?
        .ok_or_else(|| io::Error::other(format!("there is no user {name} on this node")))?;
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    command.env("HOME", user.dir).env("USER", name);
    Ok(())
}

/// A line as a person types it in a home directory.
///
/// # Errors
/// None.
pub fn typed(line: &str) -> Result<Command, String> {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command.current_dir(std::env::var_os("HOME").unwrap_or_else(|| "/".into()));
    Ok(command)
}

/// A path is one.
///
/// # Errors
/// None.
pub fn resolve(path: &str) -> Result<PathBuf, String> {
    Ok(path.into())
}

/// The TCP listeners of this network namespace.
///
/// # Errors
/// What the kernel says.
pub fn listeners() -> Result<Vec<Listener>, String> {
    guest::listeners::list().map_err(|error| error.to_string())
}

/// What a program printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
