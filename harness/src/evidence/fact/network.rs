//! Addresses, routes, names and firewalls.

use std::net::IpAddr;

use super::socket::{Ports, Proto};
use crate::evidence::host::Host;

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// The interface as it is named: `eth0`, `vEthernet (WSL)`, `docker0`. `None`: not said.
    pub interface: Option<String>,
    /// The address.
    pub address: Host,
    /// The length of its prefix, also where a netmask was given.
    pub prefix: Option<u8>,
}

impl InterfaceAddress {
    /// Whether the other address is of this interface's network.
    pub fn network_holds(&self, other: &Host) -> bool {
        let (Some(own), Some(other), Some(prefix)) = (self.address.v4(), other.v4(), self.prefix)
        else {
            return false;
        };
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
        u32::from(own) & mask == u32::from(other) & mask
    }
}

/// A row of a routing table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The network and the length of its prefix; `None` for the default route.
    pub network: Option<(IpAddr, u8)>,
    /// The next hop; `None` for a link's own network.
    pub gateway: Option<Host>,
    /// The interface by its name or by its address, as printed.
    pub interface: Option<String>,
    /// The metric.
    pub metric: Option<u32>,
}

/// An interface: `ip link`, `ip addr`, `ifconfig`, `netsh interface ipv4 show subinterfaces`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub interface: String,
    /// Its MTU.
    pub mtu: Option<u32>,
    /// Whether it is up.
    pub up: Option<bool>,
}

/// A row of a hosts file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostsEntry {
    /// The address.
    pub address: Host,
    /// The names, in lower case.
    pub names: Vec<String>,
    /// Whether the row is behind a `#`.
    pub commented: bool,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nameserver {
    /// Its address.
    pub address: Host,
}

/// What a firewall does with packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Lets them pass.
    Allow,
    /// Drops or rejects them.
    Block,
}

/// firewalld, Windows Defender, Hyper-V, nftables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Firewall {
    /// A zone of firewalld.
    Zone(Zone),
    /// A profile of the Windows firewall, or of Hyper-V's.
    Profile(Profile),
    /// A zone with interfaces in it, which does not say what the zone lets pass:
    /// `firewall-cmd --get-active-zones`.
    ActiveZone {
        /// Its name.
        name: String,
        /// Its interfaces.
        interfaces: Vec<String>,
    },
    /// A rule of any firewall.
    Rule(Rule),
    /// Whether a firewall runs at all: `firewall-cmd --state`, `ufw status`. The name in lower
    /// case: `firewalld`, `ufw`, `windows`.
    Running {
        /// Which one.
        name: String,
        /// Whether it does.
        running: bool,
    },
    /// A log says that it dropped or rejected something: pfirewall.log, the kernel's log.
    Logged {
        /// The log's rule or prefix.
        by: Option<String>,
        /// TCP or UDP.
        proto: Option<Proto>,
        /// The port the packet was for.
        port: Option<u16>,
    },
}

/// A zone of firewalld, as `firewall-cmd --list-all` prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// `default`, `DROP`, `%%REJECT%%`, `ACCEPT`.
    pub target: Option<String>,
    /// Its interfaces.
    pub interfaces: Vec<String>,
    /// Its services.
    pub services: Vec<String>,
    /// Its ports.
    pub ports: Vec<(Ports, Proto)>,
}

/// A profile of a Windows firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `Public`, `Private`, `Domain`; for Hyper-V's the id of the VM creator.
    pub name: String,
    /// Whether it is Hyper-V's: `Get-NetFirewallHyperVVMSetting`.
    pub hyper_v: bool,
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// What happens to inbound traffic that no rule names.
    pub inbound: Option<Verdict>,
    /// What happens to outbound traffic that no rule names.
    pub outbound: Option<Verdict>,
    /// Hyper-V's `LoopbackEnabled`.
    pub loopback: Option<bool>,
}

/// A rule of a firewall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name or its text.
    pub name: String,
    /// Whether it is of Hyper-V's firewall.
    pub hyper_v: bool,
    /// Inbound (`true`), outbound (`false`), or not said.
    pub inbound: Option<bool>,
    /// What it does.
    pub verdict: Verdict,
    /// Whether it is on.
    pub enabled: bool,
    /// TCP or UDP; `None` for any.
    pub proto: Option<Proto>,
    /// The ports; empty for any.
    pub ports: Vec<Ports>,
}
