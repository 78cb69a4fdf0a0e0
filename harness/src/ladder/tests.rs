//! What a climb says, for each combination of outcomes that a person can meet.

use std::collections::BTreeMap;

use rstest::rstest;

use super::{From, Place, Row, Rung, Scenarios, Walk, conclude, render};
use crate::{
    agent::protocol::{Bearings, Probed},
    cause::Cause,
    node::Node,
    outcome::Via,
    tool::{Impl, Tool},
    verdict::sample,
};

const HERE: From = From::Here { wsl: false };
const WINDOWS: From = From::Node(Node::Windows);
const WSL: From = From::Node(Node::Wsl);
const LAN: From = From::Node(Node::Lan);

/// A rung by its word: an outcome, `-` for what was not asked, `?` for what could not be read.
fn rung(tool: Tool, word: &str) -> Rung {
    match word {
        "-" => Rung::NotAsked,
        "?" => Rung::Unread("`curl` ended (exit code 35) with words: TLS".to_owned()),
        word => {
            let (word, via) = match word.split_once('@') {
                Some((word, "proxy")) => (word, Via::Proxy),
                _ => (word, Via::Direct),
            };
            Rung::Asked(Probed {
                implementation: Impl::Tool,
                outcome: word.parse().unwrap(),
                via,
                exit_code: None,
                errno: None,
                hangup: None,
                ms: 1.0,
                command: tool.name().to_owned(),
            })
        }
    }
}

/// A row from `LABEL PING TCP HTTP`; `LABEL!` is a name that does not resolve.
fn row(text: &str) -> Row {
    let [label, ping, tcp, http] = text.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{text}")
    };
    let (label, resolves) = match label.strip_suffix('!') {
        Some(label) => (label, false),
        None => (label, true),
    };
    let address = match label {
        "wsl-ip" => "172.28.21.93",
        "[::1]" => "::1",
        "localhost" => "127.0.0.1",
        label => label,
    };
    let place = Place {
        label: label.to_owned(),
        host: if label == "localhost" { label } else { address }.to_owned(),
        port: 8080,
    };
    let proxy = http.ends_with("@proxy").then(|| "http://192.0.2.1:3128".to_owned());
    let variables = proxy.iter().map(|it| ("http_proxy".to_owned(), it.clone())).collect();
    let addresses = address.parse().ok().filter(|_| resolves).into_iter().collect();
    Row {
        place,
        bearings: Bearings { addresses, proxy, variables },
        ping: rung(Tool::Ping, ping),
        tcp: rung(Tool::Telnet, tcp),
        http: rung(Tool::Curl, http),
    }
}

fn walk(from: From, rows: &[&str]) -> Walk {
    Walk { from, rows: rows.iter().map(|text| row(text)).collect() }
}

/// What every screen must be.
#[track_caller]
fn fits(text: &str) {
    assert!(text.lines().count() <= 40, "{} lines\n{text}", text.lines().count());
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:?}\n{text}");
    assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
}

/// The conclusion of walks: its first cause, and a word of what is likely.
#[track_caller]
fn concludes(walks: &[Walk], cause: &str, likely: &str) {
    let found = conclude(walks);
    let first = found.see.first().copied().unwrap_or_default();
    assert_eq!(first, cause, "{found:?}");
    assert!(found.likely.contains(likely), "{found:?}");
    for slug in found.see {
        assert!(Cause::from_slug(slug).is_some(), "{slug}");
    }
    fits(&render("ladder to somewhere", walks, &Scenarios::default()));
}

