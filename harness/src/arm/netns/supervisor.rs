//! The supervisor: a single-threaded process that is pid 1 of a pid namespace and forks the agents.
//!
//! It holds the other end of the host's control socket. When the host dies, however it dies, that
//! socket ends, the supervisor with it, and the kernel kills everything in the pid namespace; with
//! the last process go its network and mount namespaces.

use std::{
    collections::BTreeMap,
    fs, io,
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::{CloneFlags, unshare},
    sys::{
        prctl,
        signal::{Signal, kill},
        stat::{Mode, umask},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{ForkResult, Pid},
};

use super::{
    baseline::{self, Baseline},
    control::{FromSupervisor, ToSupervisor},
    failure::Failure,
    lab::NetnsLab,
    mounts,
    namespace::small_tables_below,
    spawn::{Home, spawn_workshop},
};
use crate::{
    fd_socket::{receive, send},
    sys,
};

/// The name that a program is started under to become the supervisor.
pub const ARGV0: &str = "reachlab-supervisor";

/// Where the labs' state lives, in the supervisor's tmpfs.
const LABS: &str = "/run/labs";

/// Becomes the supervisor; stdin is the control socket.
pub fn main() -> ExitCode {
    let control = match io::stdin().as_fd().try_clone_to_owned() {
        Ok(control) => control,
        Err(_) => return ExitCode::FAILURE,
    };
    match enter(&control) {
        Ok(Some(code)) => code,
        // Only pid 1 of the new namespace comes here.
        Ok(None) => serve(&control),
        Err(failure) => {
            let _ = send(&control, &FromSupervisor::from(failure), &[]);
            ExitCode::FAILURE
        }
    }
}

/// Makes the namespaces and forks into them. Returns the exit code in the outer process and `None`
/// in the inner one.
fn enter(control: &OwnedFd) -> Result<Option<ExitCode>, Failure> {
    die_with_parent(control)?;
    // Of the nodes' files, not the caller's: their second user reads them.
    umask(Mode::from_bits_truncate(0o022));
    unshare(CloneFlags::CLONE_NEWUSER)
        .map_err(|errno| Failure::new("create a user namespace", errno))?;
    let told = |e| Failure::io("talk to the host", e);
    send(control, &FromSupervisor::Unshared, &[]).map_err(told)?;
    match receive(control).map_err(told)? {
        Some((ToSupervisor::Mapped, _)) => {}
        _ => return Ok(Some(ExitCode::FAILURE)),
    }
    let inner = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    unshare(inner).map_err(|errno| Failure::new("create namespaces", errno))?;
    match sys::fork_single_threaded().map_err(|e| Failure::io("fork", e))? {
        ForkResult::Child => {
            die_with_parent(control)?;
            Ok(None)
        }
        ForkResult::Parent { child } => {
            let _ = nix::unistd::dup2_stdin(
                open("/dev/null", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())
                    .map_err(|errno| Failure::new("open /dev/null", errno))?,
            );
            loop {
                match waitpid(child, None) {
                    Err(Errno::EINTR) => {}
                    Ok(WaitStatus::Exited(_, 0)) => return Ok(Some(ExitCode::SUCCESS)),
                    _ => return Ok(Some(ExitCode::FAILURE)),
                }
            }
        }
    }
}

/// Asks the kernel to kill this process when its parent dies, and looks whether it already has: the
/// signal is only sent for a death that comes later.
fn die_with_parent(control: &OwnedFd) -> Result<(), Failure> {
    prctl::set_pdeathsig(Signal::SIGKILL)
        .map_err(|errno| Failure::new("set the parent death signal", errno))?;
    let mut fds = [PollFd::new(control.as_fd(), PollFlags::empty())];
    let _ = poll(&mut fds, PollTimeout::ZERO);
    if fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLHUP)) {
        std::process::exit(1);
    }
    Ok(())
}

