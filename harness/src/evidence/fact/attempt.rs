//! Attempts: from where to where, with what, and what came of it.

use std::fmt;

use crate::{
    evidence::host::{Endpoint, Host},
    outcome::Outcome,
};

/// What was to be reached, by its role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The name localhost.
    Localhost,
    /// 127.0.0.0/8
    Loopback4,
    /// ::1
    Loopback6,
    /// The address of the guest's eth0.
    WslAddress,
    /// The Windows host seen from the guest: its gateway, the name server, its name.
    WindowsGateway,
    /// The address of Windows on the LAN.
    WindowsLan,
    /// A name by which a container sees its host: `host.docker.internal`.
    HostAlias,
    /// Another container, by its name or address.
    Container,
    /// A machine on the LAN.
    Lan,
    /// Somewhere on the internet, or a name there.
    Internet,
    /// An address or a name whose role the report does not say.
    Other(Host),
    /// Nothing is said.
    Unstated,
}

impl Place {
    /// The role of a host, as far as it has one by itself.
    pub fn of(host: &Host) -> Place {
        match host {
            Host::V4(address) if address.is_loopback() => Place::Loopback4,
            Host::V6(address) if address.is_loopback() => Place::Loopback6,
            Host::V4(address) if is_public(*address) => Place::Internet,
            Host::Name(name) => match name.as_str() {
                "localhost" => Place::Localhost,
                "host.docker.internal"
                | "host.containers.internal"
                | "host.minikube.internal"
                | "host.lima.internal"
                | "host.rancher-desktop.internal"
                | "gateway.docker.internal" => Place::HostAlias,
                name if name.ends_with(".local") || !name.contains('.') => {
                    Place::Other(host.clone())
                }
                name if is_internet(name) => Place::Internet,
                _ => Place::Other(host.clone()),
            },
            host => Place::Other(host.clone()),
        }
    }

    /// localhost, 127.0.0.1 or ::1.
    pub fn is_loopback(&self) -> bool {
        matches!(self, Place::Localhost | Place::Loopback4 | Place::Loopback6)
    }
}

impl From<&Endpoint> for Place {
    fn from(endpoint: &Endpoint) -> Place {
        Place::of(&endpoint.host)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Localhost => f.write_str("localhost"),
            Place::Loopback4 => f.write_str("127.0.0.1"),
            Place::Loopback6 => f.write_str("[::1]"),
            Place::WslAddress => f.write_str("wsl-ip"),
            Place::WindowsGateway => f.write_str("windows-gateway"),
            Place::WindowsLan => f.write_str("windows-lan-ip"),
            Place::HostAlias => f.write_str("the container's host"),
            Place::Container => f.write_str("a container"),
            Place::Lan => f.write_str("the LAN"),
            Place::Internet => f.write_str("the internet"),
            Place::Other(host) => write!(f, "{host}"),
            Place::Unstated => f.write_str("?"),
        }
    }
}

fn is_public(address: std::net::Ipv4Addr) -> bool {
    let shared = matches!(address.octets(), [100, 64..=127, ..]);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_documentation()
        || address.is_broadcast()
        || shared)
}

fn is_internet(name: &str) -> bool {
    let domain = name.rsplit('.').next().unwrap_or_default();
    ["com", "org", "net", "io", "dev", "de", "fr", "jp", "cn"].contains(&domain)
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It worked; not said how.
    Works,
    /// It did not; not said how.
    Fails,
    /// One of the outcomes that a cell of a matrix can show.
    Outcome(Outcome),
}

impl Seen {
    /// Whether it worked.
    pub fn is_good(self) -> bool {
        match self {
            Seen::Works => true,
            Seen::Fails => false,
            Seen::Outcome(outcome) => outcome.is_good(),
        }
    }

    /// Whether it did not.
    pub fn is_bad(self) -> bool {
        !self.is_good()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seen::Works => f.write_str("works"),
            Seen::Fails => f.write_str("fails"),
            Seen::Outcome(outcome) => write!(f, "{outcome}"),
        }
    }
}

/// Somebody tried to reach something. The fact's side is where the client ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was to be reached, by its role.
    pub to: Place,
    /// The address as it was written, where there was one.
    pub host: Option<Host>,
    /// The port, where it is said.
    pub port: Option<u16>,
    /// What tried, in lower case: `curl`, `browser`, `ping`.
    pub tool: Option<String>,
    /// What came of it.
    pub seen: Seen,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_roles() {
        let role = |text: &str| Host::parse(text).map(|host| Place::of(&host).to_string());
        assert_eq!(role("localhost").as_deref(), Some("localhost"));
        assert_eq!(role("127.0.0.2").as_deref(), Some("127.0.0.1"));
        assert_eq!(role("host.docker.internal").as_deref(), Some("the container's host"));
        assert_eq!(role("8.8.8.8").as_deref(), Some("the internet"));
        assert_eq!(role("172.20.1.2").as_deref(), Some("172.20.1.2"));
        assert_eq!(role("google.com").as_deref(), Some("the internet"));
        assert_eq!(role("db").as_deref(), Some("db"));
    }
}
