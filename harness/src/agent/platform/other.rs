//! Windows: files that nobody else can open, exit codes, and no other user than who runs the lab.

use std::{env, fs::File, io, path::PathBuf, process::ExitStatus};

use tokio::process::Command;

use crate::agent::protocol::Listener;

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

/// A line as a person types it at a prompt: a program, found as Windows finds it, and the rest of
/// the line as it stands.
///
/// # Errors
/// When the line names no program.
pub fn typed(line: &str) -> Result<Command, String> {
    let line = line.trim();
    let (program, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
        None => line.split_once(' ').unwrap_or((line, "")),
    };
    if program.is_empty() {
        return Err("no program is named".to_owned());
    }
    let mut command = Command::new(program);
    command.raw_arg(rest.trim_start());
    if let Some(home) = env::var_os("USERPROFILE") {
        command.current_dir(home);
    }
    Ok(command)
}

/// A path with `%NAME%` for variables, names compared without case.
///
/// # Errors
/// When a variable is not set.
pub fn resolve(path: &str) -> Result<PathBuf, String> {
    let mut expanded = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        let Some((name, behind)) = after.split_once('%') else { break };
        let value = env::vars_os()
            .find(|(known, _)| known.to_string_lossy().eq_ignore_ascii_case(name))
            .ok_or_else(|| format!("%{name}% is not set"))?;
        expanded.push_str(before);
        expanded.push_str(&value.1.to_string_lossy());
        rest = behind;
    }
    expanded.push_str(rest);
    Ok(expanded.into())
}

/// Only the guest's relay asks for them.
///
/// # Errors
/// Always.
pub fn listeners() -> Result<Vec<Listener>, String> {
    Err("listeners are asked of the guest".to_owned())
}

/// What a program printed, in whichever encoding.
pub fn text(bytes: &[u8]) -> String {
    crate::windows_text::decode(bytes)
}
