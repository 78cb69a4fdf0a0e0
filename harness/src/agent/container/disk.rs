//! The guest's disk: what of its files outlives `wsl --shutdown`.
//!
//! The container is really removed, so the guest puts its disk into the lab's volume before, and
//! the next one takes it from there.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::paths;

/// The directories that are on it, as on the netns arm.
const DIRECTORIES: [&str; 4] = ["/etc", "/root", "/home", "/var/log"];

fn kept() -> PathBuf {
    Path::new(paths::SHARED).join("disk")
}

/// Ends every process of the guest but this one and the one that holds the container, as the end of
/// the virtual machine does, and keeps the disk.
///
/// # Errors
/// What cannot be kept.
pub fn keep() -> io::Result<()> {
    match kill(Pid::from_raw(-1), Signal::SIGKILL) {
        // Nobody else was there.
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(errno) => return Err(errno.into()),
    }
    let kept = kept();
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::create_dir(&kept)?;
    for directory in DIRECTORIES {
        let to = kept.join(directory.trim_start_matches('/').replace('/', "-"));
        copy(Path::new(directory), &to)?;
    }
    Ok(())
}

/// Whether this guest is one that was booted again.
pub fn was_restored() -> bool {
    kept().exists()
}

/// Gives a new guest the disk of the one before, if there was one.
///
/// # Errors
/// What cannot be had.
pub fn restore() -> io::Result<()> {
    if !was_restored() {
        return Ok(());
    }
    for directory in DIRECTORIES {
        clear(Path::new(directory))?;
        let from = kept().join(directory.trim_start_matches('/').replace('/', "-"));
        copy(&from, Path::new(directory))?;
    }
    Ok(())
}

/// Empties a directory, except for what the engine has mounted in it.
fn clear(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let removed = match path.is_dir() && !path.is_symlink() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        match removed {
            Err(error) if error.raw_os_error() == Some(Errno::EBUSY as i32) => {}
            other => other?,
        }
    }
    Ok(())
}

/// Copies what is in one directory into another, with owners, modes and links.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let content = from.join(".");
    let arguments = [OsStr::new("-a"), content.as_os_str(), to.as_os_str()];
    let output = Command::new("cp").args(arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
