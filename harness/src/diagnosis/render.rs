//! A diagnosis for people.

use std::fmt::Write as _;

use super::engine::{Clue, Confidence, Diagnosis, Finding};
use crate::evidence::Evidence;

/// What is said where nothing fits.
const NOTHING: &str = "nothing here points to a known cause";

/// The diagnosis of a report, with the lines that it rests on.
pub fn render(diagnosis: &Diagnosis, evidence: &Evidence, name: &str) -> String {
    let mut out = format!("{name}\n");
    if diagnosis.findings.is_empty() {
        let _ = writeln!(out, "  {NOTHING}");
    }
    for (at, finding) in diagnosis.findings.iter().enumerate() {
        // The others only matter while the first is not sure; what supports them is enough.
        show(finding, evidence, at == 0, &mut out);
    }
    if !diagnosis.ask.is_empty() {
        let _ = writeln!(out, "\n  this would settle it:");
        for ask in &diagnosis.ask {
            let _ = writeln!(out, "    on {}: {}", ask.on, ask.run);
            let _ = writeln!(out, "      look for {}", ask.shows);
        }
    }
    out
}

fn show(finding: &Finding, evidence: &Evidence, first: bool, out: &mut String) {
    let word = match finding.confidence {
        Confidence::Certain => "certain:",
        Confidence::Likely => "likely:",
        Confidence::Possible => "possible:",
    };
    let _ = writeln!(out, "\n  {word} {}", finding.cause);
    let _ = writeln!(out, "    {}", finding.about);
    let most = if first { usize::MAX } else { 1 };
    for clue in finding.clues.iter().filter(|clue| clue.weight > 0.0).take(most) {
        said(clue, "+", evidence, out);
    }
    for clue in finding.clues.iter().filter(|clue| clue.weight < 0.0).take(most) {
        said(clue, "-", evidence, out);
    }
}

fn said(clue: &Clue, sign: &str, evidence: &Evidence, out: &mut String) {
    let _ = writeln!(out, "    {sign} {}", clue.says);
    let mut lines: Vec<usize> =
        clue.spans.iter().map(|span| evidence.document.line_number(*span)).collect();
    lines.sort_unstable();
    lines.dedup();
    for line in lines.iter().take(4) {
        if let Some(text) = evidence.document.lines().nth(line - 1) {
            let _ = writeln!(out, "      {line:>3} | {}", text.as_str().trim_end());
        }
    }
    if lines.len() > 4 {
        let _ = writeln!(out, "          … and {} more lines", lines.len() - 4);
    }
}
