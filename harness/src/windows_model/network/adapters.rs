//! The network adapters of the modelled Windows: what Linux cannot know of a link.

use crate::topology::{ETHERNET, VETHERNET};

/// What Windows calls a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name on Linux.
    pub link: &'static str,
    /// Its name on Windows.
    pub alias: &'static str,
    /// What its driver says it is.
    pub description: &'static str,
    /// How the registry names it.
    pub guid: &'static str,
}

/// The adapters that Windows shows. The switch port of the guest is none, nor is the loopback.
pub const ADAPTERS: [Known; 2] = [
    Known {
        link: VETHERNET,
        alias: "vEthernet (WSL)",
        description: "Hyper-V Virtual Ethernet Adapter",
        guid: "{5D0C0000-6E65-7477-6F72-6B0000000001}",
    },
    Known {
        link: ETHERNET,
        alias: "Ethernet",
        description: "Intel(R) Ethernet Connection",
        guid: "{5D0C0000-6E65-7477-6F72-6B0000000002}",
    },
];

/// The loopback, which has addresses and is no adapter.
pub const LOOPBACK: &str = "Loopback Pseudo-Interface 1";

/// The name on Windows of a link that Windows shows.
pub fn alias_of_link(link: &str) -> Option<&'static str> {
    if link == "lo" {
        return Some(LOOPBACK);
    }
    ADAPTERS.iter().find(|known| known.link == link).map(|known| known.alias)
}

/// The link that has this name on Windows.
pub fn link_of_alias(alias: &str) -> Option<&'static str> {
    find(alias).map(|known| known.link)
}

/// How the registry names the adapter.
pub fn guid(alias: &str) -> Option<&'static str> {
    find(alias).map(|known| known.guid)
}

/// The adapter that the registry names so.
pub fn alias_of_guid(guid: &str) -> Option<&'static str> {
    ADAPTERS.iter().find(|known| known.guid.eq_ignore_ascii_case(guid)).map(|known| known.alias)
}

fn find(alias: &str) -> Option<&'static Known> {
    ADAPTERS.iter().find(|known| known.alias.eq_ignore_ascii_case(alias))
}
