//! Claims of the sample, listed and looked up in runs.

use super::*;
use crate::{
    outcome::Outcome,
    run_result::{RunResult, ScenarioResult},
    scenario::Scenario,
    verdict::{judge, sample},
};

fn run(scenario: &Scenario, spoil: bool) -> RunResult {
    let mut phases = sample::results(scenario);
    if spoil {
        // windows -> localhost curl, in fault
        phases[1].cells[3].outcome = Outcome::Refused;
    }
    let failures = judge(scenario, &phases);
    let result = ScenarioResult::judged("sample", scenario.cause, phases, failures);
    RunResult { arm: "netns".to_owned(), wall_ms: 1, scenarios: vec![result], machines: vec![] }
}

fn only(scenario: &Scenario, number: &str) -> Vec<Line<'static>> {
    let scenario: &'static Scenario = Box::leak(Box::new(scenario.clone()));
    let filter = Filter { numbers: vec![number.to_owned()], scenario: None };
    filter.apply(register(&[scenario])).unwrap()
}

#[test]
fn every_claim_is_listed_and_counted() {
    let scenario = sample::scenario(sample::TEXT);
    let lines = register(&[&scenario]);
    let counts = Counts::of(&lines);
    assert_eq!(
        counts.sentence(),
        "104 claims: 0 measured here, 1 modelled, 103 need Windows; article right in 27, partly in \
         36, wrong in 41"
    );
    let told = text(&lines, None, false);
    assert_eq!(told.matches("\nSection ").count(), 12);
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    assert!(told.ends_with("nothing was run: these are the cells that the scenarios state\n"));
    assert!(
        lines.iter().all(|line| !told.contains(&format!("Section {}: \n", line.entry.section)))
    );
}

#[test]
fn a_claim_holds_in_a_run() {
    let scenario = sample::scenario(sample::TEXT);
    let (lines, run) = (only(&scenario, "1.4"), run(&scenario, false));
    assert_eq!(
        text(&lines, Some(Checked(&run)), false),
        "\
What the article says, whether it is so, and what shows it here.

Chapter 1: the failure and its cures
  1.4     false   modelled       \"firewalld blocking 8080 is a cause of Windows
                                 http://localhost:8080 failing.\"
                                 sample: the relay enters over lo
                           holds   fault: windows -> localhost curl = http-200

1 claim: 0 measured here, 1 modelled, 0 need Windows;
article right in 0, partly in 0, wrong in 1
1 cell looked up in this run: 1 hold
"
    );
}

#[test]
fn a_claim_fails_in_a_run_and_says_what_was_seen() {
    let scenario = sample::scenario(sample::TEXT);
    let (lines, run) = (only(&scenario, "1.4"), run(&scenario, true));
    let told = text(&lines, Some(Checked(&run)), true);
    assert!(told.contains("  FAILS   fault: windows -> localhost curl = http-200\n"), "{told}");
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("`windows -> localhost curl` is refused, not http-200"), "{told}");
    assert!(told.ends_with("1 cell looked up in this run: 0 hold, 1 FAIL\n"), "{told}");
    assert!(told.contains("truth: False in NAT"), "{told}");
    let told = json(&lines, Some(Checked(&run)));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["claims"][0]["shown_by"][0]["cells"][0]["state"], "fails");
    assert_eq!(told["claims"][0]["basis"], "modelled");
    assert_eq!(told["counts"]["false"], 1);
}

#[test]
fn what_was_not_run_holds_nothing() {
    let scenario = sample::scenario(sample::TEXT);
    let lines = only(&scenario, "1.4");
    let (show, cell) = (&lines[0].shows[0], &lines[0].shows[0].claim.cells[0]);
    let state = |run: &RunResult| Checked(run).state(show, cell);
    let skip = ScenarioResult::skip("sample", scenario.cause, "needs go: apt\nmore".to_owned());
    let mut result = run(&scenario, false);
    result.scenarios = vec![skip];
    assert_eq!(state(&result), State::NotRun("needs go: apt".to_owned()));
    result.scenarios.clear();
    assert_eq!(state(&result), State::NotRun("not asked for".to_owned()));
    let mut missing = run(&scenario, false);
    missing.scenarios[0].phases.remove(1);
    assert_eq!(state(&missing), State::Fails("the phase fault has no result".to_owned()));
}

#[test]
fn a_command_holds_only_with_everything_that_its_probe_states() {
    let text = sample::TEXT
        .replace("fault: windows -> localhost curl = http-200", "fault: wsl command state = exit-0")
        .replace(
            "run = \"firewall-cmd --state\"",
            "name = \"state\"\nrun = \"firewall-cmd --state\"",
        );
    let scenario = sample::scenario(&text);
    let lines = only(&scenario, "1.4");
    let (show, cell) = (&lines[0].shows[0], &lines[0].shows[0].claim.cells[0]);
    assert_eq!(lines[0].basis(), Basis::Measured);
    let mut result = run(&scenario, false);
    assert_eq!(Checked(&result).state(show, cell), State::Holds);
    result.scenarios[0].phases[1].probes[0].first_line = "not running".to_owned();
    assert!(matches!(Checked(&result).state(show, cell), State::Fails(_)));
    result.scenarios[0].phases[1].probes.clear();
    assert!(matches!(Checked(&result).state(show, cell), State::Fails(_)));
}

#[test]
fn a_filter_takes_sections_numbers_and_scenarios() {
    let scenario = sample::scenario(sample::TEXT);
    let count = |numbers: &[&str], name: Option<&str>| {
        let numbers = numbers.iter().map(|it| (*it).to_owned()).collect();
        let filter = Filter { numbers, scenario: name.map(str::to_owned) };
        filter.apply(register(&[&scenario])).map(|lines| lines.len())
    };
    assert_eq!(count(&[], None), Ok(104));
    assert_eq!(count(&["1"], None), Ok(17));
    assert_eq!(count(&["1.1"], None), Ok(1));
    assert_eq!(count(&["2.4", "1.1"], None), Ok(9));
    assert_eq!(count(&[], Some("sample")), Ok(1));
    assert_eq!(count(&["4"], Some("sample")), Ok(0));
    let error = count(&["2.44"], None).unwrap_err();
    assert_eq!(error.to_string(), "there is no claim `2.44`");
}

#[test]
fn the_page_has_a_row_for_each_claim() {
    let scenario = sample::scenario(sample::TEXT);
    let page = markdown(&register(&[&scenario]));
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    // 13 sections have a head of their own.
    assert_eq!(rows.len(), 104 + 13);
    let bars = |row: &str| row.replace(r"\|", "").matches('|').count();
    assert!(rows.iter().all(|row| bars(row) == 7), "{page}");
    let shown = "[sample](../scenarios/sample): the relay enters over lo<br>\
                 `fault: windows -> localhost curl = http-200` |\n";
    assert!(page.contains(shown), "{page}");
}
