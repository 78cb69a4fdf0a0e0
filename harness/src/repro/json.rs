//! A reproduction for programs. Fields may be added, never changed.

use serde_json::{Value, json};

use super::{Reproduction, compare::Agreement, fix::Why, tell};
use crate::{route::RoutePattern, scenario::to_toml};

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
                let commands = tell::lines(&remedy.steps, &made.picture);
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
    let causes: Vec<Value> = made
        .diagnosis
        .findings
        .iter()
        .map(|it| json!({"cause": it.cause.slug(), "confidence": it.confidence.name()}))
        .collect();
    json!({
        "schema": 1,
        "causes": causes,
        "defaults": made.picture.defaults,
        "unmodelled": made.picture.unmodelled,
        "reproduced": made.comparison.came_back(),
        "cells": cells,
        "goals": goals,
        "fix": fix,
        "failed": failed,
        "tried": made.fix.tried,
        "scenario": to_toml(&made.scenario).ok(),
    })
}

fn texts(patterns: &[RoutePattern]) -> Vec<String> {
    patterns.iter().map(ToString::to_string).collect()
}
