//! The JSON report, a contract, and the cells by which the lab tells the truth.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::Value;

use crate::support::{
    Run, machine,
    run::{name_of, run_scenarios},
};

const NEEDS: [&str; 3] = ["go", "firewalld", "tinyproxy"];

/// One run of the whole catalogue, for every test that only reads.
fn whole() -> Option<&'static Run> {
    static RUN: OnceLock<Option<Run>> = OnceLock::new();
    let run = || machine::has(&NEEDS).then(|| run_scenarios(None, &["--strict"]).exits(0));
    RUN.get_or_init(run).as_ref()
}

/// What each cell shows, by its name.
fn outcomes(cells: &[Value]) -> BTreeMap<String, (&Value, &Value)> {
    cells.iter().map(|cell| (name_of(cell), (&cell["outcome"], &cell["via"]))).collect()
}

#[track_caller]
fn shows(scenario: &str, phase: &str, cell: &str, outcome: &str) {
    if let Some(run) = whole() {
        let cell = run.cell(scenario, phase, cell);
        assert_eq!(cell["outcome"], outcome, "{scenario} {phase}: {cell}");
    }
}

#[test]
fn the_fields_of_schema_1() {
    let Some(run) = whole() else { return };
    assert_eq!(run.report["schema"], 1);
    assert_eq!(run.report["arm"], "netns");
    assert!(run.report["wall_ms"].as_u64().is_some_and(|ms| ms > 0));
    for scenario in run.report["scenarios"].as_array().unwrap() {
        assert!(scenario["name"].is_string() && scenario["cause"].is_string(), "{scenario}");
        assert_eq!(scenario["verdict"], "pass");
        assert_eq!(scenario["reason"], Value::Null);
        assert!(scenario["boot_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{scenario}");
        for phase in scenario["phases"].as_array().unwrap() {
            assert!(phase["name"].is_string(), "{phase}");
            phase["cells"].as_array().unwrap().iter().for_each(a_cell);
        }
    }
}

fn a_cell(cell: &Value) {
    for key in ["from", "to", "tool", "outcome"] {
        assert!(cell[key].as_str().is_some_and(|word| !word.is_empty()), "{key} of {cell}");
    }
    assert!(["tool", "native"].contains(&cell["impl"].as_str().unwrap()), "{cell}");
    assert!(["direct", "proxy"].contains(&cell["via"].as_str().unwrap()), "{cell}");
    assert!(cell["exit_code"].is_i64() || cell["exit_code"].is_null(), "{cell}");
    assert!(cell["ms"].as_f64().is_some_and(|ms| ms >= 0.0), "{cell}");
}

#[test]
fn a_loopback_server_is_refused_at_the_address_and_answers_at_localhost() {
    shows("loopback-bind", "fault", "windows -> wsl-ip curl", "refused");
    shows("loopback-bind", "fault", "windows -> localhost curl", "http-200");
}

#[test]
fn firewalld_rejects_at_the_address_at_once_and_never_at_localhost() {
    for tool in ["telnet", "nc", "curl"] {
        shows("firewalld-block", "fault", &format!("windows -> wsl-ip {tool}"), "no-route");
    }
    shows("firewalld-block", "fault", "windows -> wsl-ip ping", "ok");
    shows("firewalld-block", "fault", "windows -> localhost curl", "http-200");
    if let Some(run) = whole() {
        let cell = run.cell("firewalld-block", "fault", "windows -> wsl-ip curl");
        assert!(cell["ms"].as_f64().unwrap() < 1000.0, "rejected, not dropped: {cell}");
    }
}

#[test]
fn a_stale_rule_accepts_and_never_answers() {
    shows("stale-portproxy", "fault", "windows -> 127.0.0.1 nc", "open");
    shows("stale-portproxy", "fault", "windows -> 127.0.0.1 telnet", "open");
    shows("stale-portproxy", "fault", "windows -> 127.0.0.1 curl", "no-answer");
}

#[test]
fn a_server_on_ipv6_localhost_is_refused_on_ipv4() {
    shows("localhost-ipv6", "fault", "wsl -> 127.0.0.1 curl", "refused");
    shows("localhost-ipv6", "fault", "wsl -> [::1] curl", "http-200");
}

#[test]
fn the_proxy_answers_curl_and_nobody_else() {
    shows("autoproxy", "fault", "wsl -> localhost curl", "proxy-error");
    shows("autoproxy", "fault", "wsl -> localhost nc", "open");
    shows("autoproxy", "fault", "wsl -> localhost go-client", "http-200");
    if let Some(run) = whole() {
        let via = |cell| &run.cell("autoproxy", "fault", cell)["via"];
        assert_eq!(via("wsl -> localhost curl"), "proxy");
        assert_eq!(via("wsl -> localhost nc"), "direct");
    }
}

#[test]
fn one_lab_at_a_time_shows_the_same() {
    let Some(whole) = whole() else { return };
    let alone = run_scenarios(None, &["--jobs", "1", "loopback-bind"]).exits(0);
    for phase in ["healthy", "fault", "remedy/article", "remedy/tcp4"] {
        let cells = |run: &'static Run| outcomes(run.cells("loopback-bind", phase));
        assert_eq!(outcomes(alone.cells("loopback-bind", phase)), cells(whole), "{phase}");
    }
}

#[test]
fn the_twins_show_the_same() {
    let Some(whole) = whole() else { return };
    let native = run_scenarios(None, &["--probes", "native"]).exits(0);
    for scenario in whole.report["scenarios"].as_array().unwrap() {
        let name = scenario["name"].as_str().unwrap();
        for phase in scenario["phases"].as_array().unwrap() {
            let phase = phase["name"].as_str().unwrap();
            let (real, twin) = (whole.cells(name, phase), native.cells(name, phase));
            assert_eq!(outcomes(twin), outcomes(real), "{name} {phase}");
            // Go's client has no twin: it is the lab's own program.
            let mut twins = twin.iter().filter(|cell| cell["tool"] != "go-client");
            assert!(twins.all(|cell| cell["impl"] == "native"), "{name} {phase}");
        }
    }
}

#[test]
fn one_command_measures_both_ways() {
    if machine::has(&["go"]) {
        let both = run_scenarios(None, &["--probes", "both", "loopback-bind"]).exits(0);
        let cells = both.cells("loopback-bind", "fault");
        let by = |who| cells.iter().filter(|cell| cell["impl"] == who).count();
        assert_eq!(by("tool"), by("native"));
    }
}
