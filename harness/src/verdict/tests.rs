use rstest::rstest;

use super::{FailureKind, judge, sample};
use crate::{
    node::Node,
    outcome::{Outcome, Via},
    route::RoutePattern,
    run_result::{PhaseResult, ProbeResult},
    tool::Impl,
};

/// The phases, with `outcome` at every cell of `pattern` in `phase`.
fn with(
    mut results: Vec<PhaseResult>,
    phase: &str,
    pattern: &str,
    outcome: &str,
) -> Vec<PhaseResult> {
    let pattern: RoutePattern = pattern.parse().unwrap();
    let outcome: Outcome = outcome.parse().unwrap();
    let phase = find(&mut results, phase);
    let cells = phase.cells.iter_mut().filter(|cell| pattern.covers(cell.route(), cell.tool));
    let changed = cells.map(|cell| cell.outcome = outcome).count();
    assert!(changed > 0, "no cell for {pattern}");
    results
}

fn find<'a>(results: &'a mut [PhaseResult], name: &str) -> &'a mut PhaseResult {
    results.iter_mut().find(|phase| phase.name.to_string() == name).unwrap()
}

fn told(text: &str, results: &[PhaseResult]) -> Vec<(FailureKind, String)> {
    let failures = judge(&sample::scenario(text), results);
    failures.iter().map(|failure| (failure.kind, failure.to_string())).collect()
}

fn good_results() -> Vec<PhaseResult> {
    sample::results(&sample::scenario(sample::TEXT))
}

#[test]
fn a_scenario_that_does_as_it_says_passes() {
    assert_eq!(told(sample::TEXT, &good_results()), []);
}

#[rstest]
#[case::not_broken(
    "fault",
    "windows -> wsl-ip nc",
    "open",
    FailureKind::NotBroken,
    "the fault does not break `windows -> wsl-ip nc`: nc open"
)]
#[case::keeps_broken(
    "fault",
    "wsl -> localhost nc",
    "refused",
    FailureKind::NotKept,
    "`wsl -> localhost` does not stay good: nc refused in fault"
)]
#[case::keeps_broken_by_a_remedy(
    "remedy/whole",
    "windows -> localhost curl",
    "timeout",
    FailureKind::NotKept,
    "`windows -> localhost` does not stay good: curl timeout in remedy/whole"
)]
#[case::costs_excuse_only_themselves(
    "remedy/part",
    "wsl -> localhost nc",
    "refused",
    FailureKind::NotKept,
    "`wsl -> localhost` does not stay good: nc refused in remedy/part"
)]
#[case::restores_all(
    "remedy/whole",
    "windows -> wsl-ip curl",
    "refused",
    FailureKind::NotRestored,
    "remedy/whole restores all, but not `windows -> wsl-ip curl`: curl refused"
)]
#[case::restores_route(
    "remedy/part",
    "windows -> wsl-ip curl",
    "http-502",
    FailureKind::NotRestored,
    "remedy/part does not restore `windows -> wsl-ip curl`: curl http-502"
)]
#[case::undeclared_cost(
    "remedy/whole",
    "windows -> wsl-ip telnet",
    "refused",
    FailureKind::UndeclaredCost,
    "remedy/whole breaks `windows -> wsl-ip telnet` (refused), which is not among its `costs`"
)]
#[case::wrong_server(
    "healthy",
    "windows -> wsl-ip curl",
    "wrong-server",
    FailureKind::WrongServer,
    "in healthy, the service that answers `windows -> wsl-ip curl` is not the lab's"
)]
#[case::bad_in_control(
    "healthy",
    "windows -> wsl-ip curl",
    "http-500",
    FailureKind::BadInControl,
    "`windows -> wsl-ip curl` is bad before the fault: curl http-500 in healthy"
)]
#[case::claim(
    "fault",
    "windows -> localhost curl",
    "http-204",
    FailureKind::FalseClaim,
    "claim 1.4 does not hold: in fault, `windows -> localhost curl` is http-204, not http-200"
)]
#[case::breaks_unmeasured(
    "fault",
    "windows -> wsl-ip nc",
    "no-tool",
    FailureKind::Unmeasured,
    "`windows -> wsl-ip nc` has no applicable cell in fault"
)]
#[case::absent_elsewhere(
    "remedy/whole",
    "windows -> wsl-ip telnet",
    "not-applicable",
    FailureKind::Unmeasured,
    "`windows -> wsl-ip telnet` was measured in another phase but not in remedy/whole"
)]
fn one_wrong_cell(
    #[case] phase: &str,
    #[case] pattern: &str,
    #[case] outcome: &str,
    #[case] kind: FailureKind,
    #[case] sentence: &str,
) {
    let told = told(sample::TEXT, &with(good_results(), phase, pattern, outcome));
    assert!(told.contains(&(kind, sentence.to_owned())), "{told:#?}");
}

