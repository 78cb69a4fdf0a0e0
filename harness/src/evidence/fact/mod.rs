//! What a report says, typed. Every fact keeps the machine it is about and the place where it stood,
//! so that a diagnosis can quote it.
//!
//! A fact is what was *pasted*, not what follows from it: a reader never guesses. What is not said
//! is `None` or [`Side::Unknown`].

mod attempt;
mod machine;
mod network;
mod socket;
mod story;

pub use attempt::{Attempt, Place, Seen};
pub use machine::{
    Distro, Mode, Process, Product, RunBy, Service, Setting, SettingFile, State, Variable, Version,
    program_name,
};
pub use network::{
    Firewall, HostsEntry, InterfaceAddress, Link, Nameserver, Profile, Route, Rule, Verdict, Zone,
};
pub use socket::{
    Bind, BindError, BindFailure, DialedUrl, Listener, PortProxyRule, Ports, Proto, Publication,
    ReservedPorts, Serving,
};
pub use story::{Change, Command, Mention};

use super::{side::Side, span::Span};

/// One thing that a report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The machine it is about, as far as the report says.
    pub side: Side,
    /// Where it stood.
    pub span: Span,
    /// What it says.
    pub kind: Kind,
}

/// What a fact says. One variant a kind of thing; the types have the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How Windows and Linux stand to each other: `Setup: mirrored`, `networkingMode=…`,
    /// `wslinfo --networking-mode`.
    Setup(Mode),
    /// A socket that listens: `ss`, `netstat`, `lsof`, `Get-NetTCPConnection`.
    Listener(Listener),
    /// A rule of `netsh interface portproxy`.
    PortProxy(PortProxyRule),
    /// A range of `netsh interface ipv4 show excludedportrange`.
    ReservedPorts(ReservedPorts),
    /// `netsh int ipv4 show dynamicport`: first port and how many.
    DynamicPorts(Ports),
    /// An address of an interface: `ip addr`, `ifconfig`, `ipconfig`.
    Address(InterfaceAddress),
    /// An interface's MTU and whether it is up.
    Link(Link),
    /// A row of a routing table.
    Route(Route),
    /// A row of a hosts file, or what a name resolved to by it.
    Hosts(HostsEntry),
    /// A name server of `resolv.conf` or of an interface.
    Nameserver(Nameserver),
    /// A variable of the environment, of a shell, a container or a service file.
    Variable(Variable),
    /// A key of `.wslconfig`, `wsl.conf` or another configuration file.
    Setting(Setting),
    /// A firewall: a zone, a profile, a rule, a log line that says "dropped".
    Firewall(Firewall),
    /// A process by its number: `tasklist`, `ps`.
    Process(Process),
    /// Who runs a process.
    RunBy(RunBy),
    /// A service of Windows or systemd and whether it runs.
    Service(Service),
    /// A port that a container engine publishes, or a container that has none.
    Publication(Publication),
    /// A row of `wsl -l -v`.
    Distro(Distro),
    /// The version of something.
    Version(Version),
    /// Somebody tried to reach something, and what came of it.
    Attempt(Attempt),
    /// A program could not bind its address.
    BindFailure(BindFailure),
    /// A program says where it serves: "listening on http://localhost:4200".
    Serving(Serving),
    /// An address that a program is told to dial: `OLLAMA_HOST=http://localhost:11434`.
    Dialed(DialedUrl),
    /// A command that was typed.
    Command(Command),
    /// Something was changed, and it helped or did not.
    Change(Change),
    /// The report speaks of something: a VPN, Fast Startup, a third party's firewall.
    Mention(Mention),
}

impl Kind {
    /// One word for the kind of thing.
    pub const fn name(&self) -> &'static str {
        match self {
            Kind::Setup(_) => "setup",
            Kind::Listener(_) => "listener",
            Kind::PortProxy(_) => "portproxy",
            Kind::ReservedPorts(_) => "reserved-ports",
            Kind::DynamicPorts(_) => "dynamic-ports",
            Kind::Address(_) => "address",
            Kind::Link(_) => "link",
            Kind::Route(_) => "route",
            Kind::Hosts(_) => "hosts",
            Kind::Nameserver(_) => "nameserver",
            Kind::Variable(_) => "variable",
            Kind::Setting(_) => "setting",
            Kind::Firewall(_) => "firewall",
            Kind::Process(_) => "process",
            Kind::RunBy(_) => "run-by",
            Kind::Service(_) => "service",
            Kind::Publication(_) => "publication",
            Kind::Distro(_) => "distro",
            Kind::Version(_) => "version",
            Kind::Attempt(_) => "attempt",
            Kind::BindFailure(_) => "bind-failure",
            Kind::Serving(_) => "serving",
            Kind::Dialed(_) => "dialed",
            Kind::Command(_) => "command",
            Kind::Change(_) => "change",
            Kind::Mention(_) => "mention",
        }
    }
}
