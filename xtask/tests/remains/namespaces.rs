//! The network namespaces of runs: whether a kill met any.
//!
//! That none is left needs no look of its own. A namespace lives by a process in it, a mount or a
//! descriptor; the orphans of a run are all seen to end, with their descriptors, and mounts are
//! compared. A look at the whole machine would meet other people's runs, to which the kernel gives
//! the numbers of namespaces that are gone.

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
}

fn of(pid: u32) -> Option<String> {
    Some(fs::read_link(format!("/proc/{pid}/ns/net")).ok()?.display().to_string())
}
