//! Whether the command probes ended as the scenario says.

use super::{Failure, FailureKind};
use crate::{
    run_result::{PhaseResult, ProbeResult},
    scenario::{CommandProbe, Scenario},
};

pub(super) fn judge(scenario: &Scenario, phases: &[PhaseResult]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for phase in phases {
        let probes = scenario.probes.iter().filter(|probe| probe.runs_in(&phase.name));
        failures.extend(probes.filter_map(|probe| in_phase(probe, phase)));
    }
    failures
}

/// One probe in a phase that it runs in.
pub(super) fn in_phase(probe: &CommandProbe, phase: &PhaseResult) -> Option<Failure> {
    match phase.probes.iter().find(|result| result.line == probe.line) {
        Some(result) => one(probe, result, phase),
        None => {
            let sentence = format!("the command `{}` did not run in {}", probe.run, phase.name);
            Some(
                Failure::new(FailureKind::Unmeasured, sentence)
                    .phase(&phase.name)
                    .expected(format!("exit {}", probe.exit))
                    .observed("no result"),
            )
        }
    }
}

fn one(probe: &CommandProbe, result: &ProbeResult, phase: &PhaseResult) -> Option<Failure> {
    let exit_holds = probe.exit == result.exit;
    let line_holds = probe.first_line.as_ref().is_none_or(|line| *line == result.first_line);
    if exit_holds && line_holds {
        return lacks(result, phase);
    }
    let end = |exit: i32, line: &str| format!("exit {exit} and first line `{line}`");
    let expected = match &probe.first_line {
        Some(line) => end(probe.exit, line),
        None => format!("exit {}", probe.exit),
    };
    let observed = end(result.exit, &result.first_line);
    let sentence = format!(
        "in {}, `{}` on {} ends with {observed}, not {expected}",
        phase.name, probe.run, probe.on
    );
    Some(
        Failure::new(FailureKind::Probe, sentence)
            .phase(&phase.name)
            .expected(expected)
            .observed(observed)
            .difference(vec![format!("[[probe]] on line {} of the scenario", probe.line)]),
    )
}

/// That texts which must stand in the output do not.
fn lacks(result: &ProbeResult, phase: &PhaseResult) -> Option<Failure> {
    if result.missing.is_empty() {
        return None;
    }
    let missing = result.missing.iter().map(|text| format!("`{text}`"));
    let missing = missing.collect::<Vec<_>>().join(" and ");
    let sentence = format!(
        "in {}, `{}` on {} ends as it should, but its output lacks {missing}",
        phase.name, result.run, result.on
    );
    Some(
        Failure::new(FailureKind::Probe, sentence)
            .phase(&phase.name)
            .expected(format!("an output with {missing}"))
            .observed("an output without")
            .difference(result.output.lines().map(|line| format!("said: {line}")).collect()),
    )
}
