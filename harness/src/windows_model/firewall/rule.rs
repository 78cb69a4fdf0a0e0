//! An inbound rule.

use super::{Ports, Profiles, Remote};

/// What a rule does with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Lets it in.
    Allow,
    /// Drops it, whatever another rule says.
    Block,
}

impl Action {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Action::Allow => "Allow",
            Action::Block => "Block",
        }
    }

    /// The action that somebody means.
    pub fn parse(word: &str) -> Option<Action> {
        [Action::Allow, Action::Block]
            .into_iter()
            .find(|action| action.name().eq_ignore_ascii_case(word))
    }
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Everything.
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP of IPv4, all of it or one type.
    Icmp4(Option<u8>),
}

impl Protocol {
    /// Reads the name or number of a modelled protocol.
    pub fn parse(word: &str) -> Option<Protocol> {
        match word.to_lowercase().as_str() {
            "any" => Some(Protocol::Any),
            "tcp" | "6" => Some(Protocol::Tcp),
            "udp" | "17" => Some(Protocol::Udp),
            "icmpv4" | "1" => Some(Protocol::Icmp4(None)),
            _ => None,
        }
    }

    /// Its number above IP.
    pub const fn number(self) -> Option<u8> {
        match self {
            Protocol::Any => None,
            Protocol::Tcp => Some(6),
            Protocol::Udp => Some(17),
            Protocol::Icmp4(_) => Some(1),
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Any => "Any",
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Icmp4(_) => "ICMPv4",
        }
    }

    /// Whether it has ports.
    pub const fn has_ports(self) -> bool {
        matches!(self, Protocol::Tcp | Protocol::Udp)
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What Windows tells rules apart by; a GUID unless somebody named it.
    pub name: String,
    /// What people call it; several rules may be called the same.
    pub display_name: String,
    /// Free text.
    pub description: String,
    /// Whether it counts.
    pub enabled: bool,
    /// What it does.
    pub action: Action,
    /// On which networks.
    pub profiles: Profiles,
    /// With what.
    pub protocol: Protocol,
    /// For which ports of this machine.
    pub local_ports: Ports,
    /// From whom; from anybody when empty.
    pub remote: Vec<Remote>,
    /// For which interfaces, by their names on Windows; for all when empty.
    pub interfaces: Vec<String>,
    /// For which program's sockets.
    pub program: Option<String>,
}

/// Why a rule is none that the model has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Ports of something that has none.
    #[error("a rule with ports and without TCP or UDP")]
    PortsWithoutProtocol,
    /// The owner of a socket is known for the programs of WSL alone.
    #[error("a firewall rule for the program `{0}`")]
    Program(String),
}

/// Programs of WSL by the ends of their paths. None of them has a socket that the firewall filters:
/// `wslrelay.exe` listens on loopback only, the others not at all (ledger 4.1.1, 4.1.5).
const WSL_PROGRAMS: [&str; 5] =
    ["\\wslhost.exe", "\\wslrelay.exe", "\\wslservice.exe", "\\wsl.exe", "\\vmmemwsl.exe"];

impl Rule {
    /// A rule that allows everything to everybody.
    pub fn named(name: String, display_name: String) -> Rule {
        Rule {
            name,
            display_name,
            description: String::new(),
            enabled: true,
            action: Action::Allow,
            profiles: Profiles::ANY,
            protocol: Protocol::Any,
            local_ports: Ports::Any,
            remote: Vec::new(),
            interfaces: Vec::new(),
            program: None,
        }
    }

    /// Whether the model has such rules.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.local_ports != Ports::Any && !self.protocol.has_ports() {
            return Err(RuleError::PortsWithoutProtocol);
        }
        match &self.program {
            Some(program) if !is_of_wsl(program) => Err(RuleError::Program(program.clone())),
            _ => Ok(()),
        }
    }

    /// Whether any socket of this machine could be meant.
    pub fn reaches_a_socket(&self) -> bool {
        self.program.is_none()
    }
}

fn is_of_wsl(program: &str) -> bool {
    let program = program.to_lowercase().replace('/', "\\");
    WSL_PROGRAMS.iter().any(|end| program.ends_with(end))
}
