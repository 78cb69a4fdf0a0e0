//! A reproduction for programs. Fields may be added, never changed.

use serde_json::{Value, json};

use super::{Advice, ReproError, Reproduction, compare::Agreement, fix::Why, tell::commands};
use crate::{
    diagnosis::{Diagnosis, Finding},
    picture::Picture,
    route::RoutePattern,
    scenario::{Scenario, to_toml},
};

/// Schema 1.
pub fn json(made: &Reproduction) -> Value {
    let cells: Vec<Value> = made
        .comparison
        .cells
        .iter()
        .map(|cell| {
            let seen: Vec<Value> = cell
                .seen
                .iter()
                .map(|(tool, outcome)| json!({"tool": tool.name(), "outcome": outcome.to_string()}))
                .collect();
            json!({
                "route": cell.pattern.to_string(),
                "reported": cell.reported.to_string(),
                "seen": seen,
                "agrees": match cell.agrees {
                    Agreement::Same => "same",
                    Agreement::Alike => "alike",
                    Agreement::Differs => "differs",
                },
                "quote": cell.quote,
            })
        })
        .collect();
    let goals: Vec<String> = made
        .comparison
        .goals
        .iter()
        .map(|(route, tool)| RoutePattern { route: *route, tool: Some(*tool) }.to_string())
        .collect();
    let fix = made.fix.cure.as_ref().map(|cure| {
        let remedies: Vec<Value> = cure
            .remedies
            .iter()
            .map(|remedy| {
                let commands = commands::lines(&remedy.steps, &made.reading.picture);
                json!({"from": remedy.from, "cause": remedy.cause.slug(), "commands": commands})
            })
            .collect();
        json!({"remedies": remedies})
    });
    let failed: Vec<Value> = made
        .fix
        .failed
        .iter()
        .map(|(candidate, why)| {
            let (kind, what) = match why {
                Why::StaysBad(cells) => ("stays-bad", texts(cells)),
                Why::Breaks(cells) => ("breaks", texts(cells)),
                Why::CannotBeDone(reason) => ("cannot-be-done", vec![reason.clone()]),
            };
            json!({"from": candidate.from, "why": kind, "what": what})
        })
        .collect();
    let instead: Vec<Value> = made
        .comparison
        .instead
        .iter()
        .map(|(goal, other)| json!({"for": goal.to_string(), "route": other.to_string()}))
        .collect();
    json!({
        "schema": 1,
        "causes": causes(&made.diagnosis),
        "defaults": made.reading.picture.defaults,
        "unmodelled": made.reading.picture.unmodelled,
        "reproduced": made.comparison.came_back(),
        "cells": cells,
        "goals": goals,
        "fix": fix,
        "instead": instead,
        "failed": failed,
        "advice": advice(&made.advice),
        "tried": made.fix.tried,
        "readings": made.readings,
        "scenario": to_toml(&made.reading.scenario).ok(),
    })
}

/// A report of which no lab could be built; `reason` says why.
pub fn json_without_lab(error: &ReproError, catalogue: &[Scenario]) -> Value {
    let ReproError::Nothing { why, diagnosis } = error else {
        return json!({"schema": 1, "reproduced": false, "reason": error.to_string()});
    };
    json!({
        "schema": 1,
        "causes": causes(diagnosis),
        "reproduced": false,
        "reason": why.to_string(),
        "cells": [],
        "goals": [],
        "fix": null,
        "advice": advice(&Advice::of(diagnosis, catalogue, &Picture::default())),
    })
}

fn causes(diagnosis: &Diagnosis) -> Vec<Value> {
    let cause =
        |it: &Finding| json!({"cause": it.cause.slug(), "confidence": it.confidence.name()});
    diagnosis.findings.iter().map(cause).collect()
}

fn advice(advice: &Advice) -> Value {
    let ask: Vec<Value> = advice
        .ask
        .iter()
        .map(|(on, run, shows)| json!({"on": on, "run": run, "shows": shows}))
        .collect();
    json!({
        "cause": advice.cause.map(|cause| cause.slug()),
        "lab": advice.lab,
        "do": advice.steps,
        "ask": ask,
        "scenarios": advice.scenarios,
    })
}

fn texts(patterns: &[RoutePattern]) -> Vec<String> {
    patterns.iter().map(ToString::to_string).collect()
}
