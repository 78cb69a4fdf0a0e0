//! The processes of this machine, and whose they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The parent of each process.
fn parents() -> BTreeMap<u32, u32> {
    let pids = fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, parent(pid)?))).collect()
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

/// Whether what this process starts ignores a signal from the start, as behind `nohup` or after `&` in a
/// script: a shell does so that nobody's Ctrl-C is meant for it.
pub fn ignores(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

/// What a process was started as; empty when it is gone.
pub fn command_line(pid: u32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}

/// The parent of a process, while it lives.
pub fn parent(pid: u32) -> Option<u32> {
    stat_field(pid, 4)?.try_into().ok()
}
