//! The file system of a node: this machine's, read-only, with a `/run` and `/tmp` of its own in
//! memory, and an `/etc`, `/root` and `/var/log` on a disk of its own, which outlives the guest.

use std::{
    fs, io,
    os::{fd::AsRawFd, unix::fs::symlink},
    path::{Path, PathBuf},
};

use nix::{
    fcntl::{OFlag, open},
    mount::{MsFlags, mount},
    sys::stat::Mode,
};

use super::{extras, failure::Failure};
use crate::{
    agent, guest,
    node::Node,
    paths, sys,
    topology::{Extras, Supplies},
};

/// What a node has in memory, gone when it stops.
const TMPFS: [(&str, &str); 3] = [
    ("/run", "mode=755,size=64m"),
    ("/tmp", "mode=1777,size=64m"),
    ("/dev/shm", "mode=1777,size=16m"),
];

/// What a node has on a disk of its own beside `/etc`: the directory of the disk and where it is.
const DISK: [(&str, &str); 3] =
    [("root", "/root"), ("log", "/var/log"), ("firewalld", "/etc/firewalld")];

/// What a node's file system is made of.
pub struct NodeFiles<'a> {
    /// Which node.
    pub node: Node,
    /// What outlives the node. On a tmpfs of the supervisor.
    pub disk: &'a Path,
    /// The directory that windows and wsl share, where the guest half of the relay listens.
    pub hv: &'a Path,
    /// What this node has beside what every node has.
    pub extras: Extras,
    /// What this machine gives to it.
    pub supplies: &'a Supplies,
    /// This program.
    pub program: &'a Path,
}

/// Prepares the supervisor's own view: a `/proc` of its pid namespace and a `/run` in memory.
///
/// # Errors
/// The mount that was refused.
pub fn supervisor() -> Result<(), Failure> {
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(|errno| Failure::new("make mounts private", errno))?;
    proc()?;
    // All labs share it, and some of a rehearsal hold a Windows and a distro each.
    tmpfs("/run", "mode=755,size=25%")
}

/// Makes the calling process's mounts those of a node.
///
/// # Errors
/// The mount that was refused.
pub fn node(files: &NodeFiles<'_>) -> Result<(), Failure> {
    let upper = prepare_disk(files).map_err(|e| Failure::io("prepare the node's disk", e))?;
    extras::prepare(files, &upper).map_err(|e| Failure::io("prepare the node's disk", e))?;
    let mut wanted = vec![(files.hv.to_owned(), "hv"), (files.program.to_owned(), "program")];
    wanted.extend(files.supplies.fixtures.clone().map(|path| (path, "fixtures")));
    wanted.extend(DISK.map(|(name, _)| (files.disk.join(name), name)));
    let sources = Sources::open(&wanted)?;

    sys::set_mount_read_only("/", true, true)
        .and_then(|()| sys::set_mount_read_only("/run", false, false))
        .map_err(|e| Failure::io("make this machine's files read-only (Linux 5.12)", e))?;
    proc()?;
    overlay(Path::new("/etc"), Path::new("/etc"), &upper, &files.disk.join("work"))?;
    extras::mount(files)?;
    for (path, options) in TMPFS {
        tmpfs(path, options)?;
    }
    furnish(files).map_err(|e| Failure::io("furnish /run", e))?;
    sources.bind("hv", &format!("{}/hv", paths::LAB))?;
    sources.bind("fixtures", paths::FIXTURES)?;
    sources.bind("program", paths::PROGRAM)?;
    // firewalld's directory is there only where firewalld is.
    DISK.iter()
        .filter(|(_, path)| Path::new(path).is_dir())
        .try_for_each(|(name, path)| sources.bind(name, path))
}

