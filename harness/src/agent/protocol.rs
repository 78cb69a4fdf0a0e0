//! What a host and an agent say to each other: one JSON document a line, over the agent's stdin and
//! stdout, the same on every arm.
//!
//! Both sides may ask: the host sends [`Request`]s, and the agent of the modelled Windows sends
//! [`Ask`]s, because `wsl.exe` typed there changes another node.

use std::{collections::BTreeMap, fmt, net::Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::{node::Node, rehearsal::order::DoorOrder};

mod probing;

pub use probing::{Bearings, ProbeOrder, Probed};

/// Version of the protocol; an agent that greets with another one is refused.
pub const PROTOCOL: u32 = 5;

/// A line from the host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromHost {
    /// A request, answered by [`FromAgent::Reply`] with the same id.
    Request {
        /// Chosen by the host, unique on this connection.
        id: u64,
        /// What to do.
        request: Request,
    },
    /// The answer to an [`Ask`].
    Answer {
        /// The id of the ask.
        id: u64,
        /// What came of it, or why nothing did.
        answer: Result<Answer, String>,
    },
}

/// A line from the agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromAgent {
    /// The first line.
    Hello {
        /// [`PROTOCOL`] of the agent.
        protocol: u32,
        /// Where it runs.
        node: Node,
        /// What the node's boot complains about, a line each: unknown keys of `/etc/wsl.conf`.
        warnings: Vec<String>,
    },
    /// In place of the first line: the node could not be furnished.
    Broken {
        /// Why.
        reason: String,
    },
    /// The reply to a request.
    Reply {
        /// The id of the request.
        id: u64,
        /// What came of it.
        reply: Result<Reply, AgentError>,
    },
    /// A request of the agent to the host.
    Ask {
        /// Chosen by the agent, unique on this connection.
        id: u64,
        /// What it wants.
        ask: Ask,
    },
}

/// What a host can ask an agent to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Run a command line as a person would type it on that node.
    Run {
        /// The line: `sh -c` on wsl and lan, one command without shell operators on windows.
        line: String,
    },
    /// Run a program with exactly these arguments.
    Exec {
        /// Program and arguments; at least one element.
        argv: Vec<String>,
        /// The directory to run in; `None` means `/`.
        cwd: Option<String>,
        /// Additional environment.
        env: BTreeMap<String, String>,
        /// How long it may take, in seconds, where it is not what any command may.
        limit: Option<u64>,
    },
    /// Copy a file into a directory that is read by other runs: it appears whole or not at all,
    /// and what is there already stays.
    Publish {
        /// The file to copy.
        from: String,
        /// Its new absolute path.
        to: String,
    },
    /// Write a file, replacing what is there, creating its directories.
    Write {
        /// A path of that node; on windows a Windows path, `%UserProfile%` included.
        path: String,
        /// The new content.
        text: String,
    },
    /// Set variables for later commands, services and probes on the node.
    SetEnv {
        /// Names and values.
        vars: BTreeMap<String, String>,
    },
    /// Start a service and wait until it listens. The one of its name that runs is stopped first.
    StartService(ServiceOrder),
    /// Start a service that ends by itself without having listened, and wait for its end. The one
    /// of its name that runs is stopped first.
    AwaitEnd(ServiceOrder),
    /// Stop a service of the node; fine when it does not run.
    StopService {
        /// Its name; empty for the node's own.
        name: String,
    },
    /// Take over what the node's programs say of themselves; with nothing, ask them.
    Programs(ProgramsSay),
    /// Measure one cell.
    Probe(ProbeOrder),
    /// What a client on the node starts from for this host: a name, or an address without brackets.
    Bearings {
        /// The host.
        host: String,
    },
    /// How long the agent stood still, at most, since it was asked last.
    Standstill,
    /// List TCP listeners as the guest half of the relay does, through `NETLINK_SOCK_DIAG`.
    Listeners,
    /// wsl and lan in a container: have windows lay a cable from here to itself, and give this end
    /// its address.
    Plug {
        /// The node's address.
        address: Ipv4Addr,
    },
    /// windows in a container: pull the guest's cable.
    Unplug,
    /// wsl in a container: end everything and keep the disk for the container that comes next.
    KeepDisk,
    /// windows: make the relay's listeners match those of the guest.
    RelaySync {
        /// The guest's listeners, from [`Request::Listeners`].
        listeners: Vec<Listener>,
    },
    /// windows: the guest is gone, and the relay's listeners with it.
    RelayStop,
    /// windows: the virtual machine is gone, and the relay's process with it.
    RelayEnd,
    /// windows: a virtual machine starts; what it takes from Windows.
    VmSettings,
    /// windows: answer the stand-ins of a rehearsal.
    OpenDoor(DoorOrder),
    /// wsl: run what the stand-in for `wsl.exe` is told to run.
    OpenInterop,
}

