//! One lab as the supervisor sees it: three namespaces, three agents, two cables.

use std::{
    fs, io,
    net::Ipv4Addr,
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process,
    time::Instant,
};

use netlink_sys::protocols::{NETLINK_NETFILTER, NETLINK_ROUTE};
use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    sched::{CloneFlags, setns, unshare},
    sys::{
        signal::{Signal, kill},
        socket::{AddressFamily, SockFlag, SockType, socketpair},
        stat::Mode,
        wait::waitpid,
    },
    unistd::{ForkResult, Pid, dup2_stdin, dup2_stdout, sethostname},
};

use super::{
    failure::Failure, links, mounts, mounts::NodeFiles, netlink::Netlink, nft, supervisor::Done,
};
use crate::{
    agent,
    node::Node,
    sys,
    topology::{LabPlan, hostname},
};

/// What all labs of a supervisor share.
pub struct Home {
    labs: PathBuf,
    program: PathBuf,
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
            netns: open_namespace("net")?,
            pidns: open_namespace("pid")?,
        })
    }

    /// Leaves the network namespace of a node, so that only its agent keeps it alive.
    pub fn return_to(&self) -> Result<(), Failure> {
        setns(&self.netns, CloneFlags::CLONE_NEWNET)
            .map_err(|errno| Failure::new("leave the node's network namespace", errno))
    }
}

/// A network namespace and a netlink socket in it.
pub struct Netns {
    /// The namespace.
    pub fd: OwnedFd,
    route: Netlink,
}

impl Netns {
    /// Creates a namespace and stays in it.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn create(node: Node) -> Result<Netns, Failure> {
        unshare(CloneFlags::CLONE_NEWNET)
            .map_err(|errno| Failure::new("create a network namespace", errno))?;
        let mut settings = vec![
            // A link-local address is usable at once; the lab has no duplicates.
            ("ipv6/conf/default/accept_dad", "0"),
            // firewalld's rejections are one ICMP message each, never held back.
            ("ipv4/icmp_ratelimit", "0"),
        ];
        if node == Node::Windows {
            settings.push(("ipv4/ip_forward", "1"));
        }
        for (name, value) in settings {
            fs::write(format!("/proc/sys/net/{name}"), value)
                .map_err(|e| Failure::io(format!("set net/{name}"), e))?;
        }
        let route =
            Netlink::open(NETLINK_ROUTE).map_err(|e| Failure::io("open a netlink socket", e))?;
        Ok(Netns { fd: open_namespace("net")?, route })
    }
}

/// A booted lab.
pub struct NetnsLab {
    dir: PathBuf,
    fixtures: Option<PathBuf>,
    windows: Netns,
    agents: Vec<(Node, Pid)>,
}

impl NetnsLab {
    /// Boots the three nodes.
    ///
    /// # Errors
    /// The first thing that failed; nothing is left running.
    pub fn boot(
        home: &Home,
        number: u64,
        plan: &LabPlan,
        fixtures: Option<PathBuf>,
    ) -> Result<(NetnsLab, Done), Failure> {
        let dir = home.labs.join(number.to_string());
        fs::create_dir_all(dir.join("hv")).map_err(|e| Failure::io("create the lab", e))?;
        let mut agents = Vec::new();
        let booted = boot_nodes(home, &dir, plan, fixtures.as_deref(), &mut agents);
        let returned = home.return_to();
        match booted.and_then(|done| returned.map(|()| done)) {
            Ok((windows, done)) => Ok((NetnsLab { dir, fixtures, windows, agents }, done)),
            Err(failure) => {
                for (_, pid) in agents {
                    let _ = kill(pid, Signal::SIGKILL);
                }
                Err(failure)
            }
        }
    }

    /// Kills the guest, waits for its end and pulls its cable. Fine when there is none.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn stop_wsl(&mut self) -> Result<(), Failure> {
        let Some(at) = self.agents.iter().position(|(node, _)| *node == Node::Wsl) else {
            return Ok(());
        };
        let (_, pid) = self.agents.remove(at);
        kill(pid, Signal::SIGKILL).map_err(|errno| Failure::new("kill the guest", errno))?;
        let _ = waitpid(pid, None);
        match self.windows.route.run(&links::unplug_guest()) {
            // The guest's namespace may already have taken it along.
            Err(error) if error.source.raw_os_error() == Some(Errno::ENODEV as i32) => Ok(()),
            unplugged => Ok(unplugged?),
        }
    }

    /// Boots the guest anew.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn start_wsl(&mut self, home: &Home, address: Ipv4Addr) -> Result<Done, Failure> {
        let started = boot_node(home, &self.dir, Node::Wsl, self.fixtures.as_deref());
        let returned = home.return_to();
        let (netns, pid, agent) = started?;
        self.agents.push((Node::Wsl, pid));
        returned?;
        let clock = Instant::now();
        self.windows.route.run(&links::plug_guest(netns.fd.as_fd()))?;
        netns.route.run(&links::wsl(address))?;
        Ok(Done { agents: vec![agent], network_us: micros(clock) })
    }

    /// The agents still to kill, and the directory to remove afterwards.
    pub fn into_remains(self) -> (Vec<Pid>, PathBuf) {
        (self.agents.into_iter().map(|(_, pid)| pid).collect(), self.dir)
    }
}

