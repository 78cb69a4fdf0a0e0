//! The `netns` arm: three network namespaces on this machine, rootless.
//!
//! [`supervisor`] is the process that forks the agents; this module is the host's end of it.

mod baseline;
mod control;
mod extras;
mod failure;
mod lab;
mod mounts;
mod namespace;
mod spawn;
pub mod supervisor;
mod userns;

use std::{
    io,
    net::Ipv4Addr,
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream as StdStream, process::CommandExt},
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use tokio::{net::UnixStream, sync::oneshot};

pub use self::baseline::Baseline;
use self::control::{FromSupervisor, ToSupervisor};
use super::{ArmError, Nodes};
use crate::{
    agent::client::{AgentClient, Asks},
    fd_socket::{receive, send},
    node::Node,
    topology::{LabPlan, Supplies},
};

/// What came with a reply: the agents' sockets, and how long the yardstick took.
type Done = (Vec<OwnedFd>, Baseline);

struct Job {
    request: ToSupervisor,
    reply: oneshot::Sender<Result<Done, ArmError>>,
}

/// A running supervisor. Dropping it ends every lab.
pub struct Netns {
    jobs: Option<mpsc::Sender<Job>>,
    next_lab: AtomicU64,
    supplies: Mutex<Supplies>,
    supervisor: Child,
}

impl Netns {
    /// Starts `program` as the supervisor (see [`crate::entry`]), with a second uid for its labs if
    /// `second_user`. Call it from a thread that outlives it: the kernel kills the supervisor when
    /// the thread that started it ends.
    ///
    /// # Errors
    /// When this machine does not allow user namespaces or the mounts of a node; the error says
    /// what to change.
    pub fn start(program: PathBuf, second_user: bool) -> Result<Netns, ArmError> {
        let failed = |operation| move |source| ArmError::Io { operation, source };
        let (host, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
                .map_err(io::Error::from)
                .map_err(failed("create the control socket"))?;
        let mut supervisor = Command::new(program)
            .arg0(supervisor::ARGV0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            // Ctrl-C at a terminal is for the host alone, which then ends the lab in order.
            .process_group(0)
            .spawn()
            .map_err(failed("start the supervisor"))?;
        if let Err(error) = greet(&host, supervisor.id(), second_user) {
            drop(host);
            let _ = supervisor.wait();
            return Err(error);
        }
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for job in queue {
                let _ = job.reply.send(converse(&host, &job.request));
            }
        });
        Ok(Netns {
            jobs: Some(jobs),
            next_lab: AtomicU64::default(),
            supplies: Mutex::default(),
            supervisor,
        })
    }

    /// What this machine gives to the labs that are booted from now on.
    pub fn set_supplies(&self, supplies: Supplies) {
        *self.supplies.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = supplies;
    }

    /// Starts an agent that builds things: this machine's files, read-only but for `writable`, and
    /// no network.
    ///
    /// # Errors
    /// What could not be built.
    pub async fn workshop(&self, writable: Vec<String>) -> Result<AgentClient, ArmError> {
        let (agents, _) = self.call(ToSupervisor::Workshop { writable }).await?;
        let [agent] = take(agents)?;
        Ok(connect(Node::Lan, agent).await?.0)
    }

    /// Builds the network of a lab by `ip netns add`, `ip -batch` and `nft -f`, for comparison.
    ///
    /// # Errors
    /// When a program fails.
    pub async fn baseline(&self, ip: String, nft: String) -> Result<Baseline, ArmError> {
        Ok(self.call(ToSupervisor::Baseline { ip, nft }).await?.1)
    }

