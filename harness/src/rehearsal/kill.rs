//! Death in the middle: SIGKILL to the Windows programs of this project that run in this node.

use std::{fs, io};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// The program that runs scenarios, as Wine shows it.
const PROGRAM: &str = "xtask.exe";

/// Kills them, as a person with a task manager or a power cut would, and only in this node: its
/// process namespace has no others.
///
/// # Errors
/// When the processes cannot be listed.
pub fn wine_programs() -> io::Result<()> {
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended meanwhile has nothing to read and nothing to kill.
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0).take(2);
        if words.any(|word| String::from_utf8_lossy(word).ends_with(PROGRAM)) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
    Ok(())
}
