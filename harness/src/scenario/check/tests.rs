use std::path::Path;

use rstest::rstest;

use crate::{
    node::Node,
    scenario::{
        Action, AddressOnRestart, PhaseName, Plan, Restores, Scenario, ScenarioError, ServiceState,
        file,
    },
};

/// A complete fault scenario; the tables below spoil one thing of it each.
const FAULT: &str = r#"schema = 1
kind = "fault"
title = "firewalld rejects the port"
cause = "firewalld-block"
sources = ["article 4.2"]
summary = "The public zone rejects what it does not know."

[service]
listen = "tcp4 0.0.0.0:8080"

[machine]
wsl_address_on_restart = "change"

[[setup]]
on = "windows"
write = { path = '%UserProfile%\.wslconfig', text = "[wsl2]\n" }

[[fault]]
on = "wsl"
run = "systemctl start firewalld"
exit = 3

[[remedy]]
name = "article"
steps = [
  { on = "wsl", run = "firewall-cmd --reload" },
  { on = "wsl", service = { listen = ":8080", state = "restart" } },
]
costs = ["windows -> 127.0.0.1"]

[[remedy]]
name = "stop"
steps = [{ on = "wsl", env = { A = "b" } }, { on = "wsl", service = { state = "stop" } }]
restores = ["windows -> wsl-ip nc"]

[signature]
breaks = ["windows -> wsl-ip curl"]
keeps = ["windows -> wsl-ip ping", "wsl -> localhost"]

[[claim]]
ledger = "1.4"
cells = ["fault: windows -> localhost curl = http-200", "claim/other: wsl -> [::1] nc = refused"]
shows = "not firewalld"
name = "other"
steps = [{ on = "wsl", run = "true" }]

[[probe]]
on = "wsl"
run = "firewall-cmd --state"
phases = ["fault", "remedy/article"]
expect = { exit = 252, first_line = "not running" }
"#;

const SURVEY: &str = r#"schema = 1
kind = "survey"
title = "who listens where"
cause = "relay-dual-stack"
sources = ["article 2.2"]
summary = "Bind forms."

[service]
program = "go-http"
listen = ":8080"

[[case]]
name = "as-is"

[[case]]
name = "loopback"
steps = [{ on = "wsl", service = { listen = "127.0.0.1:8080" } }]

[[claim]]
ledger = "2.2.1"
cells = ["case/as-is: wsl -> localhost curl = http-200"]
shows = "one socket for both families"
"#;

fn parse(text: &str) -> Result<Scenario, Vec<ScenarioError>> {
    file::parse(Path::new("scenarios/demo"), text)
}

/// Replaces `from` in `text` and returns the mistakes, each on one line.
fn spoil(text: &str, from: &str, to: &str) -> Vec<String> {
    assert!(text.contains(from), "the file has no `{from}` to spoil");
    let errors = parse(&text.replacen(from, to, 1)).expect_err("the spoiled file was taken");
    errors.iter().map(ScenarioError::plain).collect()
}

#[test]
fn a_fault_scenario_is_read_whole() {
    let scenario = parse(FAULT).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.cause.slug()), ("demo", "firewalld-block"));
    assert_eq!(scenario.service.as_ref().unwrap().program, "go-http");
    assert!(scenario.machine.localhost_forwarding);
    assert_eq!(scenario.machine.wsl_address_on_restart, AddressOnRestart::Change);
    assert!(matches!(&scenario.setup[0].action, Action::Write { .. }));
    assert_eq!((scenario.setup[0].on, scenario.setup[0].line), (Node::Windows, 14));

    let Plan::Fault { fault, remedies, signature } = &scenario.plan else { panic!("a fault") };
    assert_eq!((fault[0].exit, fault[0].line), (3, 18));
    assert_eq!(remedies[0].restores, Restores::All);
    assert_eq!(remedies[0].steps.iter().map(|it| it.line).collect::<Vec<_>>(), [26, 27]);
    assert_eq!(remedies[0].costs[0].to_string(), "windows -> 127.0.0.1");
    let Action::Service(change) = &remedies[0].steps[1].action else { panic!("a service step") };
    assert_eq!(change.listen.as_ref().map(ToString::to_string).as_deref(), Some(":8080"));
    assert!(change.state == ServiceState::Restart && change.program.is_none());
    assert!(matches!(&remedies[1].restores, Restores::Routes(routes) if routes.len() == 1));
    let Action::Service(change) = &remedies[1].steps[1].action else { panic!("a service step") };
    assert_eq!(change.state, ServiceState::Stop);
    assert_eq!(signature.keeps.len(), 2);

    let claim = &scenario.claims[0];
    assert!(claim.phase.as_ref().is_some_and(|phase| phase.faulted));
    assert_eq!(claim.cells[0].to_string(), "fault: windows -> localhost curl = http-200");
    assert_eq!(claim.cells[1].to_string(), "claim/other: wsl -> [::1] nc = refused");
    let probe = &scenario.probes[0];
    assert_eq!(probe.phases, [PhaseName::Fault, PhaseName::Remedy("article".to_owned())]);
    assert_eq!((probe.exit, probe.first_line.as_deref()), (252, Some("not running")));
}

