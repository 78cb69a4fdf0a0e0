//! The signature of a fault: what it breaks, what it leaves alone.

use std::collections::BTreeSet;

use super::{
    Failure, FailureKind, Grids,
    grid::{Grid, Key, State},
    remedy,
};
use crate::{
    outcome::Outcome,
    route::RoutePattern,
    scenario::{PhaseName, Remedy, Signature},
};

/// What a good cell shows, for messages.
pub(super) const GOOD: &str = "good (ok, open or http-2xx)";

/// Judges control, fault and remedies. Without a control and a fault nothing can be compared; that
/// they are missing is told elsewhere.
pub(super) fn judge(signature: &Signature, remedies: &[Remedy], grids: &Grids<'_>) -> Vec<Failure> {
    let (Some(healthy), Some(fault)) =
        (grids.get(&PhaseName::Healthy), grids.get(&PhaseName::Fault))
    else {
        return Vec::new();
    };
    let cured: Vec<(&Remedy, &Grid<'_>)> = remedies
        .iter()
        .filter_map(|it| Some((it, grids.get(&PhaseName::Remedy(it.name.clone()))?)))
        .collect();

    let judged: Vec<&Grid<'_>> =
        [healthy, fault].into_iter().chain(cured.iter().map(|(_, grid)| *grid)).collect();
    let mut failures = uneven(&judged);

    let named = signature.breaks.iter().chain(&signature.keeps);
    let wrong: Vec<Failure> = named.filter_map(|it| wrong_server(*it, healthy)).collect();
    let answered_wrongly: Vec<_> = wrong.iter().filter_map(|failure| failure.route).collect();
    failures.extend(wrong);

    for pattern in signature.breaks.iter().filter(|it| !answered_wrongly.contains(it)) {
        failures.extend(good(*pattern, healthy, FailureKind::BadInControl, &[healthy], &[]));
    }

    let changed = !healthy.equals(fault);
    if changed {
        failures.extend(signature.breaks.iter().filter_map(|it| not_broken(*it, healthy, fault)));
    } else {
        failures.push(
            Failure::new(
                FailureKind::FaultChangesNothing,
                "the fault changes nothing: every cell of fault is as in healthy",
            )
            .phase(fault.phase)
            .expected("a matrix that differs from healthy")
            .observed("the same matrix"),
        );
    }

    for pattern in &signature.keeps {
        if !answered_wrongly.contains(pattern) {
            failures.extend(good(*pattern, healthy, FailureKind::NotKept, &[healthy], &[]));
        }
        failures.extend(good(*pattern, fault, FailureKind::NotKept, &[healthy, fault], &[]));
        for (remedy, grid) in &cured {
            let story = [healthy, fault, grid];
            failures.extend(good(*pattern, grid, FailureKind::NotKept, &story, &remedy.costs));
        }
    }

    for (remedy, grid) in &cured {
        let case = remedy::Case { remedy, healthy, fault, cured: grid, keeps: &signature.keeps };
        failures.extend(case.judge(changed));
    }
    failures
}

/// Cells that one phase measured and another did not: nothing may pass by being absent.
fn uneven(grids: &[&Grid<'_>]) -> Vec<Failure> {
    let measured = |grid: &Grid<'_>, key: &Key| grid.state(*key) != State::Silent;
    let every: BTreeSet<Key> = grids
        .iter()
        .flat_map(|grid| grid.iter().map(|(key, _)| key).filter(|key| measured(grid, key)))
        .collect();
    let mut failures = Vec::new();
    for grid in grids {
        for key in every.iter().filter(|key| !measured(grid, key)) {
            let (pattern, phase) = (key.pattern(), grid.phase);
            failures.push(
                Failure::new(
                    FailureKind::Unmeasured,
                    format!("`{pattern}` was measured in another phase but not in {phase}"),
                )
                .phase(phase)
                .route(pattern)
                .expected("an outcome, as in the other phases")
                .observed(grid.seen(*key).to_string()),
            );
        }
    }
    failures
}

fn wrong_server(pattern: RoutePattern, healthy: &Grid<'_>) -> Option<Failure> {
    let wrong =
        |key: &Key| healthy.cells(*key).iter().any(|cell| cell.outcome == Outcome::WrongServer);
    let keys: Vec<Key> = healthy.covered(pattern).into_iter().filter(wrong).collect();
    (!keys.is_empty()).then(|| {
        Failure::new(
            FailureKind::WrongServer,
            format!("in healthy, the service that answers `{pattern}` is not the lab's"),
        )
        .phase(healthy.phase)
        .route(pattern)
        .expected("an answer of the lab's service")
        .observed(observed(&keys, healthy))
        .difference(story(&keys, &[healthy]))
    })
}

fn not_broken(pattern: RoutePattern, healthy: &Grid<'_>, fault: &Grid<'_>) -> Option<Failure> {
    let keys = fault.covered(pattern);
    if keys.is_empty() {
        return Some(unmeasured(pattern, fault));
    }
    if keys.iter().any(|key| fault.state(*key) == State::Bad) {
        return None;
    }
    let sentence = format!("the fault does not break `{pattern}`: {}", observed(&keys, fault));
    Some(
        Failure::new(FailureKind::NotBroken, sentence)
            .phase(fault.phase)
            .route(pattern)
            .expected("bad in fault: at least one cell that is not good")
            .observed(observed(&keys, fault))
            .difference(story(&keys, &[healthy, fault])),
    )
}

/// That every cell of a pattern is good in a phase; what `excused` covers is not looked at.
pub(super) fn good(
    pattern: RoutePattern,
    grid: &Grid<'_>,
    kind: FailureKind,
    phases: &[&Grid<'_>],
    excused: &[RoutePattern],
) -> Option<Failure> {
    let keys = grid.covered(pattern);
    if keys.is_empty() {
        return Some(unmeasured(pattern, grid));
    }
    let bad: Vec<Key> = keys
        .into_iter()
        .filter(|key| grid.state(*key) == State::Bad)
        .filter(|key| !excused.iter().any(|cost| cost.covers(key.route, key.tool)))
        .collect();
    if bad.is_empty() {
        return None;
    }
    let (phase, seen) = (grid.phase, observed(&bad, grid));
    let sentence = match kind {
        FailureKind::BadInControl => {
            format!("`{pattern}` is bad before the fault: {seen} in {phase}")
        }
        FailureKind::NotRestored => format!("{phase} does not restore `{pattern}`: {seen}"),
        _ => format!("`{pattern}` does not stay good: {seen} in {phase}"),
    };
    Some(
        Failure::new(kind, sentence)
            .phase(phase)
            .route(pattern)
            .expected(format!("{GOOD} in {phase}"))
            .observed(seen)
            .difference(story(&bad, phases)),
    )
}

pub(super) fn unmeasured(pattern: RoutePattern, grid: &Grid<'_>) -> Failure {
    let phase = grid.phase;
    let sentence = format!("`{pattern}` has no applicable cell in {phase}");
    Failure::new(FailureKind::Unmeasured, sentence)
        .phase(phase)
        .route(pattern)
        .expected("at least one cell that says something")
        .observed("none")
}

/// `curl refused, nc refused`
pub(super) fn observed(keys: &[Key], grid: &Grid<'_>) -> String {
    let cells: Vec<String> =
        keys.iter().map(|key| format!("{} {}", key.tool, grid.seen(*key))).collect();
    cells.join(", ")
}

/// Each cell through the phases: `windows -> wsl-ip curl: http-200 in healthy, refused in fault`.
pub(super) fn story(keys: &[Key], grids: &[&Grid<'_>]) -> Vec<String> {
    let line = |key: &Key| {
        let through: Vec<String> =
            grids.iter().map(|grid| format!("{} in {}", grid.seen(*key), grid.phase)).collect();
        format!("{}: {}", key.pattern(), through.join(", "))
    };
    keys.iter().map(line).collect()
}
