//! The lab's addresses and links, the same on every arm.
//!
//! ```text
//!  lan 192.168.50.20/24 ── Ethernet 192.168.50.10/24  windows  vEthernet 172.28.16.1/20 ── eth0  wsl
//! ```

use std::{net::Ipv4Addr, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{node::Node, scenario::Machine};

/// Windows on the virtual switch of WSL: the guest's gateway.
pub const WINDOWS_GATEWAY: Ipv4Addr = Ipv4Addr::new(172, 28, 16, 1);
/// Windows on the LAN.
pub const WINDOWS_LAN_IP: Ipv4Addr = Ipv4Addr::new(192, 168, 50, 10);
/// The other machine on the LAN.
pub const LAN_IP: Ipv4Addr = Ipv4Addr::new(192, 168, 50, 20);
/// The name of that machine, the only one that the lab's resolvers know (RFC 8375's domain).
pub const LAN_NAME: &str = "lan.home.arpa";
/// Where the guest's resolver is, on its loopback interface: DNS tunnelling's, the default of
/// Windows 11 (ledger settled point 11).
pub const WSL_NAMESERVER: Ipv4Addr = Ipv4Addr::new(10, 255, 255, 254);
/// The network of the virtual switch.
pub const SWITCH_NETWORK: Ipv4Addr = Ipv4Addr::new(172, 28, 16, 0);
/// The prefix length of the virtual switch (ledger 2.1.5).
pub const SWITCH_PREFIX: u8 = 20;
/// The prefix length of the LAN.
pub const LAN_PREFIX: u8 = 24;

/// Windows' side of the virtual switch. Printed as `vEthernet (WSL)`, a name that a Linux link
/// cannot have.
pub const VETHERNET: &str = "vEthernet";
/// Windows' adapter on the LAN.
pub const ETHERNET: &str = "Ethernet";

/// The hardware address of `vEthernet (WSL)`. Hyper-V's own start with 00-15-5D.
pub const VETHERNET_MAC: [u8; 6] = [0x00, 0x15, 0x5d, 0x32, 0x10, 0x01];
/// The hardware address of the guest's eth0, Hyper-V's as well, and another one (ledger 2.3.6).
pub const WSL_MAC: [u8; 6] = [0x00, 0x15, 0x5d, 0x32, 0x1c, 0x5d];
/// The hardware address of Windows' adapter on the LAN.
pub const ETHERNET_MAC: [u8; 6] = [0x02, 0x1b, 0x21, 0x32, 0x50, 0x10];

/// The guest's address at its n-th boot with another address. Any host of the /20 would do, and .2
/// is not one by rule (ledger 2.1.8); these are far apart so that a stale one is seen at once.
pub fn wsl_address(changes: u8) -> Ipv4Addr {
    let [a, b, c, _] = SWITCH_NETWORK.octets();
    Ipv4Addr::new(a, b, c + 5 + (changes % 10), 93u8.wrapping_add(changes.wrapping_mul(17)))
}

/// The host name of a node.
pub fn hostname(node: Node) -> &'static str {
    match node {
        // WSL gives the distro the name of the Windows machine.
        Node::Windows | Node::Wsl => COMPUTER_NAME,
        Node::Lan => "lan",
    }
}

/// The name of the Windows machine.
pub const COMPUTER_NAME: &str = "DESKTOP-LAB";

/// The guest's second user; the first is root.
pub const SECOND_USER: &str = "dev";
/// Its uid and its gid: those of the first user of an Ubuntu or Debian.
pub const SECOND_ID: u32 = 1000;

/// What a lab is booted with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabPlan {
    /// The guest's first address.
    pub wsl_address: Ipv4Addr,
    /// What the guest has beside what every guest has.
    pub extras: Extras,
    /// What the windows arm must have changed before the guest boots.
    #[serde(default)]
    pub machine: Machine,
}

/// What a guest has only where a scenario uses it, because it costs boot time or asks more of this
/// machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// Somebody types `go` there: it finds a build cache that holds the standard library.
    pub go: bool,
    /// There is the user [`SECOND_USER`], with a uid of its own and a home.
    pub second_user: bool,
}

impl std::ops::BitOr for Extras {
    type Output = Extras;

    fn bitor(self, other: Extras) -> Extras {
        Extras { go: self.go | other.go, second_user: self.second_user | other.second_user }
    }
}

/// What this machine gives to labs, by where it lies here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplies {
    /// The directory of built services and clients.
    pub fixtures: Option<PathBuf>,
    /// What a guest with [`Extras::go`] gets.
    pub go: Option<GoSupply>,
}

/// Go for a guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoSupply {
    /// The `go` command.
    pub program: PathBuf,
    /// A build cache that holds the standard library. Nobody writes to it any more.
    pub cache: PathBuf,
}

/// The home of a user of the guest, as far as the lab knows one.
pub fn home(user: &str) -> String {
    if user == "root" { "/root".to_owned() } else { format!("/home/{user}") }
}

/// Where a node's resolver answers.
pub fn nameserver(node: Node) -> Ipv4Addr {
    match node {
        Node::Wsl => WSL_NAMESERVER,
        Node::Windows | Node::Lan => Ipv4Addr::LOCALHOST,
    }
}

/// The files of `/etc` that a node has of its own.
pub fn etc_files(node: Node) -> Vec<(&'static str, String)> {
    let name = hostname(node);
    let hosts = match node {
        // Windows answers ::1 first, then 127.0.0.1 (ledger 2.2.2).
        Node::Windows => format!("::1 localhost\n127.0.0.1 localhost\n127.0.0.1 {name}\n"),
        Node::Lan => format!("127.0.0.1 localhost {name}\n::1 localhost ip6-localhost\n"),
        Node::Wsl => crate::guest::hosts::generate(name, "", ""),
    };
    vec![
        ("hosts", hosts),
        ("hostname", format!("{name}\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n".into()),
        ("resolv.conf", resolv_conf(node)),
    ]
}

/// The agent itself answers there. The options keep a tool from waiting longer than it may.
fn resolv_conf(node: Node) -> String {
    let nameserver = nameserver(node);
    let servers = match node {
        Node::Wsl => crate::guest::resolv_conf::generate(nameserver),
        Node::Windows | Node::Lan => format!("nameserver {nameserver}\n"),
    };
    servers + "options timeout:1 attempts:1\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guest_address_is_in_the_switch_network_and_not_the_gateway() {
        for changes in 0..=u8::MAX {
            let address = wsl_address(changes);
            let mask = u32::MAX << (32 - u32::from(SWITCH_PREFIX));
            assert_eq!(address.to_bits() & mask, SWITCH_NETWORK.to_bits(), "{address}");
            assert_ne!(address, WINDOWS_GATEWAY);
            assert_ne!(address, wsl_address(changes.wrapping_add(1)));
        }
    }
}