#[test]
fn a_survey_is_read_whole() {
    let scenario = parse(SURVEY).unwrap();
    let names: Vec<_> = scenario.phases().iter().map(|phase| phase.name.to_string()).collect();
    assert_eq!(names, ["case/as-is", "case/loopback"]);
}

#[rstest]
#[case::unknown_field("title =", "titel =", "3:1: unknown field `titel` (did you mean `title`?")]
#[case::unknown_step_field("exit = 3", "exits = 3", "21:1: unknown field `exits`")]
#[case::unknown_machine_key("wsl_address_on_restart", "mtu", "12:1: unknown field `mtu`")]
#[case::machine_word("\"change\"", "\"chance\"", "12:26: unknown variant `chance` (did you mean")]
#[case::missing_field("title = \"firewalld rejects the port\"\n", "", "1:1: missing field `title`")]
#[case::wrong_type("exit = 3", "exit = \"3\"", "21:8: invalid type")]
#[case::kind(
    "kind = \"fault\"",
    "kind = \"fautl\"",
    "2:8: unknown kind `fautl` (did you mean `fault`"
)]
#[case::cause(
    "firewalld-block",
    "firewall-block",
    "4:9: unknown cause `firewall-block` (did you mean `firewalld-block`"
)]
#[case::empty_title("\"firewalld rejects the port\"", "\" \"", "3:9: `title` is empty")]
#[case::two_line_title("\"firewalld rejects the port\"", "\"a\\nb\"", "3:9: `title` is one line")]
#[case::empty_summary(
    "\"The public zone rejects what it does not know.\"",
    "\"\"",
    "6:11: `summary` is empty"
)]
#[case::no_sources("[\"article 4.2\"]", "[]", "5:11: no source is named")]
#[case::empty_source("[\"article 4.2\"]", "[\"\"]", "5:12: `sources` is empty")]
#[case::listen(
    "tcp4 0.0.0.0:8080",
    "tcp4 [::]:8080",
    "9:10: tcp4 cannot listen on the IPv6 `[::]` (write `[NETWORK ]HOST:PORT`"
)]
#[case::listen_port("tcp4 0.0.0.0:8080", "0.0.0.0:80800", "9:10: `80800` is not a port (1-65535)")]
#[case::program("[service]\n", "[service]\nprogram = \"../x\"\n", "9:11: bad program `../x`")]
#[case::node(
    "on = \"windows\"",
    "on = \"widows\"",
    "15:6: unknown node `widows` (did you mean `windows`?"
)]
#[case::lost_action(
    "run = \"systemctl start firewalld\"\nexit = 3",
    "",
    "18:1: a step is exactly one of `run`, `write`, `service`, `env`; this one has none"
)]
#[case::two_actions(
    "exit = 3",
    "env = { A = \"b\" }",
    "18:1: a step is exactly one of `run`, `write`, `service`, `env`; this one has run and env"
)]
#[case::exit_without_run(
    "{ A = \"b\" } }",
    "{ A = \"b\" }, exit = 1 }",
    "33:50: this step has no exit code"
)]
#[case::empty_run("\"systemctl start firewalld\"", "\"\"", "20:7: `run` is empty")]
#[case::empty_path("'%UserProfile%\\.wslconfig'", "''", "16:18: `path` is empty")]
#[case::empty_env("{ A = \"b\" }", "{}", "33:30: `env` names no variable")]
#[case::bad_variable(
    "{ A = \"b\" }",
    "{ \"A=\" = \"b\" }",
    "33:30: `A=` is not the name of a variable"
)]
#[case::state("\"restart\"", "\"reload\"", "27:55: unknown service state `reload`")]
#[case::stop_with_listen("\"restart\"", "\"stop\"", "27:38: a service that stops has none")]
#[case::remedy_name(
    "\"article\"\nsteps",
    "\"The article\"\nsteps",
    "24:8: bad remedy name `The article` (a name has only"
)]
#[case::remedy_twice(
    "name = \"stop\"",
    "name = \"article\"",
    "32:8: two remedies are named `article`; the first on line 24"
)]
#[case::cost(
    "windows -> 127.0.0.1",
    "windows > 127.0.0.1",
    "29:10: `windows > 127.0.0.1` is not a route"
)]
#[case::restores_word(
    "[\"windows -> wsl-ip nc\"]",
    "\"windows -> wsl-ip nc\"",
    "34:12: `restores` is `all` or a list of routes, not `windows -> wsl-ip nc` (write restores = ["
)]
#[case::restores_nothing(
    "[\"windows -> wsl-ip nc\"]",
    "[]",
    "34:12: a remedy restores at least one route"
)]
#[case::restores_route(
    "windows -> wsl-ip nc",
    "windows -> wslip nc",
    "34:13: unknown target `wslip` (did you mean `wsl-ip`?"
)]
#[case::restores_type("[\"windows -> wsl-ip nc\"]", "1", "34:12: invalid type: integer `1`")]
#[case::tool(
    "wsl-ip curl\"]",
    "wsl-ip crul\"]",
    "37:11: unknown tool `crul` (did you mean `curl`?"
)]
#[case::missing_breaks(
    "breaks = [\"windows -> wsl-ip curl\"]\n",
    "",
    "36:1: the fault scenario says nothing in `signature.breaks`"
)]
#[case::empty_breaks(
    "[\"windows -> wsl-ip curl\"]",
    "[]",
    "37:10: the fault scenario says nothing in `signature.breaks`"
)]
#[case::contradiction(
    "wsl-ip ping",
    "wsl-ip",
    "38:10: `windows -> wsl-ip` cannot be kept: `windows -> wsl-ip curl` is in `breaks`"
)]
#[case::ledger("\"1.4\"", "\"1.x\"", "41:10: `1.x` is not a claim's number")]
#[case::shows("\"not firewalld\"", "\"\"", "43:9: `shows` is empty")]
#[case::cell_phase(
    "fault: windows ->",
    "remedy/artcle: windows ->",
    "42:10: there is no phase `remedy/artcle` (did you mean `remedy/article`?"
)]
#[case::cell_form(
    "fault: windows -> localhost curl = http-200",
    "windows -> localhost curl",
    "42:10: `windows -> localhost curl` is not a cell"
)]
#[case::cell_no_outcome(
    "localhost curl = http-200",
    "localhost curl",
    "is not a cell with its phase and outcome"
)]
#[case::cell_outcome("= http-200", "= http-2000", "42:10: unknown outcome `http-2000`")]
#[case::cell_empty_outcome("= http-200", "= ", "42:10: unknown outcome ``")]
#[case::cell_tool("localhost curl =", "localhost =", "42:10: `windows -> localhost` names no tool")]
#[case::claim_name("name = \"other\"\n", "", "44:9: a claim with `steps` needs a `name`")]
#[case::claim_steps(
    "steps = [{ on = \"wsl\", run = \"true\" }]",
    "",
    "44:8: a claim with a `name` needs `steps`"
)]
#[case::claim_no_steps(
    "steps = [{ on = \"wsl\", run = \"true\" }]",
    "steps = []",
    "45:9: the claim's own phase has no steps"
)]
#[case::claim_base(
    "name = \"other\"",
    "name = \"other\"\nbase = \"helthy\"",
    "45:8: unknown base `helthy` (did you mean `healthy`?"
)]
#[case::probe_phase(
    "\"remedy/article\"]",
    "\"remedy/none\"]",
    "50:20: there is no phase `remedy/none`"
)]
#[case::probe_no_phase(
    "[\"fault\", \"remedy/article\"]",
    "[]",
    "50:10: the probe runs in no phase"
)]
#[case::probe_expect("exit = 252", "code = 252", "51:12: unknown field `code`")]
fn a_spoiled_fault(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let errors = spoil(FAULT, from, to);
    assert!(
        errors.iter().any(|error| error.contains(expected)),
        "no error has `{expected}`:\n{}",
        errors.join("\n")
    );
    assert!(errors.iter().all(|error| error.starts_with("scenarios/demo/scenario.toml:")));
}

