//! Whether a real tool and its twin saw the same.

use super::{Failure, FailureKind, grid::Grid};
use crate::{cell::Cell, outcome::Via};

/// Every place of a phase where two applicable cells differ in outcome or way. Who cannot measure
/// does not disagree.
pub(super) fn judge(grid: &Grid<'_>) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (key, cells) in grid.iter() {
        let seen: Vec<&Cell> =
            cells.iter().copied().filter(|cell| cell.outcome.is_applicable()).collect();
        let Some((first, rest)) = seen.split_first() else { continue };
        let Some(other) =
            rest.iter().find(|cell| (cell.outcome, cell.via) != (first.outcome, first.via))
        else {
            continue;
        };
        let word = |cell: &Cell| {
            let proxied = if cell.via == Via::Proxy { " via proxy" } else { "" };
            format!("{} {}{proxied}", cell.implementation.name(), cell.outcome)
        };
        let (pattern, phase) = (key.pattern(), grid.phase);
        let (first, other) = (word(first), word(other));
        failures.push(
            Failure::new(
                FailureKind::Disagreement,
                format!("in {phase}, `{pattern}` is seen differently: {first}, {other}"),
            )
            .phase(phase)
            .route(pattern)
            .expected("the same outcome from the real tool and its twin")
            .observed(format!("{first}, {other}")),
        );
    }
    failures
}
