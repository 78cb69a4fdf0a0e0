//! `firewall-cmd --list-all`, `--list-ports`, `--list-services`, `--get-active-zones`, `--state`.

use super::shape::{is_flush, label, runs, words};
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Ports, Proto, Rule, Verdict, Zone},
    reader::{Reader, Sink},
    side::Side,
    span::{Span, Text},
};

pub(super) const READER: Reader = Reader { name: "firewalld", read };

/// Services of firewalld and the port that each of them opens.
const SERVICES: [(&str, u16); 10] = [
    ("ssh", 22),
    ("http", 80),
    ("https", 443),
    ("http3", 443),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("redis", 6379),
    ("cockpit", 9090),
    ("prometheus", 9090),
    ("mongodb", 27017),
];

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = block.side.or(Side::Guest);
    let asked = runs(block.command, "firewall-cmd") || block.is_about("firewall-cmd");
    let lists = |what: &str| asked && (block.ran(&[what]) || block.is_about(what));
    zones(block, side, lists("active-zones"), out);
    for line in &block.lines {
        let state = line.trim().as_str().trim_end_matches('.').to_ascii_lowercase();
        let running = match state.as_str() {
            "running" if lists("--state") => Some(true),
            "not running" if lists("--state") => Some(false),
            "firewalld is not running" => Some(false),
            _ => None,
        };
        if let Some(running) = running {
            let name = "firewalld".to_owned();
            let state = Firewall::Running { name, running };
            out.put(side, line.span(), Kind::Firewall(state));
        } else if lists("--list-ports") {
            for word in line.words() {
                let Some((ports, proto)) = port(word.as_str()) else { continue };
                let name = format!("port {}", word.as_str());
                out.put(side, word.span(), allow(name, ports, proto));
            }
        } else if lists("--list-services") {
            for word in line.words() {
                let known = SERVICES.iter().find(|(name, _)| *name == word.as_str());
                let Some((name, number)) = known else { continue };
                let name = format!("service {name}");
                out.put(side, word.span(), allow(name, Ports::one(*number), Proto::Tcp));
            }
        }
    }
}

fn allow(name: String, ports: Ports, proto: Proto) -> Kind {
    Kind::Firewall(Firewall::Rule(Rule {
        name,
        hyper_v: false,
        inbound: Some(true),
        verdict: Verdict::Allow,
        enabled: true,
        proto: Some(proto),
        ports: vec![ports],
    }))
}

/// `8080/tcp`, `3000-3010/udp`
fn port(text: &str) -> Option<(Ports, Proto)> {
    let (ports, proto) = text.trim_end_matches(',').split_once('/')?;
    Some((Ports::parse(ports)?, Proto::parse(proto)?))
}

/// Zones: a name in the first column, rows `key: values` below it.
fn zones(block: &Block<'_>, side: Side, active_only: bool, out: &mut Sink) {
    let mut open: Option<(Span, Zone)> = None;
    let mut whole = false;
    for line in &block.lines {
        if let Some(name) = zone_name(*line) {
            close(open.take(), whole, active_only, side, out);
            open = Some((line.span(), Zone { name, ..Zone::default() }));
            whole = false;
        } else if let Some((key, value)) = label(*line) {
            let is_row = ["target", "interfaces", "services", "ports"].contains(&key.as_str());
            if !is_row {
                continue;
            }
            // People cut the name off; `target` is the first row of a zone.
            let (span, zone) = open.get_or_insert_with(|| (line.span(), Zone::default()));
            *span = span.to(line.span());
            let values = || words(value).into_iter().map(str::to_owned).collect();
            match key.as_str() {
                "target" => zone.target = Some(value.as_str().to_owned()),
                "interfaces" => zone.interfaces = values(),
                "services" => {
                    zone.services = values();
                    whole = true;
                }
                _ => zone.ports = words(value).into_iter().filter_map(port).collect(),
            }
        }
    }
    close(open, whole, active_only, side, out);
}

fn close(open: Option<(Span, Zone)>, whole: bool, active_only: bool, side: Side, out: &mut Sink) {
    let Some((span, zone)) = open else { return };
    let named = !zone.name.is_empty();
    if whole && (named || zone.target.is_some()) {
        out.put(side, span, Kind::Firewall(Firewall::Zone(zone)));
    } else if active_only && named && !zone.interfaces.is_empty() {
        let Zone { name, interfaces, .. } = zone;
        out.put(side, span, Kind::Firewall(Firewall::ActiveZone { name, interfaces }));
    }
}

/// `public (active)`, `public (default, active)`, `public`.
fn zone_name(line: Text<'_>) -> Option<String> {
    let words = words(line);
    let (name, rest) = words.split_first()?;
    let sound = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let marks =
        rest.iter().all(|word| matches!(word.trim_matches(['(', ')', ',']), "active" | "default"));
    (is_flush(line) && sound && marks && !name.contains(':')).then(|| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Firewall, Kind};

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Firewall(Firewall::Zone(it)) => Some(format!(
                "{} {:?} {:?} {:?} {:?}",
                it.name,
                it.target.unwrap_or_default(),
                it.interfaces,
                it.services,
                it.ports
            )),
            Kind::Firewall(Firewall::Rule(it)) => Some(format!("{} {:?}", it.name, it.verdict)),
            Kind::Firewall(Firewall::ActiveZone { name, interfaces }) => {
                Some(format!("active {name} {interfaces:?}"))
            }
            Kind::Firewall(Firewall::Running { name, running }) => {
                Some(format!("{name} {running}"))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn list_all() {
        let text = "```\n$ sudo firewall-cmd --list-all\npublic (active)\n  target: default\n\
            \x20 icmp-block-inversion: no\n  interfaces: eth0\n  sources: \n\
            \x20 services: dhcpv6-client ssh\n  ports: 8080/tcp 53/udp\n  protocols: \n\
            \x20 rich rules: \n```\n";
        let expected = [
            r#"public "default" ["eth0"] ["dhcpv6-client", "ssh"] [(Ports(8080..=8080), Tcp), (Ports(53..=53), Udp)]"#,
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn lists_and_states() {
        assert_eq!(shown("$ firewall-cmd --state\nnot running\n"), ["firewalld false"]);
        assert_eq!(shown("$ firewall-cmd --state\nrunning\n"), ["firewalld true"]);
        assert_eq!(
            shown("$ firewall-cmd --list-ports\n80/tcp 90-91/udp\n"),
            ["port 80/tcp Allow", "port 90-91/udp Allow"]
        );
        assert_eq!(shown("$ firewall-cmd --list-services\nssh samba\n"), ["service ssh Allow"]);
        let text = "```\n$ firewall-cmd --get-active-zones\ndocker\n  interfaces: docker0\n\
                    public\n  interfaces: eth0 loopback0\n```\n";
        let expected = [r#"active docker ["docker0"]"#, r#"active public ["eth0", "loopback0"]"#];
        assert_eq!(shown(text), expected);
        assert_eq!(shown("```\nservices:\n  web:\n    ports: 80\n```\n"), [""; 0]);
    }
}
