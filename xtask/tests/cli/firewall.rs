//! Rules of the modelled Defender, as a real kernel enforces them.

use crate::support::{Catalogue, machine, run::run_scenarios};

const SURVEY: &str = r#"
schema  = 1
kind    = "survey"
title   = "rules of Defender"
cause   = "windows-firewall-block"
sources = ["none"]
summary = "What rules do, seen from the LAN."
service = { listen = "tcp4 0.0.0.0:8080" }
matrix  = { routes = ["lan -> windows-lan-ip", "lan -> windows-lan-ip:8099"], tools = ["ping", "nc"] }

[[setup]]
on  = "windows"
run = "netsh interface portproxy add v4tov4 listenport=8080 listenaddress={windows-lan-ip} connectaddress={wsl-ip}"

[[setup]]
on  = "windows"
run = "netsh advfirewall firewall add rule name=open dir=in action=allow protocol=TCP localport=8070-8099 remoteip=192.168.50.1-192.168.50.99"

[[case]]
name = "open"

[[case]]
name  = "block"
steps = [{ on = "windows", run = "netsh advfirewall firewall add rule name=no dir=in action=block protocol=TCP localport=8080 remoteip=LocalSubnet" }]

[[case]]
name  = "elsewhere"
steps = [{ on = "windows", run = "netsh advfirewall firewall set rule name=open new remoteip=10.0.0.0/8" }]

[[case]]
name  = "disabled"
steps = [{ on = "windows", run = "powershell Set-NetFirewallRule -DisplayName open -Enabled False" }]

[[case]]
name  = "ping"
steps = [{ on = "windows", run = "netsh advfirewall firewall add rule name=echo dir=in action=allow protocol=icmpv4:8,any" }]

[[case]]
name  = "off"
steps = [{ on = "windows", run = "netsh advfirewall set allprofiles state off" }]

[[claim]]
ledger = "2.1.10"
cells  = ["case/open: lan -> windows-lan-ip nc = open"]
shows  = "the LAN is let in"
"#;

/// Outcomes of ping and nc to 8080, and of nc to 8099, where nobody listens.
const EXPECTED: [(&str, [&str; 3]); 6] = [
    // The port that is open and empty is as silent as a closed one: stealth mode.
    ("open", ["timeout", "open", "timeout"]),
    ("block", ["timeout", "timeout", "timeout"]),
    ("elsewhere", ["timeout", "timeout", "timeout"]),
    ("disabled", ["timeout", "timeout", "timeout"]),
    ("ping", ["ok", "open", "timeout"]),
    ("off", ["ok", "open", "refused"]),
];

#[test]
fn rules_do_what_they_say() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good().with_bytes(SURVEY.as_bytes());
    // The snapshot is another scenario's.
    let run = run_scenarios(Some(catalogue.path()), &["--probes", "native"]).exits(1);
    let failures = run.scenario("base")["failures"].as_array().unwrap();
    let kinds: Vec<_> = failures.iter().map(|failure| &failure["kind"]).collect();
    assert_eq!(kinds, ["snapshot"], "{run}");
    for (case, expected) in EXPECTED {
        let outcome = |cell| run.cell("base", &format!("case/{case}"), cell)["outcome"].clone();
        let seen = [
            outcome("lan -> windows-lan-ip ping"),
            outcome("lan -> windows-lan-ip nc"),
            outcome("lan -> windows-lan-ip:8099 nc"),
        ];
        assert_eq!(seen, expected, "{case}\n{run}");
    }
}
