//! A diagnosis for programs: `--format json`.

use serde_json::{Value, json as value};

use super::engine::{Clue, Diagnosis, Finding};
use crate::evidence::Evidence;

/// Schema 1; fields may be added, never changed.
pub fn json(diagnosis: &Diagnosis, evidence: &Evidence) -> Value {
    let causes: Vec<Value> =
        diagnosis.findings.iter().map(|finding| cause(finding, evidence)).collect();
    let ask: Vec<Value> = diagnosis
        .ask
        .iter()
        .map(|ask| value!({ "on": ask.on, "run": ask.run, "shows": ask.shows }))
        .collect();
    value!({ "schema": 1, "causes": causes, "ask": ask })
}

fn cause(finding: &Finding, evidence: &Evidence) -> Value {
    let quotes = |clue: &Clue| -> Vec<Value> {
        let line = |span| evidence.document.line_number(span);
        let mut lines: Vec<(usize, &str)> =
            clue.spans.iter().map(|span| (line(*span), evidence.document.quote(*span))).collect();
        lines.dedup();
        lines.into_iter().map(|(line, text)| value!({ "line": line, "text": text })).collect()
    };
    let clue = |clue: &Clue| value!({ "says": clue.says, "quotes": quotes(clue) });
    let (support, against): (Vec<&Clue>, Vec<&Clue>) =
        finding.clues.iter().partition(|clue| clue.weight > 0.0);
    value!({
        "cause": finding.cause.slug(),
        "about": finding.about,
        "confidence": finding.confidence.name(),
        "evidence": support.into_iter().map(clue).collect::<Vec<_>>(),
        "against": against.into_iter().map(clue).collect::<Vec<_>>(),
    })
}
