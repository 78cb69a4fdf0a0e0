//! Who a rule lets in: its remote addresses. IPv4 only; a rule that names none is for both families.

use std::{fmt, net::Ipv4Addr};

use crate::topology::{LAN_PREFIX, SWITCH_NETWORK, SWITCH_PREFIX, WINDOWS_LAN_IP};

/// Addresses from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// The first.
    pub first: Ipv4Addr,
    /// The last.
    pub last: Ipv4Addr,
}

impl AddressRange {
    /// Every address of a network.
    pub fn network(address: Ipv4Addr, prefix: u8) -> AddressRange {
        let mask = mask(prefix);
        AddressRange {
            first: Ipv4Addr::from_bits(address.to_bits() & mask),
            last: Ipv4Addr::from_bits(address.to_bits() | !mask),
        }
    }

    /// The mask of the network that it is, if it is one.
    fn network_mask(self) -> Option<u32> {
        let host = self.first.to_bits() ^ self.last.to_bits();
        let is_network = host & host.wrapping_add(1) == 0 && self.first.to_bits() & host == 0;
        is_network.then_some(!host)
    }
}

/// One of the remote addresses of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    /// `LocalSubnet`: the networks that this machine has an address in.
    LocalSubnet,
    /// Addresses.
    Range(AddressRange),
}

impl Remote {
    /// Reads `Any`, or with commas between them `LocalSubnet`, addresses, networks
    /// (`192.168.50.0/24`, `192.168.50.0/255.255.255.0`) and ranges. Any is an empty list. `None`
    /// for anything else: IPv6, and words like `DNS` or `Internet`.
    pub fn parse_list(text: &str) -> Option<Vec<Remote>> {
        if text.eq_ignore_ascii_case("any") {
            return Some(Vec::new());
        }
        text.split(',').map(|part| Remote::parse(part.trim())).collect()
    }

    fn parse(text: &str) -> Option<Remote> {
        if text.eq_ignore_ascii_case("LocalSubnet") {
            return Some(Remote::LocalSubnet);
        }
        let range = if let Some((address, network)) = text.split_once('/') {
            let prefix = match network.parse::<u8>() {
                Ok(prefix) => prefix,
                Err(_) => prefix(network.parse().ok()?)?,
            };
            (prefix <= 32).then_some(())?;
            AddressRange::network(address.parse().ok()?, prefix)
        } else {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            AddressRange { first: first.parse().ok()?, last: last.parse().ok()? }
        };
        (range.first <= range.last).then_some(Remote::Range(range))
    }

    /// The addresses meant.
    pub fn ranges(self) -> Vec<AddressRange> {
        match self {
            Remote::Range(range) => vec![range],
            Remote::LocalSubnet => vec![
                AddressRange::network(SWITCH_NETWORK, SWITCH_PREFIX),
                AddressRange::network(WINDOWS_LAN_IP, LAN_PREFIX),
            ],
        }
    }
}

impl fmt::Display for Remote {
    /// As netsh prints it and the registry keeps it, but for the form of the mask.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = match self {
            Remote::LocalSubnet => return f.write_str("LocalSubnet"),
            Remote::Range(range) => range,
        };
        match range.network_mask() {
            Some(mask) => write!(f, "{}/{}", range.first, mask.leading_ones()),
            None => write!(f, "{}-{}", range.first, range.last),
        }
    }
}

const fn mask(prefix: u8) -> u32 {
    if prefix == 0 { 0 } else { u32::MAX << (32 - prefix as u32) }
}

fn prefix(mask: Ipv4Addr) -> Option<u8> {
    let bits = mask.to_bits();
    let ones = u8::try_from(bits.leading_ones()).ok()?;
    (bits == self::mask(ones)).then_some(ones)
}
