//! Rules as they are kept, and as the packet filter that they make.

use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::windows_model::{
    registry::{KeyPath, Value},
    test_ground::Recorder,
};

struct Machine {
    firewall: Firewall,
    registry: Arc<Registry>,
    filter: Recorder,
    _dir: tempfile::TempDir,
}

fn machine() -> Machine {
    let dir = tempfile::tempdir().unwrap();
    let registry = Arc::new(Registry::open(dir.path()).unwrap());
    let filter = Recorder::default();
    let firewall = Firewall::new(Arc::clone(&registry), Box::new(filter.clone()));
    Machine { firewall, registry, filter, _dir: dir }
}

fn tcp(name: &str, action: Action, ports: &str) -> Rule {
    Rule {
        action,
        protocol: Protocol::Tcp,
        local_ports: Ports::parse(ports).unwrap(),
        ..Rule::named(name.to_owned(), name.to_owned())
    }
}

const ALWAYS: [&str; 2] = ["iifname lo accept", "ct state established,related accept"];
const STEALTH: [&str; 2] = [
    "oifname vEthernet tcp flags rst ct status ! assured drop",
    "oifname Ethernet tcp flags rst ct status ! assured drop",
];

#[test]
fn a_fresh_machine_is_left_as_it_was_laid() {
    let Machine { firewall, filter, _dir, .. } = machine();
    firewall.boot().unwrap();
    assert_eq!(filter.lines(), [""; 0], "nothing was applied");
}

#[test]
fn rules_are_in_force_again_after_a_boot() {
    let Machine { firewall, registry, filter, _dir } = machine();
    firewall.store(&[tcp("a", Action::Allow, "8080")]).unwrap();
    let stored = filter.lines();
    let other = Recorder::default();
    Firewall::new(registry, Box::new(other.clone())).boot().unwrap();
    assert_eq!(other.lines(), stored);
}

#[test]
fn block_stands_before_allow_whatever_came_first() {
    let Machine { firewall, filter, _dir, .. } = machine();
    firewall.store(&[tcp("a", Action::Allow, "8080"), tcp("b", Action::Block, "8080")]).unwrap();
    let rule =
        |link: &str, fate: &str| format!("iifname {link} meta l4proto 6 th dport 8080 {fate}");
    let expected: Vec<_> = ALWAYS
        .map(str::to_owned)
        .into_iter()
        .chain([
            rule("vEthernet", "drop"),
            rule("Ethernet", "drop"),
            rule("vEthernet", "accept"),
            rule("Ethernet", "accept"),
        ])
        .chain(STEALTH.map(str::to_owned))
        .collect();
    assert_eq!(filter.lines(), expected);
}

#[test]
fn only_what_counts_is_in_force() {
    let Machine { firewall, filter, _dir, .. } = machine();
    let off = Rule { enabled: false, ..tcp("off", Action::Allow, "1") };
    // Both networks of the lab are public.
    let private = Rule {
        profiles: Profiles::parse("Domain,Private").unwrap(),
        ..tcp("p", Action::Allow, "2")
    };
    // No socket of the machine is wslhost's (ledger 4.1.1).
    let wslhost = Rule {
        program: Some(r"%SystemRoot%\system32\wslhost.exe".to_owned()),
        ..tcp("w", Action::Allow, "3")
    };
    firewall.store(&[off, private, wslhost]).unwrap();
    let expected: Vec<_> = ALWAYS.into_iter().chain(STEALTH).collect();
    assert_eq!(filter.lines(), expected);
}

#[test]
fn a_rule_is_a_line_for_each_combination() {
    let Machine { firewall, filter, _dir, .. } = machine();
    let rule = Rule {
        remote: Remote::parse_list("LocalSubnet").unwrap(),
        interfaces: vec!["Ethernet".to_owned()],
        ..tcp("a", Action::Allow, "80,5000-5010")
    };
    firewall.store(&[rule]).unwrap();
    let line = |port, from| {
        format!("iifname Ethernet meta l4proto 6 th dport {port} ip saddr {from} accept")
    };
    let (switch, lan) = ("172.28.16.0-172.28.31.255", "192.168.50.0-192.168.50.255");
    assert_eq!(
        filter.lines()[2..6],
        [line("80", switch), line("80", lan), line("5000-5010", switch), line("5000-5010", lan)]
    );
}

