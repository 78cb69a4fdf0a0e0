//! Lines of firewall logs that tell of a dropped packet: `pfirewall.log`, ufw's and firewalld's in the
//! kernel's log.

use crate::evidence::{
    fact::{Firewall, Proto},
    side::Side,
    span::Text,
};

pub(super) fn line(line: Text<'_>) -> Option<(Side, Firewall)> {
    windows(line).map(|it| (Side::Windows, it)).or_else(|| kernel(line).map(|it| (Side::Guest, it)))
}

/// `2022-02-01 20:30:34 DROP UDP 172.30.230.159 172.30.224.1 29101 53 45 - …`
fn windows(line: Text<'_>) -> Option<Firewall> {
    let words: Vec<&str> = line.as_str().split_whitespace().collect();
    let at = words.iter().position(|word| *word == "DROP")?;
    let (proto, rest) = words.get(at + 1..)?.split_first()?;
    let proto = Proto::parse(proto)?;
    let [_from, _to, source, port, ..] = rest else { return None };
    source.parse::<u16>().ok()?;
    let by = Some("pfirewall.log".to_owned());
    Some(Firewall::Logged { by, proto: Some(proto), port: Some(port.parse().ok()?) })
}

/// `[UFW BLOCK] IN=eth0 OUT= … PROTO=TCP SPT=50000 DPT=8080`,
/// `filter_IN_public_REJECT: IN=eth0 …`
fn kernel(line: Text<'_>) -> Option<Firewall> {
    let (before, rest) = line.split_once("IN=")?;
    let value = |tag: &str| rest.words().find_map(|word| word.as_str().strip_prefix(tag));
    let before = before.as_str().trim_end_matches([':', ' ']);
    let by = before.rsplit(['[', ']', ' ']).find(|it| !it.is_empty())?;
    let by = if before.ends_with("[UFW BLOCK]") { "UFW BLOCK" } else { by };
    let blocks = ["BLOCK", "REJECT", "DROP", "DENY"];
    let proto = Proto::parse(value("PROTO=")?);
    let port = value("DPT=").and_then(|port| port.parse().ok());
    blocks.iter().any(|word| by.to_ascii_uppercase().contains(word)).then(|| Firewall::Logged {
        by: Some(by.to_owned()),
        proto,
        port,
    })
}
