//! The network namespaces of runs, and who is still in one.

use std::{collections::BTreeSet, fs, process};

use super::processes;

/// Network namespaces that runs made, by their inodes.
#[derive(Default)]
pub struct Namespaces(BTreeSet<String>);

impl Namespaces {
    /// Notes those of every process below this one.
    pub fn note(&mut self) {
        let own = of(process::id());
        let below = processes::below(process::id());
        self.0.extend(below.into_iter().filter_map(of).filter(|found| Some(found) != own.as_ref()));
    }

    /// How many there were.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// That no process is in one of them. Whoever started later is not meant: the kernel gives the
    /// numbers of namespaces that are gone to new ones.
    pub fn expect_empty(&self, since: u64) {
        let pids = fs::read_dir("/proc").unwrap().flatten();
        let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let inside = |pid: &u32| {
            of(*pid).is_some_and(|namespace| self.0.contains(&namespace))
                && processes::stat_field(*pid, 22).is_some_and(|start| start < since)
        };
        let left: Vec<u32> = pids.filter(inside).collect();
        assert!(left.is_empty(), "in a network namespace of a dead run: {left:?}");
    }
}

/// The present time as `/proc/PID/stat` counts the starts of processes: hundredths of a second
/// since boot.
pub fn now() -> u64 {
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let seconds: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    (seconds * 100.0) as u64
}

fn of(pid: u32) -> Option<String> {
    Some(fs::read_link(format!("/proc/{pid}/ns/net")).ok()?.display().to_string())
}