#[test]
fn a_profile_that_is_off_filters_nothing_and_has_no_stealth() {
    let Machine { firewall, filter, _dir, .. } = machine();
    firewall.set_profiles(Profile::ALL, |state| ProfileState { enabled: false, ..state }).unwrap();
    let open = ["iifname vEthernet accept", "iifname Ethernet accept"];
    assert_eq!(filter.lines(), ALWAYS.into_iter().chain(open).collect::<Vec<_>>());
    firewall
        .set_profiles(Profile::ALL, |_| ProfileState { enabled: true, allows_inbound: true })
        .unwrap();
    let expected: Vec<_> = ALWAYS.into_iter().chain(open).chain(STEALTH).collect();
    assert_eq!(filter.lines(), expected);
}

#[rstest]
#[case::usual(
    tcp("{1}", Action::Allow, "8080"),
    "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8080|Name={1}|"
)]
#[case::everything(
    Rule {
        enabled: false,
        profiles: Profiles::parse("Domain,Private").unwrap(),
        remote: Remote::parse_list("LocalSubnet,192.168.50.0/255.255.255.0,10.0.0.1").unwrap(),
        description: "why".to_owned(),
        ..tcp("{2}", Action::Block, "80,5000-5010")
    },
    "v2.31|Action=Block|Active=FALSE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|LPort=80|\
     LPort2_10=5000-5010|RA4=LocalSubnet|RA4=192.168.50.0/24|RA4=10.0.0.1/32|Name={2}|Desc=why|"
)]
#[case::ping(
    Rule { protocol: Protocol::Icmp4(Some(8)), ..Rule::named("{3}".into(), "ping".into()) },
    "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=1|ICMP4=8:*|Name=ping|"
)]
#[case::interface(
    Rule {
        interfaces: vec!["vEthernet (WSL)".to_owned()],
        ..Rule::named("{4}".into(), "WSL".into())
    },
    "v2.31|Action=Allow|Active=TRUE|Dir=In|IF={5D0C0000-6E65-7477-6F72-6B0000000001}|Name=WSL|"
)]
fn is_kept_where_and_as_windows_keeps_it(#[case] rule: Rule, #[case] text: &str) {
    let Machine { firewall, registry, _dir, .. } = machine();
    firewall.store(std::slice::from_ref(&rule)).unwrap();
    let key = KeyPath::machine(
        r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules",
    );
    assert_eq!(registry.get(&key, &rule.name), Some(Value::Sz(text.to_owned())));
    assert_eq!(firewall.rules(), [rule]);
}

#[test]
fn passes_over_values_that_are_no_rule_of_the_model() {
    let Machine { firewall, registry, _dir, .. } = machine();
    for (name, text) in [
        ("form", "Action=Allow|Dir=In|"),
        ("outbound", "v2.31|Action=Allow|Active=TRUE|Dir=Out|Name=x|"),
        ("field", "v2.31|Action=Allow|Active=TRUE|Dir=In|Svc=iphlpsvc|Name=x|"),
        ("program", "v2.31|Action=Allow|Active=TRUE|Dir=In|App=C:\\app.exe|Name=x|"),
    ] {
        registry.set(&stored::rules_key(), name, Value::Sz(text.to_owned())).unwrap();
    }
    assert_eq!(firewall.rules(), []);
}

#[test]
fn names_are_made_once() {
    let Machine { firewall, _dir, .. } = machine();
    let mut names = Vec::new();
    for _ in 0..3 {
        let name = firewall.fresh_name();
        assert!(!names.contains(&name), "{name}");
        firewall.store(&[Rule::named(name.clone(), "same".to_owned())]).unwrap();
        names.push(name);
    }
    let second = firewall.rules().remove(1);
    firewall.delete(std::slice::from_ref(&second)).unwrap();
    assert_eq!(firewall.fresh_name(), second.name, "a name that is free again");
}

#[rstest]
#[case("8080-80")]
#[case("RPC")]
#[case("65536")]
#[case("")]
fn ports_that_are_none(#[case] text: &str) {
    assert_eq!(Ports::parse(text), None);
}

#[rstest]
#[case("::1")]
#[case("10.0.0.0/33")]
#[case("10.0.0.0/255.0.255.0")]
#[case("10.0.0.9-10.0.0.1")]
#[case("DefaultGateway")]
fn remote_addresses_that_are_none(#[case] text: &str) {
    assert_eq!(Remote::parse_list(text), None);
}
