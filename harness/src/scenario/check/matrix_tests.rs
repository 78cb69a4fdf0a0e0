use std::path::Path;

use rstest::rstest;

use crate::{
    matrix::MatrixPlan,
    scenario::{Scenario, file},
};

const SURVEY: &str = "schema = 1
kind = 'survey'
title = 'who reaches what'
cause = 'loopback-bind'
sources = ['article 2.2']
summary = 'Four servers.'

[service]
listen = ':8080'

[matrix]
routes = ['windows -> [::1]', 'wsl -> localhost:8083']
tools  = ['curl', 'go-client']

[[case]]
name = 'bare'

[[claim]]
ledger = '2.2.4'
cells  = ['case/bare: wsl -> localhost:8083 curl = http-200']
shows  = 'one socket'
";

fn parse(text: &str) -> Result<Scenario, String> {
    file::parse(Path::new("scenarios/demo"), text)
        .map_err(|errors| errors.iter().map(|it| it.plain()).collect::<Vec<_>>().join("\n"))
}

fn cells(text: &str) -> Vec<String> {
    let plan = MatrixPlan::of(&parse(text).unwrap());
    plan.cells().iter().map(|(route, tool)| format!("{route} {tool}")).collect()
}

#[test]
fn a_survey_measures_what_it_names() {
    let named = [
        "windows -> [::1] curl",
        "windows -> [::1] go-client",
        "wsl -> localhost:8083 curl",
        "wsl -> localhost:8083 go-client",
    ];
    assert_eq!(cells(SURVEY), named);
}

#[test]
fn what_it_does_not_name_is_standard() {
    let tools_left_out = SURVEY.replace("tools  = ['curl', 'go-client']\n", "");
    let standard = ["ping", "telnet", "nc", "curl"];
    assert_eq!(cells(&tools_left_out)[..4], standard.map(|it| format!("windows -> [::1] {it}")));

    let (start, end) = (SURVEY.find("routes").unwrap(), SURVEY.find("tools").unwrap());
    let routes_left_out = format!("{}{}", &SURVEY[..start], &SURVEY[end..]);
    // Fourteen standard routes, and the one that the claim names.
    assert_eq!(cells(&routes_left_out).len(), 15 * 2);
}

#[rstest]
#[case::unmeasured_route("8083 curl =", "8084 curl =", "is not in the `[matrix]` of this survey")]
#[case::unmeasured_tool("8083 curl =", "8083 nc =", "is not in the `[matrix]` of this survey")]
#[case::a_cell("[::1]'", "[::1] nc'", "`windows -> [::1] nc` is a cell, not a route")]
#[case::no_route("windows -> [::1]", "windows [::1]", "`windows [::1]` is not a route")]
#[case::no_tool("'go-client'", "'wget'", "unknown tool `wget`")]
#[case::twice("'go-client'", "'curl'", "two tools are named `curl`")]
#[case::none("['curl', 'go-client']", "[]", "`tools` is empty")]
#[case::no_service("[service]\nlisten = ':8080'\n", "", "there is nothing to measure")]
#[case::unknown_key("tools  =", "tool =", "unknown field `tool`")]
fn a_bad_one(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    assert!(SURVEY.contains(from), "the file has no `{from}` to spoil");
    let errors = parse(&SURVEY.replacen(from, to, 1)).unwrap_err();
    assert!(errors.contains(says), "{errors}");
}

#[test]
fn a_fault_is_seen_whole() {
    let fault = crate::verdict::sample::TEXT.replace("[[fault]]", "[matrix]\n[[fault]]");
    let errors = parse(&fault).unwrap_err();
    assert!(errors.contains("a fault is seen in the whole standard matrix"), "{errors}");
    assert!(errors.contains("names neither `routes` nor `tools`"), "{errors}");
}