    pub(super) async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
        let clock = Instant::now();
        let lab = self.next_lab.fetch_add(1, Ordering::Relaxed);
        let supplies =
            self.supplies.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let request = ToSupervisor::Boot { lab, plan: plan.clone(), supplies };
        let (agents, _) = self.call(request).await?;
        let [windows, wsl, lan] = take(agents)?;
        let timed = async |node, socket| {
            connect(node, socket).await.map(|(agent, asks)| (agent, asks, clock.elapsed()))
        };
        let greeted = tokio::try_join!(
            timed(Node::Windows, windows),
            timed(Node::Wsl, wsl),
            timed(Node::Lan, lan)
        );
        let ((windows, asks, first), (wsl, _, second), (lan, _, third)) = match greeted {
            Ok(agents) => agents,
            Err(error) => {
                self.destroy(lab);
                return Err(error);
            }
        };
        let node_boot = [(Node::Windows, first), (Node::Wsl, second), (Node::Lan, third)].into();
        Ok(Nodes { lab, windows, asks, wsl, lan, boot: clock.elapsed(), node_boot })
    }

    pub(super) async fn stop_wsl(&self, lab: u64) -> Result<(), ArmError> {
        self.call(ToSupervisor::StopWsl { lab }).await.map(drop)
    }

    pub(super) async fn start_wsl(
        &self,
        lab: u64,
        address: Ipv4Addr,
    ) -> Result<AgentClient, ArmError> {
        let (agents, _) = self.call(ToSupervisor::StartWsl { lab, address }).await?;
        let [agent] = take(agents)?;
        Ok(connect(Node::Wsl, agent).await?.0)
    }

    pub(super) fn destroy(&self, lab: u64) {
        let (reply, _) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(Job { request: ToSupervisor::Destroy { lab }, reply });
        }
    }

    async fn call(&self, request: ToSupervisor) -> Result<Done, ArmError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(ArmError::Gone)?;
        jobs.send(Job { request, reply }).map_err(|_| ArmError::Gone)?;
        answer.await.map_err(|_| ArmError::Gone)?
    }
}

impl Drop for Netns {
    fn drop(&mut self) {
        // The control thread ends with its queue, and the supervisor with the socket.
        self.jobs = None;
        let _ = self.supervisor.wait();
    }
}

/// Writes the id maps of the supervisor's user namespace and waits until it is ready.
fn greet(host: &OwnedFd, pid: u32, second_user: bool) -> Result<(), ArmError> {
    let failed = |operation| move |source| ArmError::Io { operation, source };
    loop {
        match receive::<FromSupervisor>(host).map_err(failed("talk to the supervisor"))? {
            Some((FromSupervisor::Unshared, _)) => {
                userns::write_maps(pid, second_user).map_err(failed("write the id maps"))?;
                send(host, &ToSupervisor::Mapped, &[]).map_err(failed("talk to the supervisor"))?;
            }
            Some((FromSupervisor::Ready, _)) => return Ok(()),
            Some((FromSupervisor::Failed { operation, errno, reason }, _)) => {
                return Err(refused(operation, errno, reason));
            }
            Some((FromSupervisor::Done { .. }, _)) | None => return Err(ArmError::Gone),
        }
    }
}

fn converse(host: &OwnedFd, request: &ToSupervisor) -> Result<Done, ArmError> {
    let failed = |source| ArmError::Io { operation: "talk to the supervisor", source };
    send(host, request, &[]).map_err(failed)?;
    match receive(host).map_err(failed)? {
        Some((FromSupervisor::Done { namespaces, network }, agents)) => {
            Ok((agents, Baseline { namespaces, network }))
        }
        Some((FromSupervisor::Failed { operation, errno, reason }, _)) => {
            Err(refused(operation, errno, reason))
        }
        _ => Err(ArmError::Gone),
    }
}

fn refused(operation: String, errno: i32, reason: String) -> ArmError {
    let denied = errno == nix::errno::Errno::EPERM as i32;
    let hint = match operation.as_str() {
        // AppArmor lets the namespace be made and refuses what is done in it.
        "create namespaces" | "make mounts private" if !denied => None,
        "create namespaces" | "make mounts private" | "create a user namespace" => {
            Some(crate::doctor::explain_userns_failure(&io::Error::from_raw_os_error(errno)))
        }
        "mount /proc" => Some(crate::doctor::explain_proc_failure()),
        _ => None,
    };
    ArmError::Refused { operation, reason, hint }
}

fn take<const N: usize>(agents: Vec<OwnedFd>) -> Result<[OwnedFd; N], ArmError> {
    agents.try_into().map_err(|_| ArmError::Gone)
}

async fn connect(node: Node, socket: OwnedFd) -> Result<(AgentClient, Asks), ArmError> {
    let failed = |source| ArmError::Io { operation: "take over an agent's socket", source };
    let socket = StdStream::from(socket);
    socket.set_nonblocking(true).map_err(failed)?;
    // Halves that close nothing when they are dropped: an agent ends when it is told to, not when
    // nobody has anything to say to it.
    let (read, write) = tokio::io::split(UnixStream::from_std(socket).map_err(failed)?);
    Ok(AgentClient::connect(node, read, write).await?)
}
