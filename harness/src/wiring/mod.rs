//! The network of a node, whoever made its namespace: settings, links, addresses, routes, filter.
//!
//! The netns arm's supervisor and the agent in a container both build a lab from this, so that it
//! is the same on every Linux arm.

mod carrier;
pub mod links;

use std::{fs, io};

use netlink_sys::protocols::{NETLINK_NETFILTER, NETLINK_ROUTE};

pub use self::carrier::await_running;
use crate::{
    netlink::{Netlink, NetlinkError},
    node::Node,
    windows_model::firewall::filter,
};

/// What a node's network namespace is set to, below `/proc/sys/net`, before any link is made.
pub fn wanted_settings(node: Node) -> Vec<(&'static str, &'static str)> {
    let mut settings = vec![
        // A container engine may have switched it off.
        ("ipv6/conf/all/disable_ipv6", "0"),
        // A link-local address is usable at once; the lab has no duplicates.
        ("ipv6/conf/default/accept_dad", "0"),
        // firewalld's rejections are one ICMP message each, never held back.
        ("ipv4/icmp_ratelimit", "0"),
    ];
    if node == Node::Windows {
        settings.push(("ipv4/ip_forward", "1"));
    }
    settings
}

/// Sets what the calling process's network namespace must have before any link is made.
///
/// # Errors
/// What the kernel refuses. A setting that is right already is left alone: it may be read-only.
pub fn settings(node: Node) -> Result<(), NetlinkError> {
    for (name, value) in wanted_settings(node) {
        let path = format!("/proc/sys/net/{name}");
        if fs::read_to_string(&path).is_ok_and(|text| text.trim() == value) {
            continue;
        }
        fs::write(&path, value)
            .map_err(|source| NetlinkError { object: format!("set net/{name}"), source })?;
    }
    Ok(())
}

/// Configures in the calling process's namespace what needs no other node: the loopback, and on
/// Windows the virtual switch and the packet filter.
///
/// # Errors
/// What the kernel refuses.
pub fn configure_own(node: Node) -> Result<(), NetlinkError> {
    route()?.run(&links::own(node))?;
    if node == Node::Windows {
        open(NETLINK_NETFILTER)?.run(&filter::fresh())?;
    }
    Ok(())
}

/// A socket for links, addresses and routes of the calling process's namespace.
///
/// # Errors
/// What the kernel refuses.
pub fn route() -> Result<Netlink, NetlinkError> {
    open(NETLINK_ROUTE)
}

fn open(family: isize) -> Result<Netlink, NetlinkError> {
    Netlink::open(family).map_err(cannot("open a netlink socket"))
}

fn cannot(object: &str) -> impl Fn(io::Error) -> NetlinkError {
    let object = object.to_owned();
    move |source| NetlinkError { object: object.clone(), source }
}
