//! The processes below this one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
};

/// How long the kernel may take to end what a killed run leaves, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// How often is looked.
pub const PERIOD: Duration = Duration::from_millis(5);

/// The parent of each process.
fn parents() -> BTreeMap<u32, u32> {
    let pids = fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, stat_field(pid, 4)?.try_into().ok()?))).collect()
}

/// A number of `/proc/PID/stat`, by its place as proc(5) counts; only those behind the name.
fn stat_field(pid: u32, place: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind_the_name) = stat.rsplit_once(") ")?;
    behind_the_name.split(' ').nth(place - 3)?.parse().ok()
}

/// Every process below one, dead ones that nobody has waited for included.
pub fn below(pid: u32) -> BTreeSet<u32> {
    let parents = parents();
    let mut found = BTreeSet::from([pid]);
    let mut last = 0;
    while found.len() > last {
        last = found.len();
        let children = parents.iter().filter(|(_, parent)| found.contains(parent));
        let children: Vec<u32> = children.map(|(child, _)| *child).collect();
        found.extend(children);
    }
    found.remove(&pid);
    found
}

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
