//! The JSON report: a contract. Fields may be added, never changed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    cell::Cell,
    failure::{Failure, FailureKind},
    machine_report::MachineReport,
    route::RoutePattern,
    run_result::{PhaseResult, ProbeResult, RunResult, ScenarioResult, Verdict},
    scenario::PhaseName,
};

/// The version of the report.
pub const SCHEMA: u32 = 1;

/// The report as one JSON document with a final line end. Of several arms, `arm` names all of them
/// and each scenario its own, and `machines` stands for `machine`. Where the shards of an arm ran on
/// machines that differ, both name the first one, and `ran_on` all of them.
///
/// # Errors
/// None is known: every key is a string and every number finite.
pub fn render(runs: &[RunResult]) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Report::from(runs))?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    arm: String,
    wall_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<&'a MachineReport>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    machines: BTreeMap<&'a str, &'a MachineReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ran_on: Vec<RanOnReport<'a>>,
    scenarios: Vec<ScenarioReport<'a>>,
}

#[derive(Serialize)]
struct RanOnReport<'a> {
    arm: &'a str,
    machine: &'a MachineReport,
    scenarios: &'a [String],
}

#[derive(Serialize)]
struct ScenarioReport<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arm: Option<&'a str>,
    cause: &'static str,
    verdict: Verdict,
    reason: Option<&'a str>,
    boot_ms: f64,
    phases: Vec<PhaseReport<'a>>,
    failures: Vec<FailureReport<'a>>,
}

#[derive(Serialize)]
struct PhaseReport<'a> {
    name: &'a PhaseName,
    boot_ms: f64,
    node_boot_ms: BTreeMap<&'static str, f64>,
    ms: f64,
    cells: &'a [Cell],
    probes: Vec<ProbeReport<'a>>,
    log: &'a [String],
}

#[derive(Serialize)]
struct ProbeReport<'a> {
    on: &'static str,
    tool: &'static str,
    run: &'a str,
    exit: i32,
    first_line: &'a str,
    missing: &'a [String],
    output: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct FailureReport<'a> {
    kind: FailureKind,
    phase: Option<&'a PhaseName>,
    route: Option<RoutePattern>,
    message: String,
    expected: &'a str,
    observed: &'a str,
    difference: &'a [String],
}

impl<'a> From<&'a [RunResult]> for Report<'a> {
    fn from(runs: &'a [RunResult]) -> Self {
        let arms: Vec<&str> = runs.iter().map(|run| run.arm.as_str()).collect();
        let several = runs.len() > 1;
        let of_run = |run: &'a RunResult| {
            let arm = several.then_some(run.arm.as_str());
            run.scenarios.iter().map(move |it| ScenarioReport::new(it, arm))
        };
        Report {
            schema: SCHEMA,
            arm: arms.join("+"),
            wall_ms: runs.iter().map(|run| run.wall_ms).sum(),
            machine: runs.first().filter(|_| !several).and_then(machine).map(|(_, it)| it),
            machines: runs.iter().filter(|_| several).filter_map(machine).collect(),
            ran_on: runs.iter().flat_map(ran_on).collect(),
            scenarios: runs.iter().flat_map(of_run).collect(),
        }
    }
}

/// An arm's name and its first machine.
fn machine(run: &RunResult) -> Option<(&str, &MachineReport)> {
    Some((&run.arm, &run.machines.first()?.machine))
}

/// The machines of an arm that has several.
fn ran_on(run: &RunResult) -> impl Iterator<Item = RanOnReport<'_>> {
    let several = run.machines.len() > 1;
    run.machines.iter().filter(move |_| several).map(|it| RanOnReport {
        arm: &run.arm,
        machine: &it.machine,
        scenarios: &it.scenarios,
    })
}

