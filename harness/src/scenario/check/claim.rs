//! Checks of claims.

use super::{entry, matrix, step};
use crate::{
    route::RoutePattern,
    scenario::{
        Claim, ClaimCell, ClaimPhase, PhaseName, Shown,
        error::Problems,
        located::At,
        raw::{RawClaim, RawProbe, RawScenario},
        words,
    },
};

/// How a cell of a claim is written.
const FORM: &str = "write `PHASE: FROM -> TO TOOL = OUTCOME`, for instance \
                    `fault: windows -> localhost curl = http-200`, or \
                    `PHASE: NODE command PROBE = exit-N`";

pub(super) fn claims(
    raw: &RawScenario,
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Vec<Claim> {
    entry::unique("claims", raw.claim.iter().filter_map(|it| it.value.name.as_ref()), problems);
    raw.claim.iter().filter_map(|claim| one(claim, raw, phases, problems)).collect()
}

fn one(
    raw: &At<RawClaim>,
    file: &RawScenario,
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Option<Claim> {
    let RawClaim { ledger, cells, shows, .. } = &raw.value;
    if crate::ledger::entry(&ledger.value).is_none() {
        let message = format!("`{}` is not a claim's number", ledger.value);
        let help = "a number of docs/facts/LEDGER.md, for instance `4.2.3`";
        problems.add_help(&ledger.span, message, help);
    }
    entry::not_empty(shows, "shows", problems);
    if cells.value.is_empty() {
        problems.add_help(&cells.span, "a claim has at least one cell that shows it", FORM);
    }
    let basis = raw.value.basis.as_ref();
    if let Some(other) = basis.filter(|basis| basis.value != "modelled") {
        let help = "leave it out, or write `modelled`: what is measured follows from the cells";
        let message = format!("a basis can be lowered only, not made `{}`", other.value);
        problems.add_help(&other.span, message, help);
    }
    let phase = own_phase(raw, file.kind.value == "survey", problems);
    let cells = cells.value.iter().filter_map(|it| cell(it, file, phases, problems)).collect();
    Some(Claim {
        ledger: ledger.value.clone(),
        phase: phase?,
        cells,
        shows: shows.value.trim().to_owned(),
        modelled: basis.is_some(),
    })
}

/// The outer `None` is a mistake, the inner one a claim without a phase of its own.
fn own_phase(
    raw: &At<RawClaim>,
    survey: bool,
    problems: &mut Problems,
) -> Option<Option<ClaimPhase>> {
    let RawClaim { name, steps, base, .. } = &raw.value;
    let (name, steps) = match (name, steps) {
        (None, None) => {
            if let Some(base) = base {
                let help = "`base` is what the claim's own phase starts from";
                problems.add_help(&base.span, "a `base` without `name` and `steps`", help);
            }
            return Some(None);
        }
        (Some(name), None) => {
            problems.add(&name.span, "a claim with a `name` needs `steps`: the phase of its own");
            return None;
        }
        (None, Some(steps)) => {
            let help = "its phase is `claim/NAME`";
            problems.add_help(&steps.span, "a claim with `steps` needs a `name`", help);
            return None;
        }
        (Some(name), Some(steps)) => (name, steps),
    };
    if steps.value.is_empty() {
        problems.add(&steps.span, "the claim's own phase has no steps");
    }
    let faulted = match base.as_ref().map(|base| base.value.as_str()) {
        None => Some(!survey),
        Some("healthy") => Some(false),
        Some("fault") if !survey => Some(true),
        Some(other) => {
            let span = base.as_ref().map_or(&raw.span, |base| &base.span);
            if survey && other == "fault" {
                problems.add(span, "a survey has no fault to start from");
            } else {
                let help = words::one_of(other, &["fault", "healthy"]);
                problems.add_help(span, format!("unknown base `{other}`"), help);
            }
            None
        }
    };
    let name = entry::name(name, "claim name", problems);
    let steps = step::steps(&steps.value, problems);
    Some(Some(ClaimPhase { name: name?, faulted: faulted?, steps }))
}

fn cell(
    raw: &At<String>,
    file: &RawScenario,
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Option<ClaimCell> {
    let parts = raw.value.split_once(':').and_then(|(phase, rest)| {
        rest.rsplit_once('=').map(|(pattern, outcome)| (phase, pattern, outcome))
    });
    let Some((phase, pattern, outcome)) = parts else {
        let message = format!("`{}` is not a cell with its phase and outcome", raw.value);
        problems.add_help(&raw.span, message, FORM);
        return None;
    };
    let part = |text: &str| At { value: text.trim().to_owned(), span: raw.span.clone() };
    let phase = entry::phase(&part(phase), phases, problems);
    let words: Vec<&str> = pattern.split_whitespace().collect();
    let shown = match words[..] {
        [node, "command", name] => {
            command(&part(node), name, &part(outcome), phase.as_ref(), file, problems)
        }
        _ => measured(&part(pattern), &part(outcome), file, problems),
    };
    Some(ClaimCell { phase: phase?, shown: shown? })
}

/// A cell of the matrix.
fn measured(
    pattern: &At<String>,
    outcome: &At<String>,
    file: &RawScenario,
    problems: &mut Problems,
) -> Option<Shown> {
    if file.service.is_none() && file.kind.value == "survey" {
        let help = "add `[service]`, or name a command: `PHASE: NODE command PROBE = exit-N`";
        let message = "a survey without `[service]` has no matrix and so no such cell";
        problems.add_help(&pattern.span, message, help);
    }
    let parsed: Option<RoutePattern> = entry::parsed(pattern, problems);
    let outcome = entry::parsed(outcome, problems);
    let RoutePattern { route, tool } = parsed?;
    let Some(tool) = tool else {
        let message = format!("`{route}` names no tool: a claim is about one cell");
        problems.add_help(&pattern.span, message, FORM);
        return None;
    };
    if !matrix::measures(file, route, tool) {
        let message = format!("`{route} {tool}` is not in the `[matrix]` of this survey");
        problems.add_help(&pattern.span, message, "name its route and its tool there");
    }
    Some(Shown::Cell { route, tool, outcome: outcome? })
}

/// A command probe, which runs in that phase and states that exit code itself.
fn command(
    node: &At<String>,
    name: &str,
    outcome: &At<String>,
    phase: Option<&PhaseName>,
    file: &RawScenario,
    problems: &mut Problems,
) -> Option<Shown> {
    let on = entry::node(node, problems);
    let named =
        |probe: &&At<RawProbe>| probe.value.name.as_ref().is_some_and(|it| it.value == name);
    let Some(probe) = file.probe.iter().find(named) else {
        let names = file.probe.iter().filter_map(|it| it.value.name.as_ref());
        let names: Vec<&str> = names.map(|it| it.value.as_str()).collect();
        let help = if names.is_empty() {
            "no `[[probe]]` has a `name`".to_owned()
        } else {
            words::one_of(name, &names)
        };
        problems.add_help(&node.span, format!("there is no probe `{name}`"), help);
        return None;
    };
    let probe = &probe.value;
    let mut wrong = |message: String| problems.add(&node.span, message);
    if probe.on.value != node.value {
        wrong(format!("the probe `{name}` runs on {}, not on {}", probe.on.value, node.value));
    }
    if let (Some(phase), Some(phases)) = (phase, &probe.phases)
        && !phases.value.iter().any(|it| it.value == phase.to_string())
    {
        wrong(format!("the probe `{name}` does not run in {phase}"));
    }
    let exit = probe.expect.exit.unwrap_or(0);
    let stated = outcome.value.strip_prefix("exit-").and_then(|code| code.parse::<i32>().ok());
    match stated {
        None => {
            problems.add_help(&outcome.span, format!("`{}` is no exit code", outcome.value), FORM);
            return None;
        }
        Some(code) if code != exit => {
            wrong(format!("the probe `{name}` states exit {exit}, the claim exit {code}"));
        }
        Some(_) => {}
    }
    Some(Shown::Command { on: on?, probe: name.to_owned(), exit })
}
