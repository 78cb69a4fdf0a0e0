//! `ip addr`, `ip -br a`, `ip link`, `ifconfig`: addresses, MTUs and whether a link is up.
//!
//! A line with `inet` is enough; the interface is the header above, the last word of `ip`'s line, or
//! the first word of what people cut: `docker0 inet 172.17.0.1 netmask 255.255.0.0`.

use super::shape::{address, cidr, is_flush, prefix_of_mask, runs, words};
use crate::evidence::{
    document::{Block, Form},
    fact::{InterfaceAddress, Kind, Link},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "ip addr", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let brief = runs(block.command, "ip") && block.ran(&["-br"]);
    let side = block.side.or(Side::Guest);
    let mut above: Option<String> = None;
    for line in &block.lines {
        if let Some(link) = header(*line) {
            above = Some(link.interface.clone());
            if link.mtu.is_some() || link.up.is_some() {
                out.put(side, line.span(), Kind::Link(link));
            }
        } else if line.trim().as_str().is_empty() {
            above = None;
        }
        let words = words(*line);
        let prose = block.form == Form::Prose;
        let is_row = |it: &InterfaceAddress| !prose || it.prefix.is_some();
        if let Some(found) = inet(&words, above.as_deref()).filter(is_row) {
            out.put(side, line.span(), Kind::Address(found));
        }
        for kind in short(&words, brief) {
            out.put(side, line.span(), kind);
        }
    }
}

/// `2: eth0: <BROADCAST,UP> mtu 1500`, `eth0: flags=4163<UP> mtu 1500`, `eth0  Link encap:Ethernet`.
fn header(line: Text<'_>) -> Option<Link> {
    if !is_flush(line) {
        return None;
    }
    let words = words(line);
    let name = |word: &str| word.split('@').next().unwrap_or(word).trim_end_matches(':').to_owned();
    let (interface, rest) = match words.as_slice() {
        [number, named, rest @ ..] if is_number(number) && named.ends_with(':') => {
            (name(named), rest)
        }
        [named, rest @ ..]
            if named.ends_with(':') && rest.first().is_some_and(|it| it.starts_with("flags=")) =>
        {
            (name(named), rest)
        }
        [named, "Link", rest @ ..] if rest.first().is_some_and(|it| it.starts_with("encap")) => {
            (name(named), rest)
        }
        _ => return None,
    };
    let flags = rest.iter().find_map(|word| {
        let (_, flags) = word.split_once('<')?;
        Some(flags.trim_end_matches('>').split(',').any(|flag| flag == "UP"))
    });
    let mtu = rest.windows(2).find(|pair| pair[0] == "mtu").and_then(|pair| pair[1].parse().ok());
    Some(Link { interface, mtu, up: flags })
}

fn is_number(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|number| number.parse::<u32>().is_ok())
}

/// `inet 172.20.1.2/20 brd … scope global eth0`, `inet 172.17.0.1 netmask 255.255.0.0`,
/// `inet addr:172.17.0.1 Mask:255.255.0.0`, `inet6 addr: fe80::1/64`.
fn inet(words: &[&str], above: Option<&str>) -> Option<InterfaceAddress> {
    let at = words.iter().position(|word| matches!(*word, "inet" | "inet6"))?;
    let rest = &words[at + 1..];
    let first = rest.first()?;
    let value = match first.strip_prefix("addr:") {
        Some("") => rest.get(1)?,
        Some(value) => value,
        None => first,
    };
    let (found, prefix) = cidr(value)?;
    let next = |mark: &str| rest.windows(2).find(|pair| pair[0] == mark).map(|pair| pair[1]);
    let mask = next("netmask").and_then(prefix_of_mask);
    let old = || rest.iter().find_map(|word| prefix_of_mask(word.strip_prefix("Mask:")?));
    let length = next("prefixlen").and_then(|length| length.parse().ok());
    // `scope global dynamic noprefixroute eth0`: the name comes last.
    let last = next("scope").and(rest.last()).filter(|_| above.is_none());
    let named = match words[..at] {
        [name] if !is_number(name) => Some(name.trim_end_matches(':')),
        [number, name] if is_number(number) => Some(name.trim_end_matches(':')),
        [] => above.or(last.copied()),
        _ => return None,
    };
    Some(InterfaceAddress {
        interface: named.map(|name| name.split('@').next().unwrap_or(name).to_owned()),
        address: found,
        prefix: prefix.or(mask).or_else(old).or(length),
    })
}

