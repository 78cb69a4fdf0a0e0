//! Whether what a run showed is what the scenario says: no cell is judged by hand.
//!
//! A route is good in a phase when every applicable cell of it is, bad when one is not; a route
//! without an applicable cell is neither, and a failure of its own.

mod agreement;
mod claims;
mod fault;
pub(crate) mod grid;
mod probes;
mod remedy;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use crate::{
    failure::{Failure, FailureKind},
    run_result::PhaseResult,
    scenario::{Claim, ClaimCell, CommandProbe, PhaseName, Plan, Scenario, Shown},
};
use grid::Grid;

/// Everything that does not hold, in the order of the phases' story: the signature, the remedies,
/// claims, probes, twins. Empty when the scenario passes; its snapshot is compared elsewhere.
pub fn judge(scenario: &Scenario, phases: &[PhaseResult]) -> Vec<Failure> {
    let grids = Grids(phases.iter().map(Grid::new).collect());
    let mut failures = missing_phases(scenario, &grids);
    if let Plan::Fault { remedies, signature, .. } = &scenario.plan {
        failures.extend(fault::judge(signature, remedies, &grids));
    }
    failures.extend(claims::judge(scenario, phases, &grids));
    failures.extend(probes::judge(scenario, phases));
    failures.extend(grids.0.iter().flat_map(agreement::judge));
    failures
}

/// The phases that ran.
struct Grids<'a>(Vec<Grid<'a>>);

impl<'a> Grids<'a> {
    fn get(&self, phase: &PhaseName) -> Option<&Grid<'a>> {
        self.0.iter().find(|grid| grid.phase == phase)
    }
}

/// What of a claim's cell does not hold, for a reader of that claim alone: for a command everything
/// that its probe states.
pub fn claim_cell(
    scenario: &Scenario,
    claim: &Claim,
    cell: &ClaimCell,
    phases: &[PhaseResult],
) -> Option<Failure> {
    let Some(phase) = phases.iter().find(|phase| phase.name == cell.phase) else {
        return Some(missing_phase(&cell.phase));
    };
    let grids = Grids(vec![Grid::new(phase)]);
    let failure = claims::one(scenario, claim, cell, std::slice::from_ref(phase), &grids);
    failure.or_else(|| {
        let Shown::Command { probe, .. } = &cell.shown else { return None };
        let named = |it: &&CommandProbe| it.name.as_deref() == Some(probe);
        scenario.probes.iter().find(named).and_then(|probe| probes::in_phase(probe, phase))
    })
}

fn missing_phases(scenario: &Scenario, grids: &Grids<'_>) -> Vec<Failure> {
    let names = scenario.phases().into_iter().map(|phase| phase.name);
    names.filter(|name| grids.get(name).is_none()).map(|name| missing_phase(&name)).collect()
}

fn missing_phase(name: &PhaseName) -> Failure {
    Failure::new(FailureKind::PhaseMissing, format!("the phase {name} has no result"))
        .phase(name)
        .expected(format!("a matrix of {name}"))
        .observed("none")
}
