//! What a probe connects to: a name or address of the lab, and optionally a port.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A host as a scenario writes it; it becomes an address when the probe runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// The name `localhost`, resolved by the tool itself.
    Localhost,
    /// 127.0.0.1
    Loopback4,
    /// `[::1]`
    Loopback6,
    /// The present address of the wsl node's eth0.
    WslIp,
    /// The address of `vEthernet (WSL)`, 172.28.16.1.
    WindowsGateway,
    /// The address of Windows on the LAN, 192.168.50.10.
    WindowsLanIp,
    /// The address of the LAN peer, 192.168.50.20.
    LanIp,
    /// The name of the LAN peer, `lan.home.arpa`, resolved by the tool itself.
    LanName,
}

impl Host {
    /// Every host, in the order in which tables list them.
    pub const ALL: [Host; 8] = [
        Host::Localhost,
        Host::Loopback4,
        Host::Loopback6,
        Host::WslIp,
        Host::WindowsGateway,
        Host::WindowsLanIp,
        Host::LanIp,
        Host::LanName,
    ];

    /// The hosts of the standard routes: where the service under test may be found.
    pub const STANDARD: [Host; 6] = [
        Host::Localhost,
        Host::Loopback4,
        Host::Loopback6,
        Host::WslIp,
        Host::WindowsGateway,
        Host::WindowsLanIp,
    ];

    /// The word used in scenario files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Host::Localhost => "localhost",
            Host::Loopback4 => "127.0.0.1",
            Host::Loopback6 => "[::1]",
            Host::WslIp => "wsl-ip",
            Host::WindowsGateway => "windows-gateway",
            Host::WindowsLanIp => "windows-lan-ip",
            Host::LanIp => "lan-ip",
            Host::LanName => "lan-name",
        }
    }
}

/// A host and, where it is not the service's own, a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Target {
    /// Where to connect.
    pub host: Host,
    /// The port; `None` means the port of the service under test.
    pub port: Option<u16>,
}

impl From<Host> for Target {
    fn from(host: Host) -> Self {
        Target { host, port: None }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            None => f.pad(self.host.name()),
            Some(port) => f.pad(&format!("{}:{port}", self.host.name())),
        }
    }
}

crate::text::serialized_as_text!(Target);

impl FromStr for Target {
    type Err = String;

    /// # Errors
    /// Names the allowed words, or the port that is not one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |name: &str| Host::ALL.into_iter().find(|host| host.name() == name);
        if let Some(host) = named(text) {
            return Ok(host.into());
        }
        if let Some((name, port)) = text.rsplit_once(':')
            && let Some(host) = named(name)
        {
            let port =
                port.parse::<u16>().ok().filter(|port| *port != 0).ok_or_else(|| {
                    format!("`{port}` is not a port (1-65535) in target `{text}`")
                })?;
            return Ok(Target { host, port: Some(port) });
        }
        let words = Host::ALL.map(Host::name).join(", ");
        Err(format!("unknown target `{text}`; one of {words}, with an optional :PORT"))
    }
}
