//! Links, addresses and routes of a lab, as netlink requests.
//!
//! Interface indices are chosen here and not by the kernel, so that a whole namespace is configured
//! in one batch, without asking what came of a request before the next one.

use std::{
    net::{IpAddr, Ipv4Addr},
    os::fd::{AsRawFd, BorrowedFd},
};

use netlink_packet_core::{NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::{AddressAttribute, AddressHeader, AddressMessage, AddressScope},
    link::{
        InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkHeader, LinkInfo, LinkMessage,
    },
    route::{
        RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope,
        RouteType,
    },
};

use crate::{
    netlink::{Batch, request_flags},
    node::Node,
    topology::{
        ETHERNET, ETHERNET_MAC, LAN_IP, LAN_PREFIX, SWITCH_PREFIX, VETHERNET, VETHERNET_MAC,
        WINDOWS_GATEWAY, WINDOWS_LAN_IP, WSL_MAC, WSL_NAMESERVER,
    },
};

const CREATE: u16 = 0x400 | 0x200; // NLM_F_CREATE | NLM_F_EXCL
const LO: u32 = 1;
const ETH0: u32 = 2;
const BRIDGE: u32 = 10;
const ETHERNET_INDEX: u32 = 11;
/// The switch port of the guest; it has no name that a user would see on Windows.
const PORT: u32 = 12;

/// The links of a node that carry packets once its cables are plugged, by their indices.
pub const fn cabled(node: Node) -> &'static [u32] {
    match node {
        Node::Windows => &[PORT, BRIDGE, ETHERNET_INDEX],
        Node::Wsl | Node::Lan => &[ETH0],
    }
}

/// The links of windows that carry packets once the cable to that node is plugged.
pub const fn port(of: Node) -> &'static [u32] {
    match of {
        Node::Lan => &[ETHERNET_INDEX],
        Node::Wsl | Node::Windows => &[PORT, BRIDGE],
    }
}

/// What a node has without the others: its loopback, in the guest with the resolver's address, and
/// on Windows the virtual switch, whose address and gateway survive the guest (ledger 2.4.6).
pub fn own(node: Node) -> Batch {
    let mut batch = Batch::default();
    up(&mut batch, "lo", LO);
    if node == Node::Wsl {
        address(&mut batch, LO, WSL_NAMESERVER, 32);
    }
    if node == Node::Windows {
        let mut bridge = link(BRIDGE, VETHERNET);
        bridge.attributes.push(LinkAttribute::Address(VETHERNET_MAC.into()));
        bridge.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Bridge)]));
        add(&mut batch, "link vEthernet", RouteNetlinkMessage::NewLink(bridge));
        address(&mut batch, BRIDGE, WINDOWS_GATEWAY, SWITCH_PREFIX);
    }
    batch
}

/// The cable between Windows and the LAN peer's eth0, and Windows' address on it.
pub fn plug_lan(lan_netns: BorrowedFd<'_>) -> Batch {
    let mut batch = Batch::default();
    let mut adapter = link(ETHERNET_INDEX, ETHERNET);
    adapter.attributes.push(LinkAttribute::Address(ETHERNET_MAC.into()));
    let cable = veth(adapter, peer_eth0(lan_netns));
    add(&mut batch, "link Ethernet", RouteNetlinkMessage::NewLink(cable));
    address(&mut batch, ETHERNET_INDEX, WINDOWS_LAN_IP, LAN_PREFIX);
    batch
}

/// The guest's cable, from a port of the switch to its eth0. Created in place: moving a link into
/// a namespace costs twenty times as much.
pub fn plug_guest(wsl_netns: BorrowedFd<'_>) -> Batch {
    let mut batch = Batch::default();
    let mut port = link(PORT, "wsl-port");
    port.attributes.push(LinkAttribute::Controller(BRIDGE));
    let mut eth0 = peer_eth0(wsl_netns);
    eth0.attributes.push(LinkAttribute::Address(WSL_MAC.into()));
    let cable = veth(port, eth0);
    add(&mut batch, "link eth0 of wsl", RouteNetlinkMessage::NewLink(cable));
    batch
}

