//! A missing program is a skip that says what to type, or a probe by the twin; never a silent pass.

use crate::support::{
    machine,
    run::{name_of, run_scenarios_by},
};

const NAMES: [&str; 2] = ["firewalld-block", "loopback-bind"];

#[test]
fn what_cannot_run_is_skipped_with_the_command_that_changes_it() {
    if !machine::has(&["go", "firewalld"]) {
        return;
    }
    let run = run_scenarios_by(machine::xtask_without("firewalld"), None, &NAMES)
        .exits(0)
        .tells("skip  firewalld-block  (needs firewalld: ")
        .tells("pass  loopback-bind")
        .prints("1 passed, 1 skipped on netns");
    let skipped = run.scenario("firewalld-block");
    assert_eq!(skipped["verdict"], "skip");
    assert!(skipped["reason"].as_str().unwrap().starts_with("needs firewalld: "), "{run}");
    assert_eq!(skipped["phases"].as_array().map(Vec::len), Some(0));
}

#[test]
fn strict_makes_a_skip_a_failure() {
    if machine::has(&["go", "firewalld"]) {
        run_scenarios_by(machine::xtask_without("firewalld"), None, &["--strict", NAMES[0]])
            .exits(1)
            .prints("firewalld-block was skipped")
            .prints("1 skipped on netns");
    }
}

#[test]
fn without_go_nothing_runs_and_nothing_passes() {
    if machine::has(&["go"]) {
        run_scenarios_by(machine::xtask_without("go"), None, &[])
            .exits(0)
            .tells("skip  loopback-bind  (needs go: ")
            .prints("skipped on netns");
    }
}

#[test]
fn the_twin_measures_where_a_tool_is_missing() {
    if !machine::has(&["go", "nc", "curl"]) {
        return;
    }
    let run = run_scenarios_by(machine::xtask_without("curl"), None, &["loopback-bind"]).exits(0);
    for cell in run.cells("loopback-bind", "fault") {
        let measured_by = match cell["tool"].as_str() {
            Some("curl") => "native",
            Some("nc") => "tool",
            _ => continue,
        };
        assert_eq!(cell["impl"], measured_by, "{}", name_of(cell));
    }
}
