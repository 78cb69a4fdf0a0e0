//! Forking an agent.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process,
};

use nix::{
    fcntl::{OFlag, open},
    sched::{CloneFlags, setns, unshare},
    sys::{
        socket::{AddressFamily, SockFlag, SockType, socketpair},
        stat::Mode,
    },
    unistd::{ForkResult, Pid, dup2_stdin, dup2_stdout, pipe2},
};

use super::{failure::Failure, mounts, namespace::open_namespace};
use crate::{agent, node::Node, sys};

/// What all labs of a supervisor share.
pub struct Home {
    /// The directory of the labs' state.
    pub labs: PathBuf,
    /// This program.
    pub program: PathBuf,
    netns: OwnedFd,
    pidns: OwnedFd,
}

impl Home {
    /// Remembers the supervisor's own namespaces and program.
    ///
    /// # Errors
    /// What cannot be opened.
    pub fn here(labs: &Path) -> Result<Home, Failure> {
        let program = std::env::current_exe().map_err(|e| Failure::io("find this program", e))?;
        Ok(Home {
            labs: labs.to_owned(),
            program,
            netns: open_namespace("/proc/self/ns/net")?,
            pidns: open_namespace("/proc/self/ns/pid")?,
        })
    }

    /// Leaves the network namespace of a node, so that only its agent keeps it alive.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn return_to(&self) -> Result<(), Failure> {
        setns(&self.netns, CloneFlags::CLONE_NEWNET)
            .map_err(|errno| Failure::new("leave the node's network namespace", errno))
    }
}

/// An agent that was forked.
pub struct Spawned {
    /// Its pid.
    pub pid: Pid,
    /// The host's end of its socket.
    pub socket: OwnedFd,
    early: File,
}

impl Spawned {
    /// Waits until the agent has done the early part of its preparation.
    ///
    /// # Errors
    /// Why it could not.
    pub fn wait_early(&mut self) -> Result<(), Failure> {
        let mut said = String::new();
        let read = self.early.read_to_string(&mut said);
        match read {
            Ok(_) if said == EARLY_DONE => Ok(()),
            Ok(_) => Err(Failure::told(said)),
            Err(error) => Err(Failure::io("hear from the agent", error)),
        }
    }
}

const EARLY_DONE: &str = "done";

/// Forks an agent as pid 1 of a new pid namespace, in the current network namespace. It does `early`,
/// which [`Spawned::wait_early`] can wait for, then `late`. The failure of either reaches the host
/// through the agent's socket.
///
/// # Errors
/// What the kernel refuses.
pub fn spawn(
    home: &Home,
    node: Node,
    early: &dyn Fn() -> Result<(), Failure>,
    late: &dyn Fn() -> Result<(), Failure>,
) -> Result<Spawned, Failure> {
    let (socket, agent_end) =
        socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
            .map_err(|errno| Failure::new("create the agent's socket", errno))?;
    let (hear, tell) =
        pipe2(OFlag::O_CLOEXEC).map_err(|errno| Failure::new("create a pipe", errno))?;
    unshare(CloneFlags::CLONE_NEWPID)
        .map_err(|errno| Failure::new("create a pid namespace", errno))?;
    let forked = sys::fork_single_threaded().map_err(|e| Failure::io("fork the agent", e))?;
    if let ForkResult::Parent { child } = forked {
        // The next child would otherwise be born into this agent's pid namespace.
        setns(&home.pidns, CloneFlags::CLONE_NEWPID)
            .map_err(|errno| Failure::new("leave the agent's pid namespace", errno))?;
        return Ok(Spawned { pid: child, socket, early: File::from(hear) });
    }
    let early = || {
        let done = early();
        let mut tell = File::from(tell);
        let said = done.as_ref().map_or_else(Failure::to_string, |()| EARLY_DONE.to_owned());
        let _ = tell.write_all(said.as_bytes());
        done
    };
    let code = match become_agent(&agent_end, early, late) {
        Ok(()) => agent::serve::main(node),
        Err(failure) => agent::serve::refuse(&failure),
    };
    process::exit(code)
}

/// Starts an agent that builds things rather than being a host.
///
/// # Errors
/// What the kernel refuses.
pub fn spawn_workshop(home: &Home, writable: &[String]) -> Result<Spawned, Failure> {
    spawn(home, Node::Lan, &|| Ok(()), &|| mounts::workshop(writable))
}

fn become_agent(
    socket: &OwnedFd,
    early: impl FnOnce() -> Result<(), Failure>,
    late: &dyn Fn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    // The socket first, so that a failure can be told through it.
    dup2_stdin(socket).map_err(|errno| Failure::new("take over the socket", errno))?;
    early()?;
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS)
        .map_err(|errno| Failure::new("create namespaces", errno))?;
    late()?;
    let null = open("/dev/null", OFlag::O_RDWR, Mode::empty())
        .map_err(|errno| Failure::new("open /dev/null", errno))?;
    dup2_stdout(&null).map_err(|errno| Failure::new("replace stdout", errno))?;
    // Nothing that owns a descriptor may be dropped once its number is closed.
    drop(null);
    sys::close_all_but_stdio().map_err(|e| Failure::io("close what is not the agent's", e))
}