/// Removes the guest's cable at once; the kernel would do it some time after the guest's death.
pub fn unplug_guest() -> Batch {
    let mut batch = Batch::default();
    let mut message = LinkMessage::default();
    message.header.index = PORT;
    request(&mut batch, "link eth0 of wsl", 0, RouteNetlinkMessage::DelLink(message));
    batch
}

/// The guest: its address and its default route.
pub fn wsl(wsl_address: Ipv4Addr) -> Batch {
    let mut batch = Batch::default();
    up(&mut batch, "eth0", ETH0);
    address(&mut batch, ETH0, wsl_address, SWITCH_PREFIX);
    let mut route = RouteMessage::default();
    route.header = RouteHeader {
        address_family: AddressFamily::Inet,
        table: RouteHeader::RT_TABLE_MAIN,
        protocol: RouteProtocol::Boot,
        scope: RouteScope::Universe,
        kind: RouteType::Unicast,
        ..RouteHeader::default()
    };
    route.attributes.push(RouteAttribute::Gateway(RouteAddress::Inet(WINDOWS_GATEWAY)));
    route.attributes.push(RouteAttribute::Oif(ETH0));
    add(&mut batch, "default route", RouteNetlinkMessage::NewRoute(route));
    batch
}

/// The LAN peer: no default route, so the guest's network is unreachable from it at once.
pub fn lan() -> Batch {
    let mut batch = Batch::default();
    up(&mut batch, "eth0", ETH0);
    address(&mut batch, ETH0, LAN_IP, LAN_PREFIX);
    batch
}

fn link_up(index: u32) -> LinkMessage {
    let mut message = LinkMessage::default();
    message.header = LinkHeader {
        index,
        flags: LinkFlags::Up,
        change_mask: LinkFlags::Up,
        ..LinkHeader::default()
    };
    message
}

fn link(index: u32, name: &str) -> LinkMessage {
    let mut message = link_up(index);
    message.attributes.push(LinkAttribute::IfName(name.into()));
    message
}

fn peer_eth0(netns: BorrowedFd<'_>) -> LinkMessage {
    let mut peer = link(ETH0, "eth0");
    // Not up yet: the kernel opens the peer before it knows its other end, and fails.
    peer.header.flags = LinkFlags::empty();
    peer.header.change_mask = LinkFlags::empty();
    peer.attributes.push(LinkAttribute::NetNsFd(netns.as_raw_fd()));
    peer
}

fn veth(mut near: LinkMessage, peer: LinkMessage) -> LinkMessage {
    near.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
    ]));
    near
}

fn up(batch: &mut Batch, name: &str, index: u32) {
    let message = RouteNetlinkMessage::SetLink(link_up(index));
    request(batch, &format!("link {name} up"), 0, message);
}

fn address(batch: &mut Batch, index: u32, address: Ipv4Addr, prefix_len: u8) {
    let mut message = AddressMessage::default();
    message.header = AddressHeader {
        family: AddressFamily::Inet,
        prefix_len,
        scope: AddressScope::Universe,
        index,
        ..AddressHeader::default()
    };
    message.attributes.push(AddressAttribute::Local(IpAddr::V4(address)));
    message.attributes.push(AddressAttribute::Address(IpAddr::V4(address)));
    let mask = u32::MAX << (32 - u32::from(prefix_len));
    let broadcast = Ipv4Addr::from_bits(address.to_bits() | !mask);
    message.attributes.push(AddressAttribute::Broadcast(broadcast));
    let object = format!("address {address}/{prefix_len}");
    add(batch, &object, RouteNetlinkMessage::NewAddress(message));
}

fn add(batch: &mut Batch, object: &str, message: RouteNetlinkMessage) {
    request(batch, object, CREATE, message);
}

fn request(batch: &mut Batch, object: &str, flags: u16, message: RouteNetlinkMessage) {
    let mut header = NetlinkHeader::default();
    header.flags = request_flags(flags);
    header.sequence_number = batch.next_sequence();
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    batch.push(Some(format!("add {object}")), &bytes);
}
