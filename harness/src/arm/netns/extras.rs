//! What a guest has only where a scenario uses it: a second user, and a `go` whose build cache holds
//! the standard library.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use nix::unistd::{Gid, Uid, chown};

use super::{
    failure::Failure,
    mounts::{NodeFiles, overlay},
};
use crate::{
    agent::command::SYSTEM_PATH,
    paths,
    topology::{self, SECOND_ID, SECOND_USER},
};

/// Where `go` keeps what it compiled, below the home of who types it.
const GO_CACHE: &str = ".cache/go-build";

/// Puts what is written onto the node's disk; `etc` is the upper layer of its `/etc`.
///
/// # Errors
/// What cannot be written.
pub fn prepare(files: &NodeFiles<'_>, etc: &Path) -> io::Result<()> {
    let disk = Disk::of(files);
    if files.extras.second_user {
        for (name, entry) in [("passwd", passwd()), ("group", group())] {
            let own = etc.join(name);
            // A guest that starts again finds its disk as it was left.
            if !own.exists() {
                let machine = fs::read_to_string(Path::new("/etc").join(name))?;
                fs::write(own, replace(&machine, &entry))?;
            }
        }
        let home = disk.home.join(SECOND_USER);
        fs::create_dir_all(&home)?;
        fs::create_dir_all(&disk.home_work)?;
        chown(&home, Some(Uid::from_raw(SECOND_ID)), Some(Gid::from_raw(SECOND_ID)))?;
    }
    if files.extras.go {
        for dir in [&disk.go_cache, &disk.go_written, &disk.go_work] {
            fs::create_dir_all(dir)?;
        }
    }
    Ok(())
}

/// Mounts what was prepared. The mount below root's home shows once that home is mounted.
///
/// # Errors
/// The mount that was refused.
pub fn mount(files: &NodeFiles<'_>) -> Result<(), Failure> {
    let disk = Disk::of(files);
    if files.extras.second_user {
        let homes = Path::new("/home");
        overlay(homes, homes, &disk.home, &disk.home_work)?;
    }
    match &files.supplies.go {
        Some(go) if files.extras.go => {
            overlay(&disk.go_cache, &go.cache, &disk.go_written, &disk.go_work)
        }
        _ => Ok(()),
    }
}

/// Links `go` where a node's PATH finds it, when this machine has it somewhere else, for instance
/// in `/usr/local/go`.
///
/// # Errors
/// What cannot be written.
pub fn link_go(files: &NodeFiles<'_>) -> io::Result<()> {
    match &files.supplies.go {
        Some(go) if files.extras.go && !on_system_path(&go.program) => {
            symlink(&go.program, Path::new(paths::BIN).join("go"))
        }
        _ => Ok(()),
    }
}

fn on_system_path(program: &Path) -> bool {
    SYSTEM_PATH.split(':').any(|dir| program.parent() == Some(Path::new(dir)))
}

/// The directories of the node's disk that this module has.
struct Disk {
    /// Upper layer of `/home`, and what the overlay works in.
    home: PathBuf,
    home_work: PathBuf,
    /// Where the build cache is mounted: in what becomes root's home.
    go_cache: PathBuf,
    go_written: PathBuf,
    go_work: PathBuf,
}

impl Disk {
    fn of(files: &NodeFiles<'_>) -> Disk {
        let below = |name: &str| files.disk.join(name);
        Disk {
            home: below("home"),
            home_work: below("home-work"),
            go_cache: below("root").join(GO_CACHE),
            go_written: below("go-written"),
            go_work: below("go-work"),
        }
    }
}

fn passwd() -> String {
    let home = topology::home(SECOND_USER);
    format!("{SECOND_USER}:x:{SECOND_ID}:{SECOND_ID}::{home}:/bin/sh")
}

fn group() -> String {
    format!("{SECOND_USER}:x:{SECOND_ID}:")
}

/// The lines of `/etc/passwd` or `/etc/group` without those of this name or this id, and the entry:
/// whoever has that id on this machine is called something else in the guest.
fn replace(machine: &str, entry: &str) -> String {
    let id = SECOND_ID.to_string();
    let others = machine.lines().filter(|line| {
        let mut fields = line.split(':');
        fields.next() != Some(SECOND_USER) && fields.nth(1) != Some(&id)
    });
    others.chain([entry]).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_user_takes_the_place_of_who_has_its_name_or_id() {
        let machine = "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1000::/home/anna:/bin/zsh\n\
                       dev:x:7:7::/:/bin/false\nbob:x:1001:1000::/home/bob:/bin/sh\n";
        let expected = "root:x:0:0:root:/root:/bin/bash\nbob:x:1001:1000::/home/bob:/bin/sh\n\
                        dev:x:1000:1000::/home/dev:/bin/sh\n";
        assert_eq!(replace(machine, &passwd()), expected);
        assert_eq!(replace("root:x:0:\nanna:x:1000:\n", &group()), "root:x:0:\ndev:x:1000:\n");
    }

    #[test]
    fn only_a_go_that_the_path_misses_is_linked() {
        assert!(on_system_path(Path::new("/usr/bin/go")));
        assert!(!on_system_path(Path::new("/usr/local/go/bin/go")));
    }
}