#[test]
fn a_fault_without_effect_is_told_once_and_alone() {
    let mut results = good_results();
    let fault = sample::phase("fault", &[]).cells;
    find(&mut results, "fault").cells = fault;
    let results = with(results, "remedy/part", "windows -> wsl-ip nc", "open");
    let told = told(sample::TEXT, &results);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].0, FailureKind::FaultChangesNothing);
    assert!(told[0].1.starts_with("the fault changes nothing"));
}

#[test]
fn a_remedy_without_effect_is_told_as_that() {
    let mut results = good_results();
    let fault = find(&mut results, "fault").cells.clone();
    find(&mut results, "remedy/whole").cells = fault;
    let told = told(sample::TEXT, &results);
    let expected = (FailureKind::RemedyChangesNothing, "remedy `whole` changes nothing".to_owned());
    assert_eq!(told, [expected]);
}

#[test]
fn a_false_cost_is_told() {
    let mut results = good_results();
    find(&mut results, "remedy/part").cells =
        sample::phase("remedy/part", &[("windows -> wsl-ip nc", "no-route")]).cells;
    let expected = "`windows -> localhost` is among the `costs` of remedy/part, \
                    which does not break it";
    assert_eq!(told(sample::TEXT, &results), [(FailureKind::FalseCost, expected.to_owned())]);
}

#[test]
fn a_route_that_was_never_broken_cannot_be_restored() {
    let text = sample::TEXT.replace(
        "restores = [\"windows -> wsl-ip curl\"]",
        "restores = [\"windows -> wsl-ip ping\"]",
    );
    let told = told(&text, &good_results());
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].0, FailureKind::NothingToRestore);
}

#[test]
fn a_cell_that_was_bad_in_the_control_is_no_cost_and_need_not_be_restored() {
    let mut results = good_results();
    for phase in ["healthy", "fault", "remedy/whole", "remedy/part"] {
        results = with(results, phase, "windows -> wsl-ip telnet", "timeout");
    }
    assert_eq!(told(sample::TEXT, &results), []);
}

#[test]
fn what_only_the_fault_made_good_is_no_cost_of_a_remedy() {
    let mut results = good_results();
    for phase in ["healthy", "remedy/whole", "remedy/part"] {
        results = with(results, phase, "windows -> wsl-ip telnet", "timeout");
    }
    assert_eq!(told(sample::TEXT, &results), []);
}

#[test]
fn a_claim_holds_only_when_both_twins_show_it() {
    let mut results = good_results();
    let fault = find(&mut results, "fault");
    let curl: RoutePattern = "windows -> localhost curl".parse().unwrap();
    let mut twin = fault.cells.iter().find(|it| curl.covers(it.route(), it.tool)).unwrap().clone();
    (twin.implementation, twin.outcome) = (Impl::Native, Outcome::Http(204));
    fault.cells.push(twin);
    let kinds: Vec<_> = told(sample::TEXT, &results).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [FailureKind::FalseClaim, FailureKind::Disagreement]);
}

#[test]
fn a_missing_phase_is_told() {
    let mut results = good_results();
    results.retain(|phase| phase.name.to_string() != "remedy/part");
    let expected = "the phase remedy/part has no result".to_owned();
    assert_eq!(told(sample::TEXT, &results), [(FailureKind::PhaseMissing, expected)]);
}

#[test]
fn nothing_measured_at_all_never_passes() {
    let mut results = good_results();
    results.iter_mut().for_each(|phase| phase.cells.clear());
    let kinds: Vec<_> = told(sample::TEXT, &results).into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.contains(&FailureKind::FaultChangesNothing), "{kinds:?}");
    assert!(kinds.iter().filter(|kind| **kind == FailureKind::Unmeasured).count() > 4, "{kinds:?}");
}

#[rstest]
#[case::outcome(Outcome::Refused, Via::Direct, true)]
#[case::via(Outcome::Http(200), Via::Proxy, true)]
#[case::same(Outcome::Http(200), Via::Direct, false)]
#[case::twin_that_cannot(Outcome::NoTool, Via::Direct, false)]
fn twins_agree(#[case] outcome: Outcome, #[case] via: Via, #[case] disagree: bool) {
    let mut results = good_results();
    let healthy = find(&mut results, "healthy");
    let curl: RoutePattern = "wsl -> localhost curl".parse().unwrap();
    let mut twin =
        healthy.cells.iter().find(|it| curl.covers(it.route(), it.tool)).unwrap().clone();
    (twin.implementation, twin.outcome, twin.via) = (Impl::Native, outcome, via);
    healthy.cells.push(twin);
    let told = told(sample::TEXT, &results);
    let found = told.iter().any(|(kind, sentence)| {
        *kind == FailureKind::Disagreement && sentence.contains("`wsl -> localhost curl`")
    });
    assert_eq!(found, disagree, "{told:#?}");
}

