//! Whether the cells of the claims show what the claims say.

use super::{Failure, FailureKind, Grids, grid::Key};
use crate::{
    cell::Cell,
    outcome::Outcome,
    run_result::PhaseResult,
    scenario::{Claim, ClaimCell, PhaseName, Scenario, Shown},
};

pub(super) fn judge(
    scenario: &Scenario,
    phases: &[PhaseResult],
    grids: &Grids<'_>,
) -> Vec<Failure> {
    let cells =
        scenario.claims.iter().flat_map(|claim| claim.cells.iter().map(move |cell| (claim, cell)));
    cells.filter_map(|(claim, cell)| one(scenario, claim, cell, phases, grids)).collect()
}

/// One cell of a claim.
pub(super) fn one(
    scenario: &Scenario,
    claim: &Claim,
    cell: &ClaimCell,
    phases: &[PhaseResult],
    grids: &Grids<'_>,
) -> Option<Failure> {
    match &cell.shown {
        Shown::Cell { route, tool, outcome } => {
            let key = Key { route: *route, tool: *tool };
            measured(claim, &cell.phase, key, *outcome, grids)
        }
        Shown::Command { probe, exit, .. } => {
            command(claim, &cell.phase, probe, *exit, scenario, phases)
        }
    }
}

/// A command's claim holds when the probe ended with that code; what else it must show is judged
/// with the probes.
fn command(
    claim: &Claim,
    phase: &PhaseName,
    name: &str,
    exit: i32,
    scenario: &Scenario,
    phases: &[PhaseResult],
) -> Option<Failure> {
    let phase = phases.iter().find(|it| it.name == *phase)?;
    let probe = scenario.probes.iter().find(|it| it.name.as_deref() == Some(name))?;
    let result = phase.probes.iter().find(|it| it.line == probe.line)?;
    if result.exit == exit {
        return None;
    }
    let sentence = format!(
        "claim {} does not hold: in {}, the command {name} ends with exit {}, not {exit}",
        claim.ledger, phase.name, result.exit
    );
    Some(
        Failure::new(FailureKind::FalseClaim, sentence)
            .phase(&phase.name)
            .expected(format!("exit {exit}"))
            .observed(format!("exit {}", result.exit))
            .difference(vec![format!("claim {}: {}", claim.ledger, claim.shows)]),
    )
}

fn measured(
    claim: &Claim,
    phase: &PhaseName,
    key: Key,
    outcome: Outcome,
    grids: &Grids<'_>,
) -> Option<Failure> {
    // A phase that is missing is told of; its claims add nothing to that.
    let grid = grids.get(phase)?;
    let all = grid.cells(key);
    // One twin that says nothing does not contradict the other.
    let applicable: Vec<&Cell> =
        all.iter().copied().filter(|cell| cell.outcome.is_applicable()).collect();
    let shown: Vec<&Cell> = if applicable.is_empty() { all.to_vec() } else { applicable };
    let pattern = key.pattern();
    let failure = |kind, sentence: String| {
        Failure::new(kind, sentence)
            .phase(phase)
            .route(pattern)
            .expected(outcome.to_string())
            .observed(grid.seen(key).to_string())
            .difference(vec![format!("claim {}: {}", claim.ledger, claim.shows)])
    };
    if shown.is_empty() {
        let sentence =
            format!("claim {} needs `{pattern}` in {phase}, which was not measured", claim.ledger);
        return Some(failure(FailureKind::Unmeasured, sentence));
    }
    if shown.iter().all(|it| it.outcome == outcome) {
        return None;
    }
    let sentence = format!(
        "claim {} does not hold: in {phase}, `{pattern}` is {}, not {outcome}",
        claim.ledger,
        grid.seen(key)
    );
    Some(failure(FailureKind::FalseClaim, sentence))
}