#[rstest]
#[case::all_well(
    &["localhost ok open http-200", "127.0.0.1 ok open http-200", "[::1] ok refused -"],
    "", "nothing is wrong from here"
)]
#[case::redirected(&["192.0.2.7 ok open http-302"], "", "nothing is wrong from here")]
#[case::not_running(
    &["localhost ok refused refused", "127.0.0.1 ok refused -", "[::1] ok refused -"],
    "service-not-running", "nobody listens on localhost:8080 (here)"
)]
#[case::refused_elsewhere(
    &["192.0.2.7 ok refused -"],
    "loopback-bind", "nobody listens on 192.0.2.7"
)]
#[case::lo_down(
    &["localhost net-unreachable net-unreachable net-unreachable"],
    "loopback-down", "not even 127.0.0.1 answers"
)]
#[case::without_ipv6(
    &[
        "localhost ok refused refused", "127.0.0.1 ok refused -",
        "[::1] net-unreachable net-unreachable -",
    ],
    "service-not-running", "nobody listens"
)]
#[case::only_v6(
    &["localhost ok refused http-200", "127.0.0.1 ok refused -", "[::1] ok open http-200"],
    "localhost-ipv6-mismatch", "a server on ::1 alone"
)]
#[case::no_name(
    &["nowhere.example! - - -"],
    "hosts-file-override", "nowhere.example does not resolve"
)]
#[case::a_proxy_resolves(
    &["nowhere.example! - - proxy-refused@proxy"],
    "proxy-env-wrong-namespace", "the request went to http://192.0.2.1:3128 (here)"
)]
#[case::proxy_answers(
    &["localhost ok open proxy-error@proxy"], "proxy-intercepts-localhost", "not to the server"
)]
#[case::proxy_before_the_server(
    &["localhost ok refused proxy-refused@proxy"], "proxy-env-wrong-namespace", "not to the server"
)]
#[case::silent(&["127.0.0.1 ok open no-answer"], "stale-portproxy", "accepts and never answers")]
#[case::hangs_up(
    &["127.0.0.1 ok open dropped"],
    "portproxy-target-loopback", "accepts and hangs up"
)]
#[case::hangs_up_at_once(
    &["127.0.0.1 ok dropped dropped"], "portproxy-target-loopback", "accepts and hangs up"
)]
#[case::no_http(&["127.0.0.1 ok open wrong-server"], "port-conflict-windows", "another program")]
#[case::not_found(&["127.0.0.1 ok open http-404"], "wrong-response", "answers with an error")]
#[case::rejected(&["192.0.2.7 ok no-route -"], "firewalld-block", "ping passes, TCP does not")]
#[case::nobody_there(
    &["192.0.2.7 no-route no-route -"],
    "host-ip-misderived", "nobody has the address"
)]
#[case::forbidden(&["192.0.2.7 ok not-permitted -"], "firewalld-block", "a firewall rejects")]
#[case::dropped_packets(&["192.0.2.7 timeout timeout -"], "windows-firewall-block", "are dropped")]
#[case::no_network(
    &["192.0.2.7 net-unreachable net-unreachable -"],
    "vpn-route", "no way to the network"
)]
#[case::ping_filtered(&["192.0.2.7 timeout open http-200"], "", "nothing is wrong from here")]
#[case::unread(&["127.0.0.1 ok open ?"], "", "curl, from here, says something")]
fn from_here(#[case] rows: &[&str], #[case] cause: &str, #[case] likely: &str) {
    concludes(&[walk(HERE, rows)], cause, likely);
}

const WELL: [&str; 4] = [
    "localhost ok open http-200",
    "127.0.0.1 ok open http-200",
    "[::1] ok refused -",
    "wsl-ip ok open http-200",
];

#[rstest]
#[case::well(&WELL, &WELL, "relay-loopback-only-lan", "nothing is broken")]
#[case::loopback_bind(
    &["localhost ok open http-200", "wsl-ip ok refused -"],
    &["localhost ok open http-200", "wsl-ip ok refused -"],
    "loopback-bind", "listens on loopback only"
)]
#[case::dual_stack(
    &[
        "localhost ok open http-200", "127.0.0.1 ok refused -",
        "[::1] ok open http-200", "wsl-ip ok open http-200",
    ],
    &["localhost ok open http-200", "127.0.0.1 ok open http-200", "[::1] ok open http-200"],
    "relay-dual-stack", "a dual-stack server in WSL"
)]
#[case::v6_in_the_guest(
    &["localhost ok open http-200", "127.0.0.1 ok refused -", "[::1] ok open http-200"],
    &["localhost ok open http-200", "127.0.0.1 ok refused -", "[::1] ok open http-200"],
    "localhost-ipv6-mismatch", "a server on ::1 alone"
)]
#[case::firewalld(
    &["localhost ok open http-200", "wsl-ip ok no-route -"], &WELL,
    "firewalld-block", "windows -> wsl-ip"
)]
#[case::firewalld_drops(
    &["localhost ok open http-200", "wsl-ip timeout timeout -"], &WELL,
    "firewalld-block", "packets to wsl-ip are dropped"
)]
#[case::no_relay(
    &[
        "localhost ok refused refused", "127.0.0.1 ok refused -",
        "[::1] ok refused -", "wsl-ip ok open http-200",
    ],
    &WELL, "localhost-forwarding-off", "nothing relays it"
)]
#[case::stale_rule(
    &[
        "localhost ok open no-answer", "127.0.0.1 ok open no-answer",
        "[::1] ok refused -", "wsl-ip ok open http-200",
    ],
    &WELL, "stale-portproxy", "a portproxy rule whose target is gone"
)]
#[case::stale_rule_beside_the_relay(
    &["localhost ok open http-200", "127.0.0.1 ok open no-answer", "[::1] ok open http-200"],
    &WELL, "stale-portproxy", "127.0.0.1 accepts and never answers (windows)"
)]
#[case::stopped(
    &["localhost ok refused refused", "wsl-ip ok refused -"],
    &["localhost ok refused refused", "wsl-ip ok refused -"],
    "service-not-running", "nobody listens on localhost:8080 (windows)"
)]
#[case::proxy_in_the_guest(
    &WELL, &["localhost ok open proxy-error@proxy"], "proxy-intercepts-localhost", "(wsl)"
)]
fn from_three_sides(
    #[case] windows: &[&str],
    #[case] wsl: &[&str],
    #[case] cause: &str,
    #[case] likely: &str,
) {
    let lan = walk(LAN, &["wsl-ip net-unreachable net-unreachable -"]);
    concludes(&[walk(WINDOWS, windows), walk(WSL, wsl), lan], cause, likely);
}

