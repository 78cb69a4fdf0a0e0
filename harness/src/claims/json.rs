//! Claims for programs: a contract. Fields may be added, never changed.

use serde_json::{Value, json};

use super::{
    checked::Checked,
    register::{Counts, Line, Show},
};

/// The listing as one JSON document with a final line end.
pub fn json(lines: &[Line<'_>], checked: Option<Checked<'_>>) -> String {
    let counts = Counts::of(lines);
    let document = json!({
        "schema": 1,
        "ran": checked.is_some(),
        "claims": lines.iter().map(|line| one(line, checked)).collect::<Vec<_>>(),
        "counts": {
            "measured": counts.measured,
            "modelled": counts.modelled,
            "needs-windows": counts.needs_windows,
            "true": counts.right,
            "partly": counts.partly,
            "false": counts.wrong,
        },
    });
    format!("{document:#}\n")
}

fn one(line: &Line<'_>, checked: Option<Checked<'_>>) -> Value {
    let entry = line.entry;
    json!({
        "number": entry.id,
        "section": entry.section,
        "line": entry.line,
        "claim": entry.claim,
        "verdict": entry.verdict,
        "truth": entry.truth,
        "basis": line.basis(),
        "shown_by": line.shows.iter().map(|show| shown(show, checked)).collect::<Vec<_>>(),
    })
}

fn shown(show: &Show<'_>, checked: Option<Checked<'_>>) -> Value {
    let cells = show.claim.cells.iter().map(|cell| {
        let state = checked.map(|checked| checked.state(show, cell));
        json!({
            "phase": cell.phase.to_string(),
            "cell": cell.shown.to_string(),
            "state": state.as_ref().map(|state| state.word().to_lowercase()),
            "why": state.as_ref().and_then(|state| state.why()),
        })
    });
    json!({
        "scenario": show.scenario.name,
        "shows": show.claim.shows,
        "basis": show.basis,
        "cells": cells.collect::<Vec<_>>(),
    })
}
