//! Scenarios made up here, one feature each.

use std::{collections::BTreeMap, path::PathBuf};

use rstest::rstest;

use super::*;
use crate::{
    cause::Cause,
    outcome::Outcome,
    route::Route,
    scenario::{
        Case, Claim, ClaimCell, CommandProbe, Listen, Machine, MatrixChoice, PhaseName, Remedy,
        Service, ServiceChange, ServiceState, ServiceUser, Shown, Signature,
    },
};

fn step(on: Node, action: Action) -> Step {
    Step { on, action, exit: 0, line: 1 }
}

fn run(on: Node, line: &str) -> Step {
    step(on, Action::Run(line.to_owned()))
}

fn survey(steps: Vec<Step>) -> Scenario {
    Scenario {
        name: "x".to_owned(),
        dir: PathBuf::new(),
        title: String::new(),
        cause: Cause::from_slug("dns").unwrap(),
        sources: vec![],
        // Prose is about things, it does not use them.
        summary: "firewalld and tinyproxy are not needed".to_owned(),
        service: Some(service("go-http")),
        machine: Machine::default(),
        matrix: MatrixChoice::default(),
        setup: vec![],
        plan: Plan::Survey { cases: vec![Case { name: "a".to_owned(), steps }] },
        claims: vec![],
        probes: vec![],
    }
}

fn of(scenario: &Scenario) -> BTreeSet<Id> {
    let fixtures = Fixtures::load(&Fixtures::default_root()).unwrap();
    needs([scenario], &fixtures).unwrap().must
}

fn base(more: &[Id]) -> BTreeSet<Id> {
    [Id::UserNamespaces, Id::ProcMount, Id::Go].iter().chain(more).copied().collect()
}

const FIREWALLD: [Id; 3] = [Id::Firewalld, Id::DbusDaemon, Id::DbusSend];

#[rstest]
#[case::nothing(vec![], &[])]
#[case::start(vec![run(Node::Wsl, "systemctl start firewalld")], &FIREWALLD)]
#[case::unit(vec![run(Node::Wsl, "systemctl start firewalld.service")], &FIREWALLD)]
#[case::command(vec![run(Node::Wsl, "sudo firewall-cmd --reload")], &FIREWALLD)]
#[case::from_windows(vec![run(Node::Windows, "wsl.exe -u root -- firewall-cmd --reload")], &FIREWALLD)]
#[case::windows_firewall(vec![run(Node::Windows, "netsh advfirewall firewall show rule")], &[])]
#[case::windows_ping(vec![run(Node::Windows, "ping 127.0.0.1")], &[])]
#[case::real_ping(vec![run(Node::Wsl, "ping -c1 127.0.0.1")], &[Id::Ping])]
#[case::path(vec![run(Node::Wsl, "/usr/sbin/ip link show eth0")], &[Id::Ip])]
#[case::not_a_word(vec![run(Node::Wsl, "echo {wsl-ip} zip curly")], &[])]
#[case::config_file(
    vec![step(Node::Wsl, Action::Write {
        path: "/etc/firewalld/zones/public.xml".to_owned(),
        text: "tinyproxy".to_owned(),
    })],
    &FIREWALLD
)]
#[case::service(
    vec![step(Node::Lan, Action::Service(ServiceChange {
        name: None,
        program: Some("tinyproxy".to_owned()),
        listen: None,
        args: None,
        user: None,
        state: ServiceState::Restart,
    }))],
    &[Id::Tinyproxy]
)]
#[case::environment(
    vec![step(Node::Wsl, Action::Env(BTreeMap::from([("A".to_owned(), "nft".to_owned())])))],
    &[]
)]
fn what_steps_need(#[case] steps: Vec<Step>, #[case] more: &[Id]) {
    assert_eq!(of(&survey(steps.clone())), base(more));
    let setup = Scenario { setup: steps, ..survey(vec![]) };
    assert_eq!(of(&setup), base(more), "likewise in setup");
}

#[test]
fn tools_are_better_not_must() {
    let fixtures = Fixtures::load(&Fixtures::default_root()).unwrap();
    let needs = needs([&survey(vec![])], &fixtures).unwrap();
    assert_eq!(needs.better, BTreeSet::from([Id::Ping, Id::Telnet, Id::Nc, Id::Curl]));
    assert_eq!(needs.all().count(), 7);
}

/// A scenario whose service needs no Go, so that the client's need of it shows.
fn without_go() -> Scenario {
    let mut scenario = survey(vec![]);
    scenario.service = Some(service("tinyproxy"));
    scenario
}

fn pattern(tool: &str) -> RoutePattern {
    format!("wsl -> localhost {tool}").parse().unwrap()
}