/// Makes the calling process's mounts those of a workshop: this machine's files read-only but for
/// `writable`, and [`paths::WORKSHOP_TMP`] in memory.
///
/// # Errors
/// The mount that was refused.
pub fn workshop(writable: &[String]) -> Result<(), Failure> {
    sys::set_mount_read_only("/", true, true)
        .map_err(|e| Failure::io("make this machine's files read-only", e))?;
    for path in writable {
        // A bind mount gets flags of its own.
        let bind = MsFlags::MS_BIND | MsFlags::MS_REC;
        mount(Some(path.as_str()), path.as_str(), None::<&str>, bind, None::<&str>)
            .map_err(|errno| Failure::new(format!("mount {path}"), errno))?;
        sys::set_mount_read_only(path, false, true)
            .map_err(|e| Failure::io(format!("make {path} writable"), e))?;
    }
    proc()?;
    tmpfs(paths::WORKSHOP_TMP, "mode=755")
}

fn prepare_disk(files: &NodeFiles<'_>) -> io::Result<PathBuf> {
    let upper = files.disk.join("etc");
    for name in ["etc", "work"].into_iter().chain(DISK.map(|(name, _)| name)) {
        fs::create_dir_all(files.disk.join(name))?;
    }
    let conf = fs::read_to_string(upper.join("wsl.conf")).unwrap_or_default();
    for (name, text) in guest::etc::to_write(files.node, &conf, |name| upper.join(name).exists()) {
        fs::write(upper.join(name), text)?;
    }
    Ok(upper)
}

fn furnish(files: &NodeFiles<'_>) -> io::Result<()> {
    let hv = Path::new(paths::GUEST_SOCKET).parent().ok_or(io::ErrorKind::InvalidInput)?;
    for dir in [Path::new(paths::BIN), hv, Path::new(paths::FIXTURES), Path::new("/run/lock")] {
        fs::create_dir_all(dir)?;
    }
    fs::write(paths::PROGRAM, "")?;
    if files.node != Node::Windows {
        for shim in agent::shims::NAMES {
            symlink(paths::PROGRAM, Path::new(paths::BIN).join(shim))?;
        }
    }
    extras::link_go(files)
}

/// Directories and files opened while their paths can still be seen.
struct Sources(Vec<(&'static str, std::os::fd::OwnedFd)>);

impl Sources {
    fn open(paths: &[(PathBuf, &'static str)]) -> Result<Sources, Failure> {
        let mut opened = Vec::new();
        for (path, name) in paths {
            let fd = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
                .map_err(|errno| Failure::new(format!("open {}", path.display()), errno))?;
            opened.push((*name, fd));
        }
        Ok(Sources(opened))
    }

    fn bind(&self, name: &str, to: &str) -> Result<(), Failure> {
        let Some((_, fd)) = self.0.iter().find(|(known, _)| *known == name) else {
            return Ok(());
        };
        let from = format!("/proc/self/fd/{}", fd.as_raw_fd());
        // What was mounted below comes along: Go's build cache in the home of root.
        let bind = MsFlags::MS_BIND | MsFlags::MS_REC;
        mount(Some(from.as_str()), to, None::<&str>, bind, None::<&str>)
            .map_err(|errno| Failure::new(format!("mount {to}"), errno))
    }
}

/// Mounts an overlay on `to`: `lower` to read, what is written in `upper`.
pub(super) fn overlay(to: &Path, lower: &Path, upper: &Path, work: &Path) -> Result<(), Failure> {
    let options = format!(
        "lowerdir={},upperdir={},workdir={},userxattr",
        lower.display(),
        upper.display(),
        work.display()
    );
    mount(Some("overlay"), to, Some("overlay"), MsFlags::empty(), Some(options.as_str())).map_err(
        |errno| {
            let to = to.display();
            Failure::new(format!("mount {to} (an overlay in a user namespace: Linux 5.11)"), errno)
        },
    )
}

fn proc() -> Result<(), Failure> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>)
        .map_err(|errno| Failure::new("mount /proc", errno))
}

fn tmpfs(path: &str, options: &str) -> Result<(), Failure> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), path, Some("tmpfs"), flags, Some(options))
        .map_err(|errno| Failure::new(format!("mount {path}"), errno))
}
