//! Numbers that a report states, beside each other: ports, versions, networks.

use std::net::Ipv4Addr;

use super::super::case::Case;
use crate::evidence::{
    document::Form,
    fact::{BindError, Kind, Place},
    lexicon::lexicon,
    span::Span,
    words::{Passage, Word},
};

/// The first port that Windows may reserve by itself.
const FIRST_DYNAMIC: u16 = 49152;

/// A bind of a well-known port is forbidden: reservations land higher, so a program has it to itself.
pub(super) fn low_port_forbidden(case: &Case<'_>) -> Vec<Span> {
    let low = case.pick(|kind| match kind {
        Kind::BindFailure(it) if it.error == BindError::Forbidden => {
            it.wanted.as_ref().and_then(|it| it.port).filter(|port| *port < 1024)
        }
        _ => None,
    });
    low.into_iter().map(|(fact, _)| fact.span).collect()
}

/// Ports are published, and the one that was asked for is a container's and no port of the host.
pub(super) fn asked_port_not_published(case: &Case<'_>) -> Vec<Span> {
    let published = case.pick(|kind| match kind {
        Kind::Publication(it) => Some((it.host_port?, it.container_port?)),
        _ => None,
    });
    // Without a port it is HTTP's, unless another sentence says which one.
    let unsaid = case.attempts().iter().all(|(_, it)| it.port.is_none());
    let asked = case.attempts().into_iter().filter(|(_, it)| {
        let port = it.port.or(unsaid.then_some(80));
        let local = it.to.is_loopback() || matches!(it.to, Place::Other(_));
        let inside = |port| published.iter().any(|(_, (_, container))| *container == port);
        let outside = |port| published.iter().any(|(_, (host, _))| *host == port);
        local && it.seen.is_bad() && port.is_some_and(|port| inside(port) && !outside(port))
    });
    let found: Vec<Span> = asked.map(|(fact, _)| fact.span).collect();
    if published.is_empty() { Vec::new() } else { found }
}

/// Of two ports that lie side by side in the dynamic range one works and the other does not.
pub(super) fn neighbour_ports_differ(case: &Case<'_>) -> Vec<Span> {
    let mut ports: Vec<(u16, Span)> = Vec::new();
    for passage in &case.passages {
        for pair in passage.words.windows(2).filter(|pair| is_port(&pair[0])) {
            ports.extend(pair[1].text.parse().ok().map(|port: u16| (port, pair[1].span)));
        }
    }
    ports.retain(|(port, _)| *port >= FIRST_DYNAMIC);
    let differ = |one: u16, other: u16| one != other && one.abs_diff(other) <= 2;
    let close = ports.iter().find(|(port, _)| ports.iter().any(|(it, _)| differ(*it, *port)));
    let bad = case.attempts().iter().any(|(_, it)| it.seen.is_bad());
    close.filter(|_| bad).map(|(_, span)| *span).into_iter().collect()
}

fn is_port(word: &Word) -> bool {
    matches!(word.text.as_str(), "port" | "ports")
}

/// Two versions of WSL or of Windows are named as keys, and one works where the other does not.
pub(super) fn versions_differ(case: &Case<'_>) -> Vec<Span> {
    let (mut good, mut bad): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
    for passage in case.passages.iter().filter(|it| it.form == Form::Item) {
        let (key, value) = passage.words.split_at(passage.key);
        if !is_version(key) {
            continue;
        }
        let seen = lexicon().outcomes.first(value);
        let span = key.iter().chain(value).map(|word| word.span).reduce(Span::to);
        match seen {
            Some((seen, ..)) if seen.is_good() => good.extend(span),
            Some(_) => bad.extend(span),
            None => {}
        }
    }
    if good.is_empty() || bad.is_empty() {
        return Vec::new();
    }
    good.extend(bad);
    good
}

/// `wsl 1.0.3`, `windows 19044.1706`, `build 22621`; WSL's 1 and 2 are no versions of the program.
fn is_version(key: &[Word]) -> bool {
    let product = ["wsl", "windows", "build", "version", "win"];
    let numbers =
        key.iter().filter(|word| word.text.bytes().all(|byte| byte.is_ascii_digit())).count();
    let long = key
        .iter()
        .any(|word| word.text.len() >= 5 && word.text.bytes().all(|byte| byte.is_ascii_digit()));
    let named = key.iter().any(|word| product.contains(&word.text.as_str()));
    named && (numbers >= 2 || long) && key.len() <= 6
}

