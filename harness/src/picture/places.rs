//! Whose address is whose: the report's addresses by their roles in the lab.

use std::net::{IpAddr, Ipv4Addr};

use crate::{
    evidence::{
        Evidence,
        fact::{InterfaceAddress, Kind, Place},
        host::Host,
        side::Side,
    },
    target,
    topology::{LAN_IP, LAN_NAME},
};

/// An address of the virtual switch that nobody in the lab has.
pub const NOBODY: &str = "172.28.30.17";

/// The machines' addresses as the report says them.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The guest's eth0.
    pub wsl: Option<Ipv4Addr>,
    /// Windows on the switch.
    pub gateway: Option<Ipv4Addr>,
    /// Windows on the LAN.
    pub lan: Option<Ipv4Addr>,
    networks: Vec<InterfaceAddress>,
}

impl Places {
    /// Looks for them in the output of `ip`, `ipconfig` and their like.
    pub fn of(evidence: &Evidence) -> Places {
        let mut places = Places::default();
        for fact in &evidence.facts {
            match &fact.kind {
                Kind::Address(it) => places.address(fact.side, it),
                Kind::Route(it) if it.network.is_none() && fact.side != Side::Windows => {
                    let hop = it.gateway.as_ref().and_then(Host::v4);
                    places.gateway = places.gateway.or(hop);
                }
                _ => {}
            }
        }
        places
    }

    fn address(&mut self, side: Side, it: &InterfaceAddress) {
        let Some(address) = it.address.v4().filter(|address| !address.is_loopback()) else {
            return;
        };
        let name = it.interface.as_deref().unwrap_or_default().to_ascii_lowercase();
        let virtual_one = ["docker", "br-", "veth", "lo", "loopback", "cni", "virbr"];
        if virtual_one.iter().any(|it| name.starts_with(it) && !name.starts_with("vethernet")) {
            return;
        }
        if side == Side::Windows || name.starts_with("vethernet") {
            if name.contains("wsl") {
                self.gateway = Some(address);
            } else if !name.starts_with("vethernet") {
                self.lan = self.lan.or(Some(address));
            }
        } else {
            self.wsl = self.wsl.or(Some(address));
        }
        self.networks.push(it.clone());
    }

    /// Which of the lab's hosts an address is.
    pub fn role(&self, host: &Host) -> Option<target::Host> {
        match host {
            Host::V4(address) if address.is_loopback() => Some(target::Host::Loopback4),
            Host::V6(address) if address.is_loopback() => Some(target::Host::Loopback6),
            Host::V4(address) if Some(*address) == self.wsl => Some(target::Host::WslIp),
            Host::V4(address) if Some(*address) == self.gateway => {
                Some(target::Host::WindowsGateway)
            }
            Host::V4(address) if Some(*address) == self.lan => Some(target::Host::WindowsLanIp),
            Host::V4(address) if *address == LAN_IP => Some(target::Host::LanIp),
            Host::Name(name) if name == "localhost" => Some(target::Host::Localhost),
            Host::Name(name) if name == LAN_NAME => Some(target::Host::LanName),
            _ => None,
        }
    }

    /// Which of the lab's hosts an attempt was for.
    pub fn target(&self, place: &Place, from: Side) -> Option<target::Host> {
        match place {
            Place::Localhost => Some(target::Host::Localhost),
            Place::Loopback4 => Some(target::Host::Loopback4),
            Place::Loopback6 => Some(target::Host::Loopback6),
            Place::WslAddress => Some(target::Host::WslIp),
            Place::WindowsGateway => Some(target::Host::WindowsGateway),
            Place::WindowsLan => Some(target::Host::WindowsLanIp),
            Place::Lan => Some(target::Host::LanIp),
            Place::Other(host) => self.role(host),
            Place::Unstated if from == Side::Lan => Some(target::Host::WindowsLanIp),
            Place::Unstated | Place::HostAlias | Place::Container | Place::Internet => None,
        }
    }

    /// Whether an address is of the LAN that Windows is in.
    pub fn on_lan(&self, address: Ipv4Addr) -> bool {
        let lan = self.networks.iter().find(|it| it.address.v4() == self.lan);
        lan.is_some_and(|lan| lan.network_holds(&IpAddr::V4(address).into()))
    }
}
