use std::path::Path;

use rstest::rstest;

use crate::{
    node::Node,
    scenario::{Scenario, Shown, file},
};

const SURVEY: &str = "schema = 1
kind = 'survey'
title = 'go without go.mod'
cause = 'toolchain'
sources = ['article 3.2']
summary = 'What go says.'

[[case]]
name = 'bare'

[[case]]
name = 'module'

[[probe]]
name   = 'run-file'
on     = 'wsl'
run    = 'go run main.go'
phases = ['case/bare']
expect = { exit = 1, contains = ['no required module', 'go get'] }

[[claim]]
ledger = '3.2.1'
cells  = ['case/bare: wsl command run-file = exit-1']
shows  = 'what go says'
";

fn parse(text: &str) -> Result<Scenario, String> {
    file::parse(Path::new("scenarios/demo"), text)
        .map_err(|errors| errors.iter().map(|it| it.plain()).collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_survey_of_commands_has_no_service_and_claims_by_command() {
    let scenario = parse(SURVEY).unwrap();
    assert!(scenario.service.is_none());
    assert!(crate::matrix::MatrixPlan::of(&scenario).cells().is_empty());
    assert_eq!(scenario.probes[0].contains, ["no required module", "go get"]);
    let cell = &scenario.claims[0].cells[0];
    let shown = Shown::Command { on: Node::Wsl, probe: "run-file".to_owned(), exit: 1 };
    assert_eq!(cell.shown, shown);
    assert_eq!(cell.to_string(), "case/bare: wsl command run-file = exit-1");
}

#[rstest]
#[case::no_such_probe("command run-file", "command run-fil", "there is no probe `run-fil`")]
#[case::other_node("bare: wsl command", "bare: lan command", "runs on wsl, not on lan")]
#[case::other_phase("case/bare: wsl", "case/module: wsl", "`run-file` does not run in case/module")]
#[case::other_code("= exit-1", "= exit-2", "states exit 1, the claim exit 2")]
#[case::no_code("= exit-1", "= refused", "`refused` is no exit code")]
#[case::matrix(
    "wsl command run-file = exit-1",
    "wsl -> localhost nc = open",
    "a survey without `[service]` has no matrix"
)]
#[case::varies(
    "contains = [",
    "first_line = 'x', varies = true, contains = [",
    "a probe whose output varies has no `first_line`"
)]
#[case::name("'run-file'\non", "'run file'\non", "bad probe name")]
#[case::fault("'survey'", "'fault'", "the fault scenario has no `[service]`")]
fn a_bad_one(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    assert!(SURVEY.contains(from), "the file has no `{from}` to spoil");
    let errors = parse(&SURVEY.replacen(from, to, 1)).unwrap_err();
    assert!(errors.contains(says), "{errors}");
}
