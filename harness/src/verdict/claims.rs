//! Whether the cells of the claims show what the claims say.

use super::{Failure, FailureKind, Grids, grid::Key};
use crate::{
    cell::Cell,
    scenario::{Claim, ClaimCell},
};

pub(super) fn judge(claims: &[Claim], grids: &Grids<'_>) -> Vec<Failure> {
    let cells = claims.iter().flat_map(|claim| claim.cells.iter().map(move |cell| (claim, cell)));
    cells.filter_map(|(claim, cell)| one(claim, cell, grids)).collect()
}

fn one(claim: &Claim, cell: &ClaimCell, grids: &Grids<'_>) -> Option<Failure> {
    let key = Key { route: cell.route, tool: cell.tool };
    // A phase that is missing is told of; its claims add nothing to that.
    let grid = grids.get(&cell.phase)?;
    let all = grid.cells(key);
    // One twin that says nothing does not contradict the other.
    let applicable: Vec<&Cell> =
        all.iter().copied().filter(|cell| cell.outcome.is_applicable()).collect();
    let shown: Vec<&Cell> = if applicable.is_empty() { all.to_vec() } else { applicable };
    let pattern = key.pattern();
    let failure = |kind, sentence: String| {
        Failure::new(kind, sentence)
            .phase(&cell.phase)
            .route(pattern)
            .expected(cell.outcome.to_string())
            .observed(grid.seen(key).to_string())
            .difference(vec![format!("claim {}: {}", claim.ledger, claim.shows)])
    };
    if shown.is_empty() {
        let sentence = format!(
            "claim {} needs `{pattern}` in {}, which was not measured",
            claim.ledger, cell.phase
        );
        return Some(failure(FailureKind::Unmeasured, sentence));
    }
    if shown.iter().all(|it| it.outcome == cell.outcome) {
        return None;
    }
    let sentence = format!(
        "claim {} does not hold: in {}, `{pattern}` is {}, not {}",
        claim.ledger,
        cell.phase,
        grid.seen(key),
        cell.outcome
    );
    Some(failure(FailureKind::FalseClaim, sentence))
}
