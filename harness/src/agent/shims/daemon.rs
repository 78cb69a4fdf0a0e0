//! What the units of the shims have in common: a daemon that is known by its pid file.

use std::{fs, os::fd::AsFd};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::sys;

/// The pid of the daemon whose pid file that is, if it runs. One that has ended and that nobody has
/// waited for does not.
pub fn pid(pid_file: &str) -> Option<i32> {
    let pid: i32 = fs::read_to_string(pid_file).ok()?.trim().parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The state stands behind the name, which is in parentheses and may have some.
    let (_, state) = stat.rsplit_once(") ")?;
    (!state.starts_with(['Z', 'X'])).then_some(pid)
}

/// Ends it and waits for its end. Fine when it does not run.
///
/// # Errors
/// When it cannot be told, or does not end.
pub fn stop(pid_file: &str) -> Result<(), String> {
    let Some(pid) = pid(pid_file) else { return Ok(()) };
    let ended = sys::pidfd_open(pid).map_err(|e| e.to_string())?;
    kill(Pid::from_raw(pid), Signal::SIGTERM).map_err(|e| e.to_string())?;
    let mut fds = [PollFd::new(ended.as_fd(), PollFlags::POLLIN)];
    match poll(&mut fds, PollTimeout::from(30_000u16)) {
        Ok(0) => Err("it does not end".into()),
        Ok(_) => Ok(()),
        Err(errno) => Err(errno.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a pid file of the process says, and its directory, which goes with the test.
    fn pid_file(pid: u32) -> (String, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("daemon.pid");
        fs::write(&path, format!("{pid}\n")).unwrap();
        (path.display().to_string(), directory)
    }

    #[test]
    fn one_that_runs_is_stopped_and_runs_no_more() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let (file, _directory) = pid_file(child.id());
        assert_eq!(pid(&file), i32::try_from(child.id()).ok());
        stop(&file).unwrap();
        // Nobody has waited for it yet.
        assert_eq!(pid(&file), None);
        child.wait().unwrap();
        assert_eq!(pid(&file), None);
        stop(&file).unwrap();
    }

    #[test]
    fn no_pid_file_is_no_daemon() {
        let (file, directory) = pid_file(1);
        fs::remove_file(&file).unwrap();
        assert_eq!(pid(&file), None);
        stop(&file).unwrap();
        drop(directory);
    }
}
