//! A network namespace, and a netlink socket that stays in it.

use std::{fs, io, os::fd::OwnedFd};

use nix::{
    fcntl::{OFlag, open},
    sched::{CloneFlags, unshare},
    sys::stat::Mode,
};

use super::failure::Failure;
use crate::{netlink::Netlink, node::Node, wiring};

/// A network namespace that somebody made.
pub struct Netns {
    /// The namespace.
    pub fd: OwnedFd,
    /// For links, addresses and routes in it.
    pub route: Netlink,
}

impl Netns {
    /// Makes a new one with a node's settings; the caller is in it from then on, and so is whom it
    /// forks.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn create(node: Node) -> Result<Netns, Failure> {
        unshare(CloneFlags::CLONE_NEWNET)
            .map_err(|errno| Failure::new("create a network namespace", errno))?;
        wiring::settings(node)?;
        small_tables_below()?;
        Ok(Netns { fd: open_namespace("/proc/self/ns/net")?, route: wiring::route()? })
    }
}

/// Opens a namespace by its path.
///
/// # Errors
/// What the kernel refuses.
pub fn open_namespace(path: &str) -> Result<OwnedFd, Failure> {
    open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| Failure::new(format!("open {path}"), errno))
}

/// Gives the namespaces that are made from this one a small table of TCP connections of their own.
/// Otherwise they share the machine's, and whoever reads `/proc/net/tcp` goes through all of it:
/// 10 ms for a few lines, which dlv pays for each connection before it decides whether to close it.
///
/// # Errors
/// What the kernel refuses. One before Linux 6.1 has no such setting, and the nodes are slower.
pub fn small_tables_below() -> Result<(), Failure> {
    let name = "ipv4/tcp_child_ehash_entries";
    match fs::write(format!("/proc/sys/net/{name}"), "1024") {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::io(format!("set net/{name}"), error))
        }
        _ => Ok(()),
    }
}
