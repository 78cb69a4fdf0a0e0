//! `lsof -i`: `node 1791 me 18u IPv6 40871 0t0 TCP *:8080 (LISTEN)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::shape::{runs, words};
use crate::evidence::{
    document::Block,
    fact::{Kind, Listener, Proto, program_name},
    host::{Endpoint, Host},
    reader::{Reader, Sink},
    side::Side,
};

pub(super) const READER: Reader = Reader { name: "lsof", read };

/// Names that lsof prints for ports without `-P`.
const PORTS: [(&str, u16); 14] = [
    ("ssh", 22),
    ("domain", 53),
    ("http", 80),
    ("https", 443),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("webcache", 8080),
    ("http-alt", 8080),
    ("https-alt", 8443),
    ("redis", 6379),
    ("commplex-link", 5001),
    ("commplex-main", 5000),
    ("irdmi", 8000),
    ("cslistener", 9000),
];

fn read(block: &Block<'_>, out: &mut Sink) {
    let asked = runs(block.command, "lsof") || block.is_about("lsof");
    for line in &block.lines {
        if let Some(listener) = row(&words(*line), asked) {
            out.put(block.side.or(Side::Guest), line.span(), Kind::Listener(listener));
        }
    }
}

fn row(words: &[&str], asked: bool) -> Option<Listener> {
    let (state, rest) = words.split_last()?;
    if *state != "(LISTEN)" {
        return None;
    }
    let (name, rest) = rest.split_last()?;
    let proto = Proto::parse(rest.last()?)?;
    let family = rest.iter().find(|word| matches!(**word, "IPv4" | "IPv6"));
    let pid = rest.get(1).and_then(|word| word.parse().ok());
    let is_row = family.is_some() && pid.is_some();
    let local = endpoint(name).filter(|_| is_row || asked)?;
    let address = match (local.host, family) {
        (Host::Star, Some(&"IPv4")) => Host::V4(Ipv4Addr::UNSPECIFIED),
        (Host::Star, Some(&"IPv6")) => Host::V6(Ipv6Addr::UNSPECIFIED),
        (host, _) => host,
    };
    let program = rest.first().map(|word| program_name(&word.replace("\\x20", " ")));
    Some(Listener { proto, address, port: local.port?, pid, program })
}

fn endpoint(text: &str) -> Option<Endpoint> {
    let (host, name) = text.rsplit_once(':')?;
    let port = PORTS.iter().find(|(known, _)| *known == name).map(|(_, port)| *port);
    match port {
        Some(port) => Some(Endpoint { host: Host::parse(host)?, port: Some(port) }),
        None => Endpoint::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Bind, Kind};

    #[test]
    fn rows() {
        let text = "```\n$ sudo lsof -i -P -n\n\
            COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n\
            node     1791   me   18u  IPv6  40871      0t0  TCP *:8080 (LISTEN)\n\
            python3   900   me    3u  IPv4  40872      0t0  TCP *:irdmi (LISTEN)\n\
            postgres   71   pg    5u  IPv4  40873      0t0  TCP 127.0.0.1:5432 (LISTEN)\n\
            redis      72   re    5u  IPv6  40874      0t0  TCP [::1]:6379 (LISTEN)\n\
            node     1791   me   19u  IPv4  40875      0t0  TCP 10.0.0.1:1->10.0.0.2:2 (ESTABLISHED)\n\
            ```\n";
        let found: Vec<_> = facts(text)
            .into_iter()
            .filter_map(|fact| match fact.kind {
                Kind::Listener(it) => Some((it.bind(), it.port, it.pid, it.program)),
                _ => None,
            })
            .collect();
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(
            found,
            [
                (Bind::Any6, 8080, Some(1791), name("node")),
                (Bind::Any4, 8000, Some(900), name("python3")),
                (Bind::Loopback4, 5432, Some(71), name("postgres")),
                (Bind::Loopback6, 6379, Some(72), name("redis")),
            ]
        );
    }
}