fn fault(breaks: &str, restores: Restores, costs: Vec<RoutePattern>) -> Plan {
    let signature = Signature { breaks: vec![pattern(breaks)], keeps: vec![] };
    let remedy = Remedy { name: "r".to_owned(), steps: vec![], restores, costs };
    Plan::Fault { fault: vec![], remedies: vec![remedy], signature }
}

fn claim(tool: Tool) -> Claim {
    let route = Route { from: Node::Wsl, to: "localhost".parse().unwrap() };
    let shown = Shown::Cell { route, tool, outcome: Outcome::Open };
    let cell = ClaimCell { phase: PhaseName::Fault, shown };
    Claim {
        ledger: "1.1".to_owned(),
        phase: None,
        cells: vec![cell],
        shows: String::new(),
        modelled: false,
    }
}

#[rstest]
#[case::nowhere(|_: &mut Scenario| {}, false)]
#[case::claim(|s: &mut Scenario| s.claims = vec![claim(Tool::GoClient)], true)]
#[case::other_claim(|s: &mut Scenario| s.claims = vec![claim(Tool::Curl)], false)]
#[case::breaks(|s: &mut Scenario| s.plan = fault("go-client", Restores::All, vec![]), true)]
#[case::other_breaks(|s: &mut Scenario| s.plan = fault("curl", Restores::All, vec![]), false)]
#[case::restores(
    |s: &mut Scenario| s.plan = fault("nc", Restores::Routes(vec![pattern("go-client")]), vec![]), true
)]
#[case::costs(|s: &mut Scenario| s.plan = fault("nc", Restores::All, vec![pattern("go-client")]), true)]
#[case::probe(|s: &mut Scenario| s.probes = vec![probe("go-client --url http://localhost:8080/")], true)]
#[case::go_itself(|s: &mut Scenario| s.probes = vec![probe("cd /tmp && go version")], true)]
fn go_client_needs_go(#[case] change: fn(&mut Scenario), #[case] needed: bool) {
    let mut scenario = without_go();
    change(&mut scenario);
    assert_eq!(of(&scenario).contains(&Id::Go), needed);
}

fn service(program: &str) -> Service {
    let listen = Listen { network: "tcp4".to_owned(), host: "0.0.0.0".to_owned(), port: 8080 };
    Service { program: program.to_owned(), listen, args: vec![], user: ServiceUser::Root }
}

fn probe(run: &str) -> CommandProbe {
    let run = run.to_owned();
    CommandProbe {
        name: None,
        on: Node::Wsl,
        run,
        phases: vec![],
        exit: 0,
        first_line: None,
        contains: vec![],
        varies: false,
        line: 1,
    }
}

#[rstest]
#[case::nothing(vec![run(Node::Wsl, "cat /dev/null; ip link show dev eth0")], Extras::default())]
#[case::go(vec![run(Node::Wsl, "cd hello && go run main.go")], Extras { go: true, second_user: false })]
#[case::client(vec![run(Node::Wsl, "go-client --url http://localhost/")], Extras::default())]
#[case::sudo(vec![run(Node::Wsl, "sudo -u dev id")], Extras { go: false, second_user: true })]
#[case::sudo_root(vec![run(Node::Wsl, "sudo -u root id")], Extras::default())]
#[case::home(vec![run(Node::Wsl, "cat /home/dev/x")], Extras { go: false, second_user: true })]
#[case::service(
    vec![step(Node::Wsl, Action::Service(ServiceChange {
        name: None,
        program: None,
        listen: None,
        args: None,
        user: Some(ServiceUser::Second),
        state: ServiceState::Restart,
    }))],
    Extras { go: false, second_user: true }
)]
fn what_only_some_guests_have(#[case] steps: Vec<Step>, #[case] expected: Extras) {
    let scenario = survey(steps);
    assert_eq!(extras(&scenario), expected);
    let needs = of(&scenario);
    assert_eq!(needs.contains(&Id::Subids), expected.second_user);
    assert_eq!(needs.contains(&Id::Uidmap), expected.second_user, "with it");
}

#[test]
fn the_own_service_may_be_the_second_users() {
    let mut scenario = survey(vec![]);
    assert_eq!(extras(&scenario), Extras::default());
    scenario.service = Some(Service { user: ServiceUser::Second, ..service("dlv") });
    assert!(extras(&scenario).second_user);
    assert!(of(&scenario).contains(&Id::Dlv));
}

#[test]
fn an_unknown_service_is_an_error() {
    let mut scenario = survey(vec![]);
    scenario.service = Some(service("nginx"));
    let fixtures = Fixtures::load(&Fixtures::default_root()).unwrap();
    let error = needs([&scenario], &fixtures).unwrap_err().to_string();
    assert!(error.contains("unknown service `nginx`"), "{error}");
}