struct Supervisor {
    home: Home,
    labs: BTreeMap<u64, NetnsLab>,
    /// Killed agents whose end is still to be waited for, and what can be removed then.
    dying: Vec<(Vec<Pid>, PathBuf)>,
    /// How many of the benchmark's yardsticks were built.
    baselines: usize,
}

fn serve(control: &OwnedFd) -> ExitCode {
    let ready = mounts::supervisor()
        .and_then(|()| small_tables_below())
        .and_then(|()| Home::here(Path::new(LABS)));
    let home = match ready {
        Ok(home) => home,
        Err(failure) => {
            let _ = send(control, &FromSupervisor::from(failure), &[]);
            return ExitCode::FAILURE;
        }
    };
    let mut supervisor =
        Supervisor { home, labs: BTreeMap::new(), dying: Vec::new(), baselines: 0 };
    if send(control, &FromSupervisor::Ready, &[]).is_err() {
        return ExitCode::FAILURE;
    }
    loop {
        let request = match receive::<ToSupervisor>(control) {
            Ok(Some((request, _))) => request,
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        };
        supervisor.reap();
        let started = Instant::now();
        let (reply, agents) = match supervisor.handle(request) {
            Ok(Done { agents, baseline: Baseline { namespaces, network } }) => {
                (FromSupervisor::Done { namespaces, network }, agents)
            }
            Err(failure) => (failure.into(), Vec::new()),
        };
        tracing::trace!(us = started.elapsed().as_micros(), "request handled");
        if send(control, &reply, &agents).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

/// What came of a request.
#[derive(Default)]
pub struct Done {
    /// The host's ends of the agents' sockets.
    pub agents: Vec<OwnedFd>,
    /// How long the benchmark's yardstick took.
    pub baseline: Baseline,
}

impl Supervisor {
    fn handle(&mut self, request: ToSupervisor) -> Result<Done, Failure> {
        match request {
            ToSupervisor::Mapped => Ok(Done::default()),
            ToSupervisor::Boot { lab, plan, supplies } => {
                let (booted, done) = NetnsLab::boot(&self.home, lab, plan, supplies)?;
                self.labs.insert(lab, booted);
                Ok(done)
            }
            ToSupervisor::StopWsl { lab } => {
                self.lab(lab)?.stop_wsl()?;
                Ok(Done::default())
            }
            ToSupervisor::StartWsl { lab, address } => {
                let home = &self.home;
                let found = self.labs.get_mut(&lab).ok_or_else(no_lab)?;
                found.start_wsl(home, address)
            }
            ToSupervisor::Destroy { lab } => {
                if let Some(lab) = self.labs.remove(&lab) {
                    let (pids, dir) = lab.into_remains();
                    for pid in &pids {
                        let _ = kill(*pid, Signal::SIGKILL);
                    }
                    self.dying.push((pids, dir));
                }
                Ok(Done::default())
            }
            ToSupervisor::Workshop { writable } => {
                let agent = spawn_workshop(&self.home, &writable)?;
                Ok(Done { agents: vec![agent.socket], ..Done::default() })
            }
            ToSupervisor::Baseline { ip, nft } => {
                self.baselines += 1;
                let baseline = baseline::run(&self.home, self.baselines, &ip, &nft)?;
                Ok(Done { baseline, ..Done::default() })
            }
        }
    }

    fn lab(&mut self, lab: u64) -> Result<&mut NetnsLab, Failure> {
        self.labs.get_mut(&lab).ok_or_else(no_lab)
    }

    /// Collects the dead and removes what a destroyed lab left in memory.
    fn reap(&mut self) {
        let mut dead = Vec::new();
        while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            match status.pid() {
                Some(pid) => dead.push(pid),
                None => break,
            }
        }
        self.dying.retain_mut(|(pids, dir)| {
            pids.retain(|pid| !dead.contains(pid));
            if pids.is_empty() {
                let _ = fs::remove_dir_all(dir);
            }
            !pids.is_empty()
        });
    }
}

fn no_lab() -> Failure {
    Failure::io("find the lab", io::Error::from(io::ErrorKind::NotFound))
}