/// What an agent replies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done; nothing to tell.
    Done,
    /// A command's end.
    Output(Output),
    /// The service listens.
    Started(ServiceStarted),
    /// What the node's programs say of themselves.
    Programs(ProgramsSay),
    /// A measured cell.
    Probed(Probed),
    /// What a client starts from.
    Bearings(Bearings),
    /// For how many milliseconds the agent stood still.
    Standstill(u64),
    /// The node's TCP listeners.
    Listeners(Vec<Listener>),
    /// What the guest takes from Windows.
    VmSettings(VmSettings),
}

/// What programs say of themselves: their answer by the command line that gets it, `nc -h` for
/// instance. Without those that a node does not have.
pub type ProgramsSay = BTreeMap<String, String>;

/// What the agent of the modelled Windows asks of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// `wsl --shutdown`: stop the virtual machine.
    WslShutdown,
    /// `wsl --terminate`: stop the distro; the virtual machine, and so its address, stays.
    WslTerminate,
    /// Whether the distro runs.
    WslState,
    /// Boot the distro if it does not run, then run a command in it.
    WslRun(WslCommand),
    /// Boot the distro if it does not run, then have it take commands at the socket that it shares
    /// with Windows.
    WslInterop,
    /// Have the agent of the LAN peer do something.
    Lan(Box<Request>),
}

/// A command that `wsl.exe` runs in the distro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WslCommand {
    /// `wsl -- LINE`: through the default shell.
    Line(String),
    /// `wsl --exec ARGV`: without a shell.
    Argv(Vec<String>),
}

/// What the host answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done.
    Done,
    /// To [`Ask::WslState`].
    Running(bool),
    /// To [`Ask::WslRun`].
    Ran {
        /// What `wsl.exe` prints to stderr because this command booted the distro, a line each.
        boot_warnings: Vec<String>,
        /// The command's end.
        output: Output,
    },
    /// To [`Ask::WslInterop`].
    Opened {
        /// What `wsl.exe` prints to stderr because this command booted the distro, a line each.
        boot_warnings: Vec<String>,
    },
    /// To [`Ask::Lan`].
    Lan(Box<Result<Reply, AgentError>>),
}

/// How a command ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its exit code; 128 + N after signal N.
    pub exit: i32,
    /// Its standard output, as UTF-8 (what is not, replaced).
    pub stdout: String,
    /// Its standard error, likewise.
    pub stderr: String,
}

/// A service to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceOrder {
    /// Which of the node's services; empty for the node's own.
    pub name: String,
    /// Who runs it: a user of the node.
    pub user: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Additional environment.
    pub env: BTreeMap<String, String>,
    /// Files to write before the start: path and text.
    pub files: BTreeMap<String, String>,
    /// How it shows that it listens.
    pub ready: Ready,
}

/// How a service shows that it listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// It prints a line that starts with this to stdout once it listens.
    Line(String),
    /// Something accepts on this address, tried until the service dies or a time limit.
    Accepts(String),
}

/// A service that listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStarted {
    /// Its pid on the node.
    pub pid: u32,
    /// The line that showed readiness, empty for [`Ready::Accepts`].
    pub line: String,
}

/// A TCP socket in LISTEN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listener {
    /// The bound address; its variant is the socket's family.
    pub address: std::net::IpAddr,
    /// The bound port.
    pub port: u16,
    /// The kernel's cookie of the socket: another socket on the same address has another one.
    pub cookie: u64,
}

/// What a boot of the guest takes from Windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmSettings {
    /// Whether the localhost relay runs.
    pub localhost_forwarding: bool,
    /// Environment that WSL injects into every process of the distro.
    pub env: BTreeMap<String, String>,
    /// What `wsl.exe` prints to stderr at the boot, a line each, `wsl: ` included.
    pub warnings: Vec<String>,
    /// The address that Windows asks for, where it remembers one.
    pub address: Option<Ipv4Addr>,
}

impl VmSettings {
    /// Nothing more to take.
    pub fn taken() -> VmSettings {
        VmSettings {
            localhost_forwarding: true,
            env: BTreeMap::new(),
            warnings: Vec::new(),
            address: None,
        }
    }
}

/// Why an agent could not do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct AgentError {
    /// Where.
    pub node: Node,
    /// What was tried, an infinitive: `start service`, `write`.
    pub operation: String,
    /// On what: a path, a command line.
    pub object: String,
    /// Why it failed.
    pub reason: String,
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot {} `{}`: {}", self.node, self.operation, self.object, self.reason)
    }
}
