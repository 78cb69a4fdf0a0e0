//! Names: what localhost is, and who resolves.

use super::super::case::Case;
use crate::evidence::{
    fact::{Fact, HostsEntry, Kind},
    span::Span,
};

fn hosts<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e HostsEntry)> {
    case.pick(|kind| if let Kind::Hosts(it) = kind { Some(it) } else { None })
        .into_iter()
        .filter(|(_, it)| !it.commented)
        .collect()
}

fn is_localhost(entry: &HostsEntry) -> bool {
    entry.names.iter().any(|name| name == "localhost")
}

/// localhost is given another machine's address.
pub(super) fn localhost_elsewhere(case: &Case<'_>) -> Vec<Span> {
    let is = |it: &HostsEntry| is_localhost(it) && !it.address.is_loopback();
    let mut found: Vec<Span> =
        hosts(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect();
    // Told in a sentence about the hosts file: "wrote 0.0.0.0 localhost to the hosts file".
    for passage in &case.passages {
        let about = passage.words.iter().any(|word| word.text == "hosts");
        for pair in passage.words.windows(2).filter(|_| about) {
            let address = pair[0].text.parse::<std::net::Ipv4Addr>();
            let other = address.is_ok_and(|address| !address.is_loopback());
            if other && pair[1].text == "localhost" {
                found.push(pair[0].span.to(pair[1].span));
            }
        }
    }
    found
}

/// localhost is ::1, too or only.
pub(super) fn localhost_is_v6(case: &Case<'_>) -> Vec<Span> {
    let is = |it: &HostsEntry| is_localhost(it) && it.address.is_v6();
    hosts(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect()
}

/// The hosts file is shown and gives localhost no IPv4 address.
pub(super) fn localhost_missing(case: &Case<'_>) -> Vec<Span> {
    let all = hosts(case);
    let has = all.iter().any(|(_, it)| is_localhost(it) && it.address.v4().is_some());
    let shown: Vec<Span> = all.iter().map(|(fact, _)| fact.span).collect();
    if has { Vec::new() } else { shown }
}

/// A name that is not localhost's is given a loopback address.
pub(super) fn name_to_loopback(case: &Case<'_>) -> Vec<Span> {
    let is = |it: &HostsEntry| {
        let own = |name: &String| {
            name.contains("localhost")
                || name.starts_with("ip6-")
                || !name.contains('.')
                || name == "kubernetes.docker.internal"
                || name.ends_with(".localdomain")
        };
        it.address.is_loopback() && !it.names.iter().all(own)
    };
    hosts(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect()
}

fn nameservers(case: &Case<'_>, is: impl Fn(std::net::Ipv4Addr) -> bool) -> Vec<Span> {
    let all = case.pick(|kind| if let Kind::Nameserver(it) = kind { Some(it) } else { None });
    let found = all.into_iter().filter(|(_, it)| it.address.v4().is_some_and(&is));
    found.map(|(fact, _)| fact.span).collect()
}

/// The name server is the tunnel's 10.255.255.254, which is not the host.
pub(super) fn nameserver_is_tunnel(case: &Case<'_>) -> Vec<Span> {
    nameservers(case, |it| it.octets() == [10, 255, 255, 254])
}

/// The name server is systemd-resolved's stub.
pub(super) fn nameserver_is_stub(case: &Case<'_>) -> Vec<Span> {
    nameservers(case, |it| it.octets() == [127, 0, 0, 53])
}

/// WSL is told not to write resolv.conf.
pub(super) fn resolver_generation_off(case: &Case<'_>) -> Vec<Span> {
    let settings = case.pick(|kind| if let Kind::Setting(it) = kind { Some(it) } else { None });
    let off = settings.into_iter().filter(|(_, it)| {
        it.key.eq_ignore_ascii_case("generateResolvConf") && it.value.eq_ignore_ascii_case("false")
    });
    off.map(|(fact, _)| fact.span).collect()
}