/// What is on this machine.
const INNER: [&str; 9] =
    ["docker", "bridge", "docker0", "podman", "wsl", "vethernet", "container", "compose", "nat"];
/// What is outside of it.
const OUTER: [&str; 12] = [
    "vpn",
    "lan",
    "office",
    "corporate",
    "company",
    "outer",
    "dhcp",
    "home",
    "network",
    "router",
    "host",
    "intranet",
];

/// Two items name networks with addresses in common, one of them inside the machine and the other
/// outside.
pub(super) fn networks_overlap(case: &Case<'_>) -> Vec<Span> {
    let text = case.evidence.document.text();
    let named = |passage: &Passage, names: &[&str]| {
        let key = if passage.form == Form::Item { passage.key } else { passage.words.len() };
        passage.words[..key].iter().any(|word| names.contains(&word.text.as_str()))
    };
    let mut inner: Vec<(Network, Span)> = Vec::new();
    let mut outer: Vec<(Network, Span)> = Vec::new();
    for passage in case.passages.iter().filter(|it| it.form == Form::Item) {
        let all = networks(passage, text);
        if named(passage, &INNER) {
            inner.extend(all);
        } else if named(passage, &OUTER) {
            outer.extend(all);
        }
    }
    for (one, span) in &inner {
        let other = outer.iter().find(|(other, _)| one.overlaps(other));
        if let Some((_, other)) = other {
            return vec![*span, *other];
        }
    }
    Vec::new()
}

/// An address with the length of its network; a single address has 32.
#[derive(Clone, Copy)]
struct Network(Ipv4Addr, u8);

impl Network {
    fn overlaps(&self, other: &Network) -> bool {
        let prefix = self.1.min(other.1);
        let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
        let wide = (8..32).contains(&prefix);
        wide && u32::from(self.0) & mask == u32::from(other.0) & mask
    }
}

/// The private addresses of a passage.
fn networks(passage: &Passage, text: &str) -> Vec<(Network, Span)> {
    let mut found = Vec::new();
    for word in &passage.words {
        let Ok(address) = word.text.parse::<Ipv4Addr>() else { continue };
        let rest = text.get(word.span.end..).and_then(|rest| rest.strip_prefix('/'));
        let digits = rest
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).take(2).collect::<String>());
        let prefix = digits.and_then(|digits| digits.parse().ok()).filter(|it| *it <= 32);
        if address.is_private() {
            found.push((Network(address, prefix.unwrap_or(32)), word.span));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::testing::holds, *};

    #[test]
    fn versions_beside_each_other() {
        let two = "Setup: WSL2\n\n- wsl 2.1.5: works\n- wsl 2.2.4: refused\n";
        assert!(holds(versions_differ, two));
        assert!(!holds(versions_differ, "Setup: WSL2\n\n- wsl 2.1.5: works\n- wsl 1: works\n"));
        assert!(!holds(versions_differ, "Setup: WSL2\n\n- wsl1: works\n- wsl2: refused\n"));
    }

    #[test]
    fn networks_beside_each_other() {
        let same =
            "Setup: none\n\n- office network: 172.18.0.0/16\n- docker bridge: 172.18.0.1/16\n";
        assert!(holds(networks_overlap, same));
        let apart =
            "Setup: none\n\n- office network: 10.0.0.0/16\n- docker bridge: 172.18.0.1/16\n";
        assert!(!holds(networks_overlap, apart));
    }

    #[test]
    fn ports_of_containers() {
        let random = "Setup: none\n\n```\n$ docker ps\n0.0.0.0:32768->80/tcp web\n```\n\n\
                      - browser http://localhost: ERR_CONNECTION_REFUSED\n";
        assert!(holds(asked_port_not_published, random));
        let right = random.replace("32768", "80");
        assert!(!holds(asked_port_not_published, &right));
    }

    #[test]
    fn ports_side_by_side() {
        let told =
            "Setup: WSL2\n\nport 50060 in WSL2 cannot be reached from Windows, port 50059 can\n";
        assert!(holds(neighbour_ports_differ, told));
        assert!(!holds(neighbour_ports_differ, &told.replace("500", "30")));
    }
}
