//! Sockets: who listens, who forwards, who may not bind.

use std::ops::RangeInclusive;

use crate::evidence::host::{Endpoint, Host};

/// TCP or UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proto {
    /// TCP, also where nothing is said.
    Tcp,
    /// UDP.
    Udp,
}

/// To which addresses a socket is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bind {
    /// All of IPv4: `0.0.0.0`.
    Any4,
    /// `::` or `*`: IPv6, and IPv4 unless the socket is v6-only.
    Any6,
    /// 127.0.0.0/8, or the name localhost.
    Loopback4,
    /// ::1
    Loopback6,
    /// One address of the machine.
    One,
}

impl Bind {
    /// One word for it, as clues write it.
    pub const fn name(self) -> &'static str {
        match self {
            Bind::Any4 => "any4",
            Bind::Any6 => "any6",
            Bind::Loopback4 => "loopback4",
            Bind::Loopback6 => "loopback6",
            Bind::One => "one",
        }
    }

    /// What an address binds to.
    pub fn of(host: &Host) -> Bind {
        match host {
            Host::V4(address) if address.is_unspecified() => Bind::Any4,
            Host::V6(address) if address.is_unspecified() => Bind::Any6,
            Host::Star => Bind::Any6,
            Host::V6(address) if address.is_loopback() => Bind::Loopback6,
            host if host.is_loopback() => Bind::Loopback4,
            _ => Bind::One,
        }
    }

    /// Whether only the machine itself can reach it.
    pub fn is_loopback(self) -> bool {
        matches!(self, Bind::Loopback4 | Bind::Loopback6)
    }

    /// Whether it is reached at every address of the machine.
    pub fn is_any(self) -> bool {
        matches!(self, Bind::Any4 | Bind::Any6)
    }
}

/// A socket that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// TCP or UDP.
    pub proto: Proto,
    /// The address as it was written.
    pub address: Host,
    /// The port.
    pub port: u16,
    /// Its process.
    pub pid: Option<u32>,
    /// The program's name, in lower case, without path and `.exe`.
    pub program: Option<String>,
}

impl Listener {
    /// To which addresses it is bound.
    pub fn bind(&self) -> Bind {
        Bind::of(&self.address)
    }
}

/// Ports from one to another, both included. A single port is a range of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ports(pub RangeInclusive<u16>);

impl Ports {
    /// A single port.
    pub fn one(port: u16) -> Ports {
        Ports(port..=port)
    }

    /// `8080`, `30000-50000`, `6000:6010`. `None` for anything else, also `*`.
    pub fn parse(text: &str) -> Option<Ports> {
        match text.split_once(['-', ':']) {
            None => text.parse().ok().map(Ports::one),
            Some((first, last)) => {
                let (first, last) = (first.parse().ok()?, last.parse().ok()?);
                (first <= last).then_some(Ports(first..=last))
            }
        }
    }

    /// Whether this port is one of them.
    pub fn holds(&self, port: u16) -> bool {
        self.0.contains(&port)
    }

    /// Whether it is a single port.
    pub fn is_one(&self) -> bool {
        self.0.start() == self.0.end()
    }
}

/// A rule of `netsh interface portproxy`. As `show` prints it or as `add` was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortProxyRule {
    /// Where it listens. [`Host::Star`] where the command does not say.
    pub listen: Host,
    /// At which port, as it was written: `8080`, and what netsh takes and cannot serve: `*`,
    /// `30000-50000`.
    pub listen_port: String,
    /// Where it leads.
    pub connect: Host,
    /// To which port, as it was written.
    pub connect_port: String,
}

impl PortProxyRule {
    /// The port it listens at, if that is one.
    pub fn port(&self) -> Option<u16> {
        self.listen_port.parse().ok()
    }

    /// Whether both ports are such as netsh can serve.
    pub fn is_sound(&self) -> bool {
        let sound = |text: &str| text.parse::<u16>().is_ok_and(|port| port != 0);
        sound(&self.listen_port) && sound(&self.connect_port)
    }
}

/// A range of ports that Windows keeps from programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservedPorts {
    /// The ports.
    pub ports: Ports,
    /// Marked with `*`: an administrator's own reservation.
    pub administered: bool,
}

/// A container's port and where the host has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The container or image, where it is named.
    pub container: Option<String>,
    /// The host's address, `None` where it is not said, which means all.
    pub host: Option<Host>,
    /// The host's port; `None` for a port that is only exposed (`8080/tcp`).
    pub host_port: Option<u16>,
    /// The container's port; `None` for a container on the host's network.
    pub container_port: Option<u16>,
}

/// Why a bind failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindError {
    /// EADDRINUSE, WSAEADDRINUSE (10048): somebody has it.
    InUse,
    /// WSAEACCES (10013), "forbidden by its access permissions".
    Forbidden,
    /// EADDRNOTAVAIL, 10049: no such address here.
    NotAvailable,
    /// EACCES: a port below 1024 without the right to it.
    Privileged,
    /// Only that it failed.
    Unsaid,
}

impl BindError {
    /// One word for it, as clues write it.
    pub const fn name(self) -> &'static str {
        match self {
            BindError::InUse => "in-use",
            BindError::Forbidden => "forbidden",
            BindError::NotAvailable => "not-available",
            BindError::Privileged => "privileged",
            BindError::Unsaid => "unsaid",
        }
    }
}

/// A program could not bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindFailure {
    /// What it wanted.
    pub wanted: Option<Endpoint>,
    /// What the system said.
    pub error: BindError,
}

/// Where a program says it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// The address; its host may be a name.
    pub at: Endpoint,
    /// The program, where the line names it.
    pub program: Option<String>,
}

/// An address that a program is told to dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialedUrl {
    /// The address.
    pub at: Endpoint,
    /// The variable or key that holds it.
    pub key: Option<String>,
}