#[rstest]
#[case::fault_step(
    "[[case]]\nname = \"as-is\"",
    "[[fault]]\non = \"wsl\"\nrun = \"true\"\n[[case]]\nname = \"as-is\"",
    "12:1: a survey has no `[[fault]]`"
)]
#[case::signature(
    "[[claim]]",
    "[signature]\nbreaks = []\n[[claim]]",
    "a survey has no `[signature]`"
)]
#[case::remedy(
    "[[claim]]",
    "[[remedy]]\nname = \"a\"\nsteps = []\n[[claim]]",
    "a survey has no `[[remedy]]`"
)]
#[case::duplicate(
    "name = \"loopback\"",
    "name = \"as-is\"",
    "16:8: two cases are named `as-is`; the first on line 13"
)]
#[case::case_name("name = \"loopback\"", "name = \"\"", "16:8: bad case name ``")]
#[case::claim_fault_base(
    "shows",
    "name = \"x\"\nbase = \"fault\"\nsteps = [{ on = \"wsl\", run = \"true\" }]\nshows",
    "a survey has no fault to start from"
)]
#[case::basis(
    "shows",
    "basis = \"measured\"\nshows",
    "a basis can be lowered only, not made `measured`"
)]
#[case::base_alone("shows", "base = \"healthy\"\nshows", "a `base` without `name` and `steps`")]
#[case::no_cells(
    "[\"case/as-is: wsl -> localhost curl = http-200\"]",
    "[]",
    "a claim has at least one cell"
)]
#[case::healthy(
    "case/as-is: wsl",
    "healthy: wsl",
    "there is no phase `healthy` (one of case/as-is, case/loopback)"
)]
fn a_spoiled_survey(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let errors = spoil(SURVEY, from, to);
    assert!(errors.iter().any(|error| error.contains(expected)), "{}", errors.join("\n"));
}