#[test]
fn a_screen() {
    let rows = ["localhost ok refused refused", "127.0.0.1 ok refused -", "[::1] ok refused -"];
    let shown = Scenarios::of(&[sample::scenario(sample::TEXT)]);
    assert_eq!(
        render("ladder to localhost:8080", &[walk(HERE, &rows)], &shown),
        "\
ladder to localhost:8080
from here: this machine; Windows, WSL and the LAN were not asked

to         address    ping  telnet   curl
localhost  127.0.0.1  ok    refused  refused
127.0.0.1             ok    refused  -
[::1]                 ok    refused  -
-  not asked: a rung below failed, and this one would only repeat it

name  ok       resolves. Does not prove what another side makes of it: Windows takes ::1 first,
               WSL's hosts file has 127.0.0.1 alone, and curl asks neither.
ping  ok       ICMP goes there and back. Does not prove any port: a firewall that rejects TCP
               answers pings, and so does a host without server.
TCP   refused  nobody listens on that address and port. Does not prove that the server is down: it
               may listen on another address or family. See service-not-running, loopback-bind,
               relay-dual-stack.
HTTP  not reached

most likely  nobody listens on localhost:8080 (here)
look next    `ss -ltn` where the server should run, and what it printed at its start; the cause is
             called service-not-running
"
    );
}

#[test]
fn a_scenario_that_shows_the_cause_is_named() {
    let shown = Scenarios::of(&[sample::scenario(sample::TEXT)]);
    let text = render("", &[walk(HERE, &["192.0.2.7 ok no-route -"])], &shown);
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("See sample, host-ip-misderived."), "{text}");
    assert!(text.ends_with("; then `cargo xtask explain sample`\n"), "{text}");
}

#[test]
fn proxies_twins_and_unread_tools_are_told() {
    let mut there = walk(HERE, &["127.0.0.1 ok open proxy-refused@proxy", "[::1] ? open http-200"]);
    there.rows[0].bearings.variables = BTreeMap::from([
        ("http_proxy".to_owned(), "http://192.0.2.1:3128".to_owned()),
        ("no_proxy".to_owned(), "[::1]".to_owned()),
    ]);
    if let Rung::Asked(probed) = &mut there.rows[0].tcp {
        probed.implementation = Impl::Native;
    }
    let text = render("", &[there], &Scenarios::default());
    let parts = [
        "proxy variables here: http_proxy=http://192.0.2.1:3128 no_proxy=[::1]",
        "(curl takes the proxy for 127.0.0.1)\n",
        "proxy-refused via proxy\n",
        "?  `curl` ended (exit code 35) with words: TLS\n",
        "by this program's own twin of telnet\n",
    ];
    for part in parts {
        assert!(text.contains(part), "`{part}` in\n{text}");
    }
    fits(&text);
}

#[test]
fn the_worst_screen_fits() {
    let windows = [
        "localhost ok open no-answer",
        "127.0.0.1 ok dropped dropped",
        "[::1] net-unreachable net-unreachable -",
        "wsl-ip timeout timeout -",
    ];
    let wsl = [
        "localhost ok open proxy-refused@proxy",
        "127.0.0.1 ok open http-404",
        "[::1] ok refused -",
        "wsl-ip ok no-route -",
    ];
    let lan = ["wsl-ip net-unreachable net-unreachable -"];
    let walks = [walk(WINDOWS, &windows), walk(WSL, &wsl), walk(LAN, &lan)];
    fits(&render("ladder in somewhere, phase fault", &walks, &Scenarios::default()));
}
