//! Routing tables of Linux: `ip route`, `route -n`, `netstat -rn`.

use std::net::IpAddr;

use super::shape::{address, cidr, prefix_of_mask, runs, words};
use crate::evidence::{
    document::Block,
    fact::{Kind, Route},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
};

pub(super) const READER: Reader = Reader { name: "ip route", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let ip = runs(block.command, "ip") || block.is_about("ip route");
    for line in &block.lines {
        let words = words(*line);
        if let Some(route) = ip_route(&words, ip).or_else(|| table(&words)) {
            out.put(block.side.or(Side::Guest), line.span(), Kind::Route(route));
        }
    }
}

/// `default via 172.20.0.1 dev eth0 metric 100`, `172.20.0.0/20 dev eth0 proto kernel scope link`.
fn ip_route(words: &[&str], asked: bool) -> Option<Route> {
    let words = match words {
        // The answer of `ip route get` is no row of a table.
        [first, ..] if matches!(*first, "local" | "broadcast" | "unreachable" | "blackhole") => {
            return None;
        }
        words => words,
    };
    let (first, rest) = words.split_first()?;
    let network = match *first {
        "default" => None,
        network => Some(of_cidr(network)?),
    };
    let next = |mark: &str| rest.windows(2).find(|pair| pair[0] == mark).map(|pair| pair[1]);
    let gateway = next("via").and_then(address);
    let interface = next("dev");
    if rest.contains(&"src") && rest.contains(&"uid") {
        return None;
    }
    let is_row = matches!(rest.first(), Some(&("via" | "dev"))) && (asked || interface.is_some());
    is_row.then(|| Route {
        network,
        gateway,
        interface: interface.map(str::to_owned),
        metric: next("metric").and_then(|metric| metric.parse().ok()),
    })
}

fn of_cidr(text: &str) -> Option<(IpAddr, u8)> {
    let (host, prefix) = cidr(text)?;
    match host {
        Host::V4(address) => Some((address.into(), prefix.unwrap_or(32))),
        Host::V6(address) => Some((address.into(), prefix.unwrap_or(128))),
        _ => None,
    }
}

/// `172.20.0.0 0.0.0.0 255.255.240.0 U 0 0 0 eth0`: destination, gateway, mask, flags, …, interface.
fn table(words: &[&str]) -> Option<Route> {
    let [destination, gateway, mask, flags, rest @ ..] = words else { return None };
    let is_flags = flags.starts_with('U') && flags.chars().all(|c| c.is_ascii_alphabetic());
    let interface = rest.last().filter(|_| is_flags && rest.len() >= 2)?;
    if interface.parse::<u32>().is_ok() {
        return None;
    }
    let prefix = prefix_of_mask(mask)?;
    let network = match *destination {
        "default" => None,
        text => {
            let address: IpAddr = text.parse().ok()?;
            Some((address, prefix)).filter(|_| prefix > 0 || !address.is_unspecified())
        }
    };
    let gateway = match *gateway {
        "*" | "0.0.0.0" => None,
        "_gateway" => None,
        text => Some(address(text)?),
    };
    // `route` has metric, references and use, netstat has MSS, window and irtt.
    let metric = rest.first().and_then(|metric| metric.parse().ok()).filter(|_| rest.len() == 4);
    Some(Route { network, gateway, interface: Some((*interface).to_owned()), metric })
}

#[cfg(test)]
mod tests {
    use super::super::testing::routes as shown;

    #[test]
    fn ip_route() {
        let text = "```\n$ ip route\ndefault via 172.20.0.1 dev eth0 proto kernel metric 5256\n\
                    172.20.0.0/20 dev eth0 proto kernel scope link src 172.20.1.2\n\
                    10.8.0.0/16 via 10.8.0.1 dev tun0\n10.9.9.9 dev tun0 scope link\n```\n";
        let expected = [
            "default 172.20.0.1 eth0 Some(5256)",
            "172.20.0.0/20 - eth0 None",
            "10.8.0.0/16 10.8.0.1 tun0 None",
            "10.9.9.9/32 - tun0 None",
        ];
        assert_eq!(shown(text), expected);
        assert_eq!(
            shown("$ ip route get 1.1.1.1\n1.1.1.1 via 10.0.0.1 dev eth0 src 10.0.0.2 uid 0\n"),
            [""; 0]
        );
    }

    #[test]
    fn tables() {
        let text = "```\n$ route -n\nKernel IP routing table\n\
            Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n\
            0.0.0.0         172.20.0.1      0.0.0.0         UG    100    0        0 eth0\n\
            172.20.0.0      0.0.0.0         255.255.240.0   U     0      0        0 eth0\n```\n";
        let expected = ["default 172.20.0.1 eth0 Some(100)", "172.20.0.0/20 - eth0 Some(0)"];
        assert_eq!(shown(text), expected);
    }
}
