//! What real tools print is read to what is true: a recording, and the tools of this machine.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::{TcpListener, UdpSocket},
    path::PathBuf,
    process::Command,
};

use harness::evidence::{
    Evidence,
    fact::{Bind, Firewall, Kind, Proto, Seen, Verdict},
    host::Host,
    side::Side,
};
use harness::outcome::Outcome;

/// A report as these facts: one line each.
fn sockets(evidence: &Evidence) -> Vec<(Proto, Bind, u16)> {
    let mut all: Vec<_> = evidence
        .all(|fact| match &fact.kind {
            Kind::Listener(it) => Some((it.proto, it.bind(), it.port)),
            _ => None,
        })
        .collect();
    all.sort_by_key(|(_, _, port)| *port);
    all.dedup();
    all
}

fn addresses(evidence: &Evidence) -> Vec<String> {
    let mut all: Vec<String> = evidence
        .all(|fact| match &fact.kind {
            Kind::Address(it) if it.address.v4().is_some() => {
                Some(format!("{} {}/{}", it.interface.clone()?, it.address, it.prefix?))
            }
            _ => None,
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn routes(evidence: &Evidence) -> Vec<String> {
    evidence
        .all(|fact| match &fact.kind {
            Kind::Route(it) => {
                let to = it.network.map_or("default".to_owned(), |(it, len)| format!("{it}/{len}"));
                let via = it.gateway.as_ref().map_or("-".to_owned(), Host::to_string);
                Some(format!("{to} {via} {}", it.interface.clone()?))
            }
            _ => None,
        })
        .collect()
}

/// What happens to TCP to this port: of the rules, the first that is about it.
fn verdict(evidence: &Evidence, port: u16) -> Option<Verdict> {
    evidence
        .all(|fact| match &fact.kind {
            Kind::Firewall(Firewall::Rule(it)) if it.ports.iter().any(|it| it.holds(port)) => {
                Some(it.verdict)
            }
            _ => None,
        })
        .next()
}

fn mtu(evidence: &Evidence, name: &str) -> Option<u32> {
    evidence
        .all(|fact| match &fact.kind {
            Kind::Link(it) if it.interface == name => it.mtu,
            _ => None,
        })
        .next()
}

const SOCKETS: [(Proto, Bind, u16); 4] = [
    (Proto::Tcp, Bind::Any6, 3000),
    (Proto::Udp, Bind::Any4, 5353),
    (Proto::Tcp, Bind::Loopback4, 5432),
    (Proto::Tcp, Bind::Any4, 8080),
];

const ADDRESSES: [&str; 2] = ["eth0 172.28.18.7/20", "lo 127.0.0.1/8"];
const ROUTES: [&str; 2] = ["default 172.28.16.1 eth0", "172.28.16.0/20 - eth0"];

#[test]
fn a_recording() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/transcripts/evidence/linux-recorded.md");
    let evidence = Evidence::read(std::fs::read_to_string(path).expect("the recording"));
    let mut expected = SOCKETS.to_vec();
    expected.insert(3, (Proto::Tcp, Bind::Loopback6, 6379));
    assert_eq!(sockets(&evidence), expected, "ss, netstat and lsof agree");
    assert_eq!(addresses(&evidence), ADDRESSES);
    assert_eq!(routes(&evidence), ROUTES);
    assert_eq!(mtu(&evidence, "eth0"), Some(1400));
    assert_eq!(verdict(&evidence, 22), Some(Verdict::Allow));
    assert_eq!(verdict(&evidence, 9), None);
    let zone = evidence.all(|fact| match &fact.kind {
        Kind::Firewall(Firewall::Zone(zone)) => Some(zone.clone()),
        _ => None,
    });
    let zones: Vec<_> = zone.collect();
    assert_eq!(zones.len(), 1);
    assert_eq!((zones[0].name.as_str(), zones[0].services.len()), ("public", 2));
    assert!(zones[0].ports.is_empty());

    let seen = |tool: &str, host: &str| -> Vec<Seen> {
        let attempts = evidence.all(|fact| match &fact.kind {
            Kind::Attempt(it) => Some((fact.side, it.clone())),
            _ => None,
        });
        attempts
            .filter(|(side, it)| {
                *side == Side::Guest
                    && it.tool.as_deref() == Some(tool)
                    && it.host.as_ref().is_some_and(|it| it.to_string() == host)
            })
            .map(|(_, it)| it.seen)
            .collect()
    };
    let outcome = |outcome| [Seen::Outcome(outcome)];
    assert_eq!(seen("curl", "127.0.0.1"), outcome(Outcome::Refused));
    assert_eq!(seen("curl", "::1"), [Seen::Fails], "this curl does not say why");
    assert_eq!(seen("nc", "127.0.0.1"), outcome(Outcome::Open));
    assert_eq!(seen("nc", "::1"), outcome(Outcome::Refused));
    assert_eq!(seen("telnet", "127.0.0.1"), outcome(Outcome::Refused));
    assert_eq!(seen("ping", "127.0.0.1"), outcome(Outcome::Ok));
    assert_eq!(seen("ping", "172.28.16.9"), outcome(Outcome::Timeout));
    assert_eq!(seen("wget", "127.0.0.1"), outcome(Outcome::Refused));
}

/// Runs this test program again in a network namespace of its own, where `inside` is root.
#[test]
fn the_tools_of_this_machine() {
    let exe = std::env::current_exe().expect("this program");
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net"])
        .arg(exe)
        .args(["--exact", "inside", "--ignored", "--nocapture"])
        .output()
        .expect("unshare");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{said}");
    assert!(text.contains("1 passed"), "{text}{said}");
}

fn shell(command: &str) -> String {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let output =
        Command::new("sh").args(["-c", command]).env("PATH", path).output().expect("a shell");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
#[ignore = "run by `the_tools_of_this_machine`, in a namespace"]
fn inside() {
    shell(
        "ip link set lo up && ip link add eth0 type veth peer name peer0 && \
         ip addr add 172.28.18.7/20 dev eth0 && ip link set peer0 up && \
         ip link set eth0 mtu 1400 up && ip route add default via 172.28.16.1 && \
         nft 'add table inet t; add chain inet t in { type filter hook input priority 0; \
         policy drop; }; add rule inet t in tcp dport { 22, 8000-8010 } counter accept; \
         add rule inet t in tcp dport 9000 reject with icmpx admin-prohibited'",
    );
    let _sockets = (
        TcpListener::bind("[::]:3000").expect("3000"),
        UdpSocket::bind("0.0.0.0:5353").expect("5353"),
        TcpListener::bind("127.0.0.1:5432").expect("5432"),
        TcpListener::bind("0.0.0.0:8080").expect("8080"),
    );
    let report: String = ["ss -tulnp", "ip addr", "ip -br a", "ip route", "nft list ruleset"]
        .iter()
        .map(|command| format!("```\n$ {command}\n{}```\n\n", shell(command)))
        .collect();
    let evidence = Evidence::read(report);
    assert_eq!(sockets(&evidence), SOCKETS);
    assert_eq!(addresses(&evidence), ADDRESSES);
    assert_eq!(routes(&evidence), ROUTES);
    assert_eq!(mtu(&evidence, "eth0"), Some(1400));
    assert_eq!(verdict(&evidence, 22), Some(Verdict::Allow));
    assert_eq!(verdict(&evidence, 8080), None, "no rule is about it");
    assert_eq!(verdict(&evidence, 8001), Some(Verdict::Allow));
    assert_eq!(verdict(&evidence, 9000), Some(Verdict::Block));
    let policy = evidence.all(|fact| match &fact.kind {
        Kind::Firewall(Firewall::Profile(it)) => it.inbound,
        _ => None,
    });
    assert_eq!(policy.collect::<Vec<_>>(), [Verdict::Block]);
}
