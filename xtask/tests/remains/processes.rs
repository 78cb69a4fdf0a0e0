//! The processes below this one.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
};

pub use crate::support::processes::below;

/// How long the kernel may take to end what a killed run leaves, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// How often is looked.
pub const PERIOD: Duration = Duration::from_millis(5);

/// Waits until this process has no child any more.
pub fn expect_none() {
    let start = Instant::now();
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return,
            Ok(WaitStatus::StillAlive) => {
                assert!(start.elapsed() < DEADLINE, "still there:\n{}", told());
                sleep(PERIOD);
            }
            _ => {}
        }
    }
}

fn told() -> String {
    let line = |pid: u32| {
        let words = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        format!("  {pid} {}\n", words.replace('\0', " "))
    };
    below(std::process::id()).into_iter().map(line).collect()
}