/// `eth0  UP  172.20.1.2/20 fe80::1/64`; after `ip -br` also without the state.
fn short(words: &[&str], asked: bool) -> Vec<Kind> {
    let [name, state, rest @ ..] = words else { return Vec::new() };
    let up = match *state {
        "UP" => true,
        "DOWN" | "LOWERLAYERDOWN" => false,
        // What lo and tunnels have.
        "UNKNOWN" => true,
        _ => return Vec::new(),
    };
    let name = name.split('@').next().unwrap_or(name);
    let found: Vec<(Host, Option<u8>)> = rest.iter().filter_map(|word| cidr(word)).collect();
    let is_row = asked || found.iter().any(|(_, prefix)| prefix.is_some());
    if !is_row || address(name).is_some() {
        return Vec::new();
    }
    let interface = Some(name.to_owned());
    let link = Link { interface: name.to_owned(), mtu: None, up: Some(up) };
    let addresses = found.into_iter().map(|(address, prefix)| {
        Kind::Address(InterfaceAddress { interface: interface.clone(), address, prefix })
    });
    std::iter::once(Kind::Link(link)).chain(addresses).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Address(it) => Some(format!(
                "{} {}/{}",
                it.interface.as_deref().unwrap_or("?"),
                it.address,
                it.prefix.map_or("?".to_owned(), |prefix| prefix.to_string())
            )),
            Kind::Link(it) => Some(format!("{} mtu {:?} up {:?}", it.interface, it.mtu, it.up)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn ip_addr() {
        let text = "```\n$ ip a\n\
            1: lo: <LOOPBACK> mtu 65536 qdisc noqueue state DOWN group default\n\
            \x20   inet 127.0.0.1/8 scope host lo\n\
            6: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc mq state UP\n\
            \x20   link/ether 00:15:5d:aa:bb:cc brd ff:ff:ff:ff:ff:ff\n\
            \x20   inet 172.20.178.xx/20 brd 172.20.191.255 scope global eth0\n\
            \x20   inet6 fe80::215:5dff:feaa:bbcc/64 scope link\n\
            \x20      valid_lft forever preferred_lft forever\n```\n";
        let expected = [
            "lo mtu Some(65536) up Some(false)",
            "lo 127.0.0.1/8",
            "eth0 mtu Some(1400) up Some(true)",
            "eth0 172.20.178.xx/20",
            "eth0 fe80::215:5dff:feaa:bbcc/64",
        ];
        assert_eq!(shown(text), expected);
        let text = "$ ip -4 addr show eth0 | grep inet\n\
                    \x20   inet 172.28.16.5/20 brd 172.28.31.255 scope global dynamic eth0\n";
        assert_eq!(shown(text), ["eth0 172.28.16.5/20"]);
    }

    #[test]
    fn brief() {
        let text = "```\n$ ip -br a\nlo  UNKNOWN  127.0.0.1/8 ::1/128\n\
                    eth0@if3  UP  172.20.1.2/20\ndocker0  DOWN  172.17.0.1/16\n```\n";
        let expected = [
            "lo mtu None up Some(true)",
            "lo 127.0.0.1/8",
            "lo ::1/128",
            "eth0 mtu None up Some(true)",
            "eth0 172.20.1.2/20",
            "docker0 mtu None up Some(false)",
            "docker0 172.17.0.1/16",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn ifconfig_old_new_and_cut() {
        let text = "```\n$ ifconfig\n\
            eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n\
            \x20       inet 172.17.9.78  netmask 255.255.240.0  broadcast 172.17.15.255\n\
            \x20       inet6 fe80::1  prefixlen 64  scopeid 0x20<link>\n\n\
            docker0   Link encap:Ethernet  HWaddr 02:42:00:00:00:01\n\
            \x20         inet addr:172.17.0.1  Bcast:172.17.255.255  Mask:255.255.0.0\n\n\
            en0: flags=8863<UP,SMART> mtu 1500\n\
            \x20       inet 192.168.1.7 netmask 0xffffff00 broadcast 192.168.1.255\n\n\
            br0 inet 10.1.0.1 netmask 255.255.255.0\n```\n";
        let expected = [
            "eth0 mtu Some(1500) up Some(true)",
            "eth0 172.17.9.78/20",
            "eth0 fe80::1/64",
            "docker0 172.17.0.1/16",
            "en0 mtu Some(1500) up Some(true)",
            "en0 192.168.1.7/24",
            "br0 10.1.0.1/24",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn other_lines() {
        assert_eq!(shown("the inet 1.2.3.4 is what I use\n"), [""; 0]);
        assert_eq!(shown("db UP since yesterday\n"), [""; 0]);
    }
}
