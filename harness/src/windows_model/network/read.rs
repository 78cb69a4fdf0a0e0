//! Adapters, addresses and routes, by three dumps of rtnetlink.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::{AddressAttribute, AddressHeaderFlags, AddressMessage},
    link::{LinkAttribute, LinkFlags, LinkMessage},
    route::{RouteAddress, RouteAttribute, RouteMessage},
};
use netlink_sys::protocols::NETLINK_ROUTE;

use super::{Adapter, Address, AddressState, Mac, Network, Route, adapters};
use crate::netlink::Netlink;

/// What a route on the link costs on Windows; Linux has 0 for it.
const ON_LINK_METRIC: u32 = 256;

/// Names of interfaces by number, of those that Windows shows.
type Aliases = BTreeMap<u32, &'static str>;

pub(super) fn network() -> io::Result<Network> {
    let netlink = Netlink::open(NETLINK_ROUTE)?;
    let mut network = Network::default();
    let mut aliases = Aliases::new();
    for message in netlink.dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))? {
        let RouteNetlinkMessage::NewLink(link) = message else { continue };
        let Some(name) = name(&link) else { continue };
        aliases.extend(adapters::alias_of_link(name).map(|alias| (link.header.index, alias)));
        network.adapters.extend(adapter(&link, name));
    }
    for message in netlink.dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))? {
        let RouteNetlinkMessage::NewAddress(message) = message else { continue };
        network.addresses.extend(address(&message, &aliases));
    }
    for message in netlink.dump(RouteNetlinkMessage::GetRoute(RouteMessage::default()))? {
        let RouteNetlinkMessage::NewRoute(message) = message else { continue };
        network.routes.extend(route(&message, &aliases));
    }
    Ok(network)
}

fn name(link: &LinkMessage) -> Option<&str> {
    link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name.as_str()),
        _ => None,
    })
}

fn adapter(link: &LinkMessage, name: &str) -> Option<Adapter> {
    let known = adapters::ADAPTERS.iter().find(|known| known.link == name)?;
    let mac = link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::Address(bytes) => <[u8; 6]>::try_from(bytes.as_slice()).ok(),
        _ => None,
    });
    Some(Adapter {
        index: link.header.index,
        alias: known.alias,
        description: known.description,
        mac: Mac(mac?),
        // The switch is there whether a guest is plugged in or not (ledger 2.4.6), and a bridge
        // without a port does not run.
        up: link.header.flags.contains(LinkFlags::Up),
    })
}

fn address(message: &AddressMessage, aliases: &Aliases) -> Option<Address> {
    let address = message.attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Address(address) => Some(*address),
        _ => None,
    })?;
    let flags = message.header.flags;
    let state = if flags.contains(AddressHeaderFlags::Dadfailed) {
        AddressState::Duplicate
    } else if flags.contains(AddressHeaderFlags::Tentative) {
        AddressState::Tentative
    } else if flags.contains(AddressHeaderFlags::Deprecated) {
        AddressState::Deprecated
    } else {
        AddressState::Preferred
    };
    let (index, prefix) = (message.header.index, message.header.prefix_len);
    Some(Address { index, alias: aliases.get(&index)?, address, prefix, state })
}

/// Windows has one table for what Linux keeps in two, its local addresses among it.
fn route(message: &RouteMessage, aliases: &Aliases) -> Option<Route> {
    let (mut index, mut destination, mut next_hop, mut metric) = (None, None, None, None);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Oif(number) => index = Some(*number),
            RouteAttribute::Destination(to) => destination = Some(ip(to)?),
            RouteAttribute::Gateway(gateway) => next_hop = Some(ip(gateway)?),
            RouteAttribute::Priority(priority) => metric = Some(*priority),
            _ => {}
        }
    }
    let index = index?;
    let destination = match destination {
        Some(destination) => destination,
        None if message.header.address_family == AddressFamily::Inet => {
            Ipv4Addr::UNSPECIFIED.into()
        }
        None => Ipv6Addr::UNSPECIFIED.into(),
    };
    let metric = metric.unwrap_or(if next_hop.is_some() { 0 } else { ON_LINK_METRIC });
    let prefix = message.header.destination_prefix_length;
    Some(Route { index, alias: aliases.get(&index)?, destination, prefix, next_hop, metric })
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}
