//! Whose a container is: labels by which a run knows its own things, and everybody else's.

use std::{collections::HashMap, fs, process};

/// On everything that the lab makes; its value is the run.
pub const RUN: &str = "reachlab.run";
const MACHINE: &str = "reachlab.machine";
const BOOT: &str = "reachlab.boot";
const PIDS: &str = "reachlab.pid-namespace";
const PID: &str = "reachlab.pid";
const STARTED: &str = "reachlab.started";

/// The process that a run is, told apart from every other one on any machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The run: part of every name.
    pub run: String,
    labels: HashMap<String, String>,
}

impl Owner {
    /// This process.
    pub fn this() -> Owner {
        let pid = process::id();
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let pids = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        let started = started(pid).unwrap_or_default();
        let run = format!("{pid:x}-{started:x}");
        let labels = [
            (RUN, run.clone()),
            (MACHINE, text("/etc/machine-id")),
            (BOOT, text("/proc/sys/kernel/random/boot_id")),
            (PIDS, pids.display().to_string()),
            (PID, pid.to_string()),
            (STARTED, started.to_string()),
        ];
        Owner { run, labels: labels.map(|(key, value)| (key.to_owned(), value)).into() }
    }

    /// The labels of what this run makes.
    pub fn labels(&self) -> HashMap<String, String> {
        self.labels.clone()
    }

    /// The same keys without a value: what a container has from an image must not make it a run's.
    pub fn no_labels(&self) -> HashMap<String, String> {
        self.labels.keys().map(|key| (key.clone(), String::new())).collect()
    }

    /// Whether something with these labels was left by a run that is over. Where that cannot be
    /// known, on another machine or in another container, it is not.
    pub fn outlived(&self, labels: &HashMap<String, String>) -> bool {
        let same = |key: &str| labels.get(key).is_some() && labels.get(key) == self.labels.get(key);
        let number = |key: &str| labels.get(key).and_then(|text| text.parse::<u64>().ok());
        if labels.get(RUN).is_none_or(|run| run.is_empty()) {
            return false;
        }
        if !same(BOOT) {
            return same(MACHINE) && self.labels.get(MACHINE).is_some_and(|id| !id.is_empty());
        }
        let (Some(pid), Some(start)) = (number(PID), number(STARTED)) else { return false };
        same(PIDS) && u32::try_from(pid).is_ok_and(|pid| started(pid) != Some(start))
    }
}

/// When a process was started, in ticks since the boot; `None` when there is none.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    // A zombie has ended; only its parent does not know yet.
    if fields.next() == Some("Z") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(change: &[(&str, &str)]) -> HashMap<String, String> {
        let mut labels = Owner::this().labels();
        labels.extend(change.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        labels
    }

    #[test]
    fn what_a_living_run_made_is_its_own() {
        assert!(!Owner::this().outlived(&labels(&[])));
    }

    #[test]
    fn what_is_not_the_labs_is_never_touched() {
        let mut foreign = labels(&[(PID, "1"), (STARTED, "1")]);
        foreign.remove(RUN);
        assert!(!Owner::this().outlived(&foreign));
        assert!(!Owner::this().outlived(&Owner::this().no_labels()));
    }

    #[test]
    fn a_process_that_is_gone_or_another_one_left_something() {
        let this = Owner::this();
        assert!(this.outlived(&labels(&[(PID, "4194305")])), "no such process");
        assert!(this.outlived(&labels(&[(STARTED, "1")])), "its number was given again");
        assert!(this.outlived(&labels(&[(BOOT, "before")])), "this machine was restarted");
    }

    #[test]
    fn what_cannot_be_known_is_left_alone() {
        let this = Owner::this();
        let elsewhere = [(BOOT, "x"), (MACHINE, "y"), (PID, "4194305")];
        assert!(!this.outlived(&labels(&elsewhere)), "another machine on the same engine");
        assert!(!this.outlived(&labels(&[(PIDS, "pid:[1]"), (PID, "4194305")])), "a container");
    }
}
