//! What is in a directory, and what is mounted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// Every file below a directory, with a number that stands for what is in it.
pub fn below(directory: &Path) -> BTreeMap<PathBuf, u64> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(below(&path));
        } else {
            files.insert(path.clone(), content(&path));
        }
    }
    files
}

/// A number that stands for what is in a file.
pub fn content(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    fs::read(path).unwrap().hash(&mut hasher);
    hasher.finish()
}

/// What is mounted on this machine, without what container engines mount meanwhile.
pub fn mounts() -> BTreeSet<String> {
    let engines = ["/var/lib/docker", "/run/docker", "/var/lib/containers", "/run/containerd"];
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let ours = |line: &&str| !engines.iter().any(|engine| line.contains(engine));
    table.lines().filter(ours).map(str::to_owned).collect()
}