fn boot_nodes(
    home: &Home,
    dir: &Path,
    plan: &LabPlan,
    fixtures: Option<&Path>,
    agents: &mut Vec<(Node, Pid)>,
) -> Result<(Netns, Done), Failure> {
    let mut boot = |node| {
        let (netns, pid, agent) = boot_node(home, dir, node, fixtures)?;
        agents.push((node, pid));
        Ok::<_, Failure>((netns, agent))
    };
    // Windows first: it is configured last, and its sockets must be opened inside it.
    let (windows, windows_agent) = boot(Node::Windows)?;
    let filter =
        Netlink::open(NETLINK_NETFILTER).map_err(|e| Failure::io("open a netlink socket", e))?;
    let (wsl, wsl_agent) = boot(Node::Wsl)?;
    let (lan, lan_agent) = boot(Node::Lan)?;

    let clock = Instant::now();
    windows.route.run(&links::windows(lan.fd.as_fd()))?;
    windows.route.run(&links::plug_guest(wsl.fd.as_fd()))?;
    wsl.route.run(&links::wsl(plan.wsl_address))?;
    lan.route.run(&links::lan())?;
    filter.run(&nft::windows())?;
    let done =
        Done { agents: vec![windows_agent, wsl_agent, lan_agent], network_us: micros(clock) };
    Ok((windows, done))
}

fn boot_node(
    home: &Home,
    dir: &Path,
    node: Node,
    fixtures: Option<&Path>,
) -> Result<(Netns, Pid, OwnedFd), Failure> {
    let netns = Netns::create(node)?;
    let disk = dir.join(node.name());
    let files =
        NodeFiles { node, disk: &disk, hv: &dir.join("hv"), fixtures, program: &home.program };
    let (pid, agent) = spawn_agent(home, node, &|| {
        let _ = sethostname(hostname(node));
        mounts::node(&files)
    })?;
    Ok((netns, pid, agent))
}

/// Starts an agent that builds things rather than being a host.
///
/// # Errors
/// What the kernel refuses.
pub fn spawn_workshop(home: &Home, writable: &[String]) -> Result<(Pid, OwnedFd), Failure> {
    spawn_agent(home, Node::Lan, &|| mounts::workshop(writable))
}

/// Forks an agent as pid 1 of a new pid namespace, in the current network namespace. A failure of
/// `prepare` reaches the host as the end of the agent's socket, and its text through stderr.
fn spawn_agent(
    home: &Home,
    node: Node,
    prepare: &dyn Fn() -> Result<(), Failure>,
) -> Result<(Pid, OwnedFd), Failure> {
    let (host_end, agent_end) =
        socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
            .map_err(|errno| Failure::new("create the agent's socket", errno))?;
    unshare(CloneFlags::CLONE_NEWPID)
        .map_err(|errno| Failure::new("create a pid namespace", errno))?;
    let forked = sys::fork_single_threaded().map_err(|e| Failure::io("fork the agent", e))?;
    if let ForkResult::Parent { child } = forked {
        // The next child would otherwise be born into this agent's pid namespace.
        setns(&home.pidns, CloneFlags::CLONE_NEWPID)
            .map_err(|errno| Failure::new("leave the agent's pid namespace", errno))?;
        return Ok((child, host_end));
    }
    let code = match become_agent(&agent_end, prepare) {
        Ok(()) => agent::serve::main(node),
        Err(failure) => agent::serve::refuse(node, &failure),
    };
    process::exit(code)
}

fn become_agent(
    socket: &OwnedFd,
    prepare: &dyn Fn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let flags = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS;
    let unshared = unshare(flags).map_err(|errno| Failure::new("create namespaces", errno));
    // The socket first, so that a failure can be told through it.
    dup2_stdin(socket).map_err(|errno| Failure::new("take over the socket", errno))?;
    unshared?;
    prepare()?;
    let null = open("/dev/null", OFlag::O_RDWR, Mode::empty())
        .map_err(|errno| Failure::new("open /dev/null", errno))?;
    dup2_stdout(&null).map_err(|errno| Failure::new("replace stdout", errno))?;
    // Nothing that owns a descriptor may be dropped once its number is closed.
    drop(null);
    sys::close_all_but_stdio().map_err(|e| Failure::io("close what is not the agent's", e))
}

fn open_namespace(kind: &str) -> Result<OwnedFd, Failure> {
    let path = format!("/proc/self/ns/{kind}");
    open(path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| Failure::new(format!("open {path}"), errno))
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Runs `program` in the current network namespace and waits for it.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run_program(program: &str, arguments: &[&str], input: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let failed = |e| Failure::io(format!("run {program}"), e);
    let mut child = process::Command::new(program)
        .args(arguments)
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::null())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(failed(io::Error::other(status.to_string()))) }
}