#[test]
fn one_bad_twin_makes_a_route_bad() {
    let mut results = good_results();
    let fault = find(&mut results, "fault");
    let nc: RoutePattern = "wsl -> localhost nc".parse().unwrap();
    let mut twin = fault.cells.iter().find(|it| nc.covers(it.route(), it.tool)).unwrap().clone();
    (twin.implementation, twin.outcome) = (Impl::Native, Outcome::Timeout);
    fault.cells.push(twin);
    let told = told(sample::TEXT, &results);
    let expected = "`wsl -> localhost` does not stay good: nc open | timeout in fault";
    assert!(told.contains(&(FailureKind::NotKept, expected.to_owned())), "{told:#?}");
}

#[rstest]
#[case::exit(1, "running", "ends with exit 1 and first line `running`")]
#[case::line(0, "not running", "ends with exit 0 and first line `not running`")]
fn probes_are_checked(#[case] exit: i32, #[case] line: &str, #[case] sentence: &str) {
    let mut results = good_results();
    let probe = &mut find(&mut results, "fault").probes[0];
    (probe.exit, probe.first_line) = (exit, line.to_owned());
    let told = told(sample::TEXT, &results);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].0 == FailureKind::Probe && told[0].1.contains(sentence), "{told:#?}");
}

#[test]
fn a_probe_that_did_not_run_is_told() {
    let mut results = good_results();
    find(&mut results, "fault").probes.clear();
    let expected = "the command `firewall-cmd --state` did not run in fault".to_owned();
    assert_eq!(told(sample::TEXT, &results), [(FailureKind::Unmeasured, expected)]);
}

#[test]
fn a_survey_is_judged_by_claims_probes_and_twins() {
    let text = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
        summary = 's'\n[service]\nlisten = ':1'\n[[case]]\nname = 'a'\n[[claim]]\n\
        ledger = '1.1'\ncells = ['case/a: wsl -> localhost nc = refused', \
        'case/a: lan -> wsl-ip nc = open']\nshows = 's'\n";
    let told = told(text, &[sample::phase("case/a", &[])]);
    let kinds: Vec<_> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [FailureKind::FalseClaim, FailureKind::Unmeasured], "{told:#?}");
}

#[test]
fn a_claim_phase_is_not_judged_by_keeps() {
    let text = format!(
        "{}\n[[claim]]\nledger = '1.5'\nname = 'own'\nsteps = [{{ on = 'wsl', run = 'true' }}]\n\
         cells = ['claim/own: wsl -> localhost nc = refused']\nshows = 's'\n",
        sample::TEXT
    );
    let mut results = good_results();
    results.push(sample::phase("claim/own", &[("wsl -> localhost", "refused")]));
    assert_eq!(told(&text, &results), []);
}

#[test]
fn a_failure_tells_the_cell_through_the_phases() {
    let results = with(good_results(), "remedy/whole", "windows -> wsl-ip curl", "timeout");
    let failures = judge(&sample::scenario(sample::TEXT), &results);
    let failure = failures.iter().find(|it| it.kind == FailureKind::NotRestored).unwrap();
    assert_eq!(failure.expected, "good (ok, open or http-2xx) in remedy/whole");
    assert_eq!(failure.observed, "curl timeout");
    assert_eq!(
        failure.difference,
        ["windows -> wsl-ip curl: http-200 in healthy, no-route in fault, timeout in remedy/whole"]
    );
}

/// A survey of one command, and how it ended.
fn command_results(exit: i32, missing: &[&str]) -> Vec<(FailureKind, String)> {
    let text = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
        summary = 's'\n[[case]]\nname = 'a'\n[[probe]]\nname = 'run'\non = 'wsl'\nrun = 'x'\n\
        expect = { exit = 1, contains = ['go get'] }\n[[claim]]\nledger = '1.1'\n\
        cells = ['case/a: wsl command run = exit-1']\nshows = 's'\n";
    let mut phase = sample::phase("case/a", &[]);
    phase.cells.clear();
    phase.probes.push(ProbeResult {
        line: sample::scenario(text).probes[0].line,
        on: Node::Wsl,
        run: "x".to_owned(),
        exit,
        first_line: String::new(),
        missing: missing.iter().map(|&text| text.to_owned()).collect(),
        output: "said\n".to_owned(),
    });
    told(text, &[phase])
}

#[test]
fn a_claim_by_command_is_checked() {
    assert_eq!(command_results(1, &[]), []);
    let kinds: Vec<_> = command_results(0, &[]).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [FailureKind::FalseClaim, FailureKind::Probe]);
}

#[test]
fn what_an_output_lacks_is_told() {
    let told = command_results(1, &["go get"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == FailureKind::Probe && told[0].1.contains("lacks `go get`"), "{told:?}");
}
