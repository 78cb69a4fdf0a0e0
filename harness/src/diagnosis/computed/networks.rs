//! Addresses and routes that get in each other's way.

use super::super::case::Case;
use crate::evidence::{
    fact::{Fact, InterfaceAddress, Kind},
    side::Side,
    span::Span,
};

fn addresses<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e InterfaceAddress)> {
    case.pick(|kind| if let Kind::Address(it) = kind { Some(it) } else { None })
        .into_iter()
        .filter(|(_, it)| it.address.v4().is_some_and(|it| !it.is_loopback()))
        .collect()
}

/// Two interfaces whose networks hold each other's addresses.
pub(super) fn overlap(case: &Case<'_>) -> Vec<Span> {
    let all = addresses(case);
    let mut found = Vec::new();
    for (at, (fact, one)) in all.iter().enumerate() {
        for (other_fact, other) in &all[at + 1..] {
            let named = one.interface.is_some() && one.interface != other.interface;
            let same_machine = fact.side == other_fact.side;
            let held = one.network_holds(&other.address) || other.network_holds(&one.address);
            if named && same_machine && held && one.address != other.address {
                found.extend([fact.span, other_fact.span]);
            }
        }
    }
    found.extend(routes_overlap(case));
    found
}

/// A container asks for a machine whose address lies in the default bridge's own network, where
/// packets never leave the bridge. Docker's default is 172.17.0.0/16 with itself at .0.1.
pub(super) fn target_in_bridge_network(case: &Case<'_>) -> Vec<Span> {
    let inside =
        |octets: [u8; 4]| matches!(octets, [172, 17, third, last] if (third, last) != (0, 1));
    let bad = case.attempts().into_iter().filter(|(fact, it)| {
        let address = it.host.as_ref().and_then(|host| host.v4());
        // The first ones are what containers get themselves.
        let foreign = address.is_some_and(|it| inside(it.octets()) && it.octets()[2] != 0);
        fact.side == Side::Container && it.seen.is_bad() && foreign
    });
    bad.map(|(fact, _)| fact.span).collect()
}

/// Two interfaces have a route to the same network.
fn routes_overlap(case: &Case<'_>) -> Vec<Span> {
    let routes = case.pick(|kind| if let Kind::Route(it) = kind { Some(it) } else { None });
    let mut found = Vec::new();
    for (at, (fact, one)) in routes.iter().enumerate() {
        for (other_fact, other) in &routes[at + 1..] {
            let wide = one.network.is_some_and(|(address, prefix)| {
                prefix < 32 && !address.is_loopback() && !address.is_multicast()
            });
            let named = one.interface.is_some() && other.interface.is_some();
            let differ = one.interface != other.interface && fact.side == other_fact.side;
            if wide && named && differ && one.network == other.network {
                found.extend([fact.span, other_fact.span]);
            }
        }
    }
    found
}

/// Of several default routes, the one with the lowest metric has no gateway: a tunnel takes all.
pub(super) fn vpn_route_first(case: &Case<'_>) -> Vec<Span> {
    let routes = case.pick(|kind| if let Kind::Route(it) = kind { Some(it) } else { None });
    let mut defaults: Vec<_> =
        routes.into_iter().filter(|(_, it)| it.network.is_none() && it.metric.is_some()).collect();
    defaults.sort_by_key(|(_, it)| it.metric);
    match defaults[..] {
        [(first, best), (second, _), ..] if best.gateway.is_none() => {
            vec![first.span, second.span]
        }
        _ => Vec::new(),
    }
}

/// The guest shows several addresses, so a script that takes "the" address takes two.
pub(super) fn two_guest_addresses(case: &Case<'_>) -> Vec<Span> {
    let guest: Vec<Span> = addresses(case)
        .into_iter()
        .filter(|(fact, _)| fact.side == Side::Guest)
        .map(|(fact, _)| fact.span)
        .collect();
    if guest.len() > 1 { guest } else { Vec::new() }
}

/// `hostname -I` prints several addresses, of which a script takes one or all.
pub(super) fn several_addresses_printed(case: &Case<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for block in case.evidence.document.blocks() {
        let about = block.ran(&["hostname", "-I"]) || block.is_about("hostname -I");
        for line in block.lines.iter().filter(|_| about) {
            let is_address = |word: &str| word.parse::<std::net::Ipv4Addr>().is_ok();
            if line.words().filter(|word| is_address(word.as_str())).count() > 1 {
                found.push(line.span());
            }
        }
    }
    found
}

/// An MTU below Ethernet's 1500 is named.
pub(super) fn low_mtu(case: &Case<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for passage in &case.passages {
        let numbers = passage
            .words
            .iter()
            .filter(|word| word.text.parse::<u16>().is_ok_and(|mtu| (1000..1500).contains(&mtu)));
        let about = passage.words.iter().any(|word| word.text == "mtu");
        found.extend(numbers.filter(|_| about).map(|word| word.span).take(1));
    }
    found
}