impl<'a> ScenarioReport<'a> {
    fn new(scenario: &'a ScenarioResult, arm: Option<&'a str>) -> Self {
        ScenarioReport {
            name: &scenario.name,
            arm,
            cause: scenario.cause.slug(),
            verdict: scenario.verdict,
            reason: scenario.reason.as_deref(),
            boot_ms: microseconds(scenario.boot_ms),
            phases: scenario.phases.iter().map(Into::into).collect(),
            failures: scenario.failures.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a PhaseResult> for PhaseReport<'a> {
    fn from(phase: &'a PhaseResult) -> Self {
        PhaseReport {
            name: &phase.name,
            boot_ms: microseconds(phase.boot_ms),
            node_boot_ms: phase
                .node_boot_ms
                .iter()
                .map(|(node, ms)| (node.name(), microseconds(*ms)))
                .collect(),
            ms: microseconds(phase.ms),
            cells: &phase.cells,
            probes: phase.probes.iter().map(Into::into).collect(),
            log: &phase.log,
        }
    }
}

impl<'a> From<&'a ProbeResult> for ProbeReport<'a> {
    fn from(probe: &'a ProbeResult) -> Self {
        ProbeReport {
            on: probe.on.name(),
            tool: "command",
            run: &probe.run,
            exit: probe.exit,
            first_line: &probe.first_line,
            missing: &probe.missing,
            output: &probe.output,
            line: probe.line,
        }
    }
}

impl<'a> From<&'a Failure> for FailureReport<'a> {
    fn from(failure: &'a Failure) -> Self {
        FailureReport {
            kind: failure.kind,
            phase: failure.phase.as_ref(),
            route: failure.route,
            message: failure.to_string(),
            expected: &failure.expected,
            observed: &failure.observed,
            difference: &failure.difference,
        }
    }
}

/// Milliseconds with no more digits than a microsecond needs.
fn microseconds(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::verdict::{judge, sample};

    fn report() -> Value {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        phases[1].cells[0].outcome = crate::outcome::Outcome::Timeout;
        let failures = judge(&scenario, &phases);
        let run = RunResult {
            arm: "netns".to_owned(),
            wall_ms: 12,
            scenarios: vec![
                ScenarioResult::judged("sample", scenario.cause, phases, failures),
                ScenarioResult::skip("other", scenario.cause, "no firewalld".to_owned()),
            ],
            machines: vec![],
        };
        serde_json::from_str(&render(&[run]).unwrap()).unwrap()
    }

    #[test]
    fn it_is_the_document_of_the_contract() {
        let report = report();
        assert_eq!(report["schema"], 1);
        assert_eq!(report["arm"], "netns");
        assert_eq!(report["wall_ms"], 12);
        let scenario = &report["scenarios"][0];
        assert_eq!(scenario["cause"], "firewalld-block");
        assert_eq!(scenario["verdict"], "fail");
        assert_eq!(scenario["reason"], Value::Null);
        assert_eq!(scenario["boot_ms"], 8.0);
        let phase = &scenario["phases"][1];
        assert_eq!(phase["name"], "fault");
        assert_eq!(
            phase["cells"][7],
            json!({
                "from": "windows", "to": "wsl-ip", "tool": "curl", "impl": "tool",
                "outcome": "no-route", "via": "direct", "exit_code": 0, "ms": 0.4
            })
        );
        assert_eq!(phase["node_boot_ms"], json!({ "windows": 7.0 }));
        assert_eq!(phase["probes"][0]["tool"], "command");
        assert_eq!(scenario["failures"][0]["kind"], "not-kept");
        assert_eq!(scenario["failures"][0]["route"], "windows -> localhost");
        let skipped = &report["scenarios"][1];
        assert_eq!(
            (&skipped["verdict"], &skipped["reason"]),
            (&json!("skip"), &json!("no firewalld"))
        );
    }

    #[test]
    fn digits_end_at_the_microsecond() {
        assert!((microseconds(7.123_456) - 7.123).abs() < 1e-9);
    }
}