#[test]
fn a_fault_needs_all_its_parts() {
    let errors = spoil(SURVEY, "\"survey\"", "\"fault\"").join("\n");
    for part in ["no `[[case]]`", "no `[[fault]]`", "no `[[remedy]]`", "`signature.breaks`"] {
        assert!(errors.contains(part), "`{part}` is not in\n{errors}");
    }
}

#[test]
fn a_survey_needs_a_case() {
    let without = SURVEY.split("[[case]]").next().unwrap();
    let errors = parse(without).unwrap_err();
    assert!(errors[0].plain().contains("the survey has no `[[case]]`"), "{errors:?}");
}

#[test]
fn mistakes_of_one_file_are_told_at_once_and_in_order() {
    let text = FAULT
        .replace("firewalld-block", "nonsense")
        .replace("wsl-ip nc", "wsl-ip cn")
        .replace("0.0.0.0:8080", "0.0.0.0:0")
        .replace("on = \"windows\"", "on = \"mac\"");
    let errors = parse(&text).unwrap_err();
    let lines: Vec<_> = errors.iter().filter_map(|error| error.position).map(|at| at.0).collect();
    assert_eq!(lines, [4, 9, 15, 34]);
}

#[rstest]
#[case::upper("scenarios/Demo")]
#[case::space("scenarios/a b")]
fn a_directory_that_is_no_name(#[case] dir: &str) {
    let errors = file::parse(Path::new(dir), FAULT).unwrap_err();
    assert!(errors[0].message.contains("is not a scenario's name"), "{errors:?}");
}
