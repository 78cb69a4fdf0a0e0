//! How good the diagnosis is on reports whose cause is known: `fixtures/reports` (real threads) and
//! what was made up for causes that those have not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use serde::Deserialize;

use super::{Confidence, diagnose, engine::Diagnosis};
use crate::evidence::{Evidence, input};

/// What is known of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct Known {
    /// Its cause; empty or `none`: one that no known cause makes, for which nothing is to be named.
    pub cause: String,
    /// Causes that take part.
    #[serde(default)]
    pub also: Vec<String>,
    /// `A`: a report from which the cause can be told; `B`: one that leaves more open; of what was
    /// made up: `learned`, and `held` back while rules were written.
    #[serde(default)]
    pub tier: String,
}

/// How one report fared.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The report's file without its suffix.
    pub name: String,
    /// What is known of it.
    pub known: Known,
    /// The rank of the right cause, from 1; `None`: it is not named.
    pub rank: Option<usize>,
    /// The causes that were named, with how sure.
    pub named: Vec<(String, Confidence)>,
}

impl Scored {
    fn new(name: &str, known: Known, diagnosis: &Diagnosis) -> Scored {
        let named: Vec<(String, Confidence)> = diagnosis
            .findings
            .iter()
            .map(|finding| (finding.cause.slug().to_owned(), finding.confidence))
            .collect();
        let rank = named.iter().position(|(cause, _)| *cause == known.cause).map(|at| at + 1);
        Scored { name: name.to_owned(), known, rank, named }
    }

    /// Whether no known cause is at work, so that nothing is to be named.
    pub fn wants_nothing(&self) -> bool {
        matches!(self.known.cause.as_str(), "" | "none")
    }

    /// Whether the right cause stands first; where there is none: whether nothing is named.
    pub fn is_right(&self) -> bool {
        self.rank == Some(1) || self.wants_nothing() && self.named.is_empty()
    }

    /// Whether a cause is called likely or certain where there is none.
    pub fn over_claims(&self) -> bool {
        self.wants_nothing() && self.named.iter().any(|(_, sure)| *sure > Confidence::Possible)
    }

    /// Whether causes are named where there is none, but none as more than possible.
    pub fn is_half_wrong(&self) -> bool {
        self.wants_nothing() && !self.named.is_empty() && !self.over_claims()
    }

    /// Whether a cause that takes no part is called certain.
    pub fn is_certain_and_wrong(&self) -> bool {
        self.named.iter().any(|(cause, confidence)| {
            *confidence == Confidence::Certain
                && *cause != self.known.cause
                && !self.known.also.contains(cause)
        })
    }
}

/// Why reports could not be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A file could not be read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The index is no JSON of the right form.
    #[error("index.json: {0}")]
    Index(#[from] serde_json::Error),
    /// A report is none.
    #[error("{path}: {error}")]
    Input {
        /// The file.
        path: String,
        /// What is wrong.
        error: input::InputError,
    },
}

/// Diagnoses every report of a directory that its `index.json` knows.
///
/// # Errors
/// A file that cannot be read.
pub fn score(directory: &Path) -> Result<Vec<Scored>, ScoreError> {
    let reports = known(directory)?.into_iter();
    Ok(reports
        .map(|(name, text, known)| Scored::new(&name, known, &diagnose(&Evidence::read(text))))
        .collect())
}

/// The reports of a directory that its `index.json` knows: name, text, and what is known.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn known(directory: &Path) -> Result<Vec<(String, String, Known)>, ScoreError> {
    let mut all = Vec::new();
    for (name, known) in index(directory)? {
        let file = format!("{name}.md");
        let bytes = read(&directory.join(&file))?;
        let text = input::decode(&bytes)
            .map_err(|error| ScoreError::Input { path: file.clone(), error })?;
        all.push((name, text, known));
    }
    Ok(all)
}

/// What is known of the reports of a directory, by their files without the suffix.
///
/// # Errors
/// When there is no `index.json`, or it is none.
pub fn index(directory: &Path) -> Result<BTreeMap<String, Known>, ScoreError> {
    Ok(serde_json::from_slice(&read(&directory.join("index.json"))?)?)
}

fn read(path: &Path) -> Result<Vec<u8>, ScoreError> {
    fs::read(path).map_err(|error| ScoreError::File { path: path.display().to_string(), error })
}

/// A row a report and the shares, as a table.
pub fn table(all: &[Scored]) -> String {
    let mut out = String::new();
    for it in all {
        let missed = if it.is_right() { "0" } else { "-" };
        let rank = it.rank.map_or(missed.to_owned(), |rank| rank.to_string());
        let named: Vec<String> =
            it.named.iter().map(|(cause, sure)| format!("{cause} ({})", sure.name())).collect();
        let wrong = match it {
            it if it.is_certain_and_wrong() => "  CERTAIN AND WRONG",
            it if it.over_claims() => "  OVER-CLAIMED",
            it if it.is_half_wrong() => "  half wrong",
            _ => "",
        };
        let _ = writeln!(
            out,
            "{rank:>2} {} {:<26} {:<26} {}{wrong}",
            it.known.tier,
            it.name,
            it.known.cause,
            named.join(", ")
        );
    }
    let tiers: BTreeSet<&str> = all.iter().map(|it| it.known.tier.as_str()).collect();
    for tier in tiers {
        let rows: Vec<&Scored> = all.iter().filter(|it| it.known.tier == tier).collect();
        let right = rows.iter().filter(|it| it.is_right()).count();
        let _ = writeln!(out, "tier {tier}: {right} of {} right first", rows.len());
    }
    let right = all.iter().filter(|it| it.is_right()).count();
    let wrong = all.iter().filter(|it| it.is_certain_and_wrong()).count();
    let nothing: Vec<&Scored> = all.iter().filter(|it| it.wants_nothing()).collect();
    let quiet = nothing.iter().filter(|it| it.is_right()).count();
    let half = nothing.iter().filter(|it| it.is_half_wrong()).count();
    let over = nothing.iter().filter(|it| it.over_claims()).count();
    let _ = writeln!(
        out,
        "no cause: {quiet} of {} with nothing named, {half} half wrong, {over} over-claimed",
        nothing.len()
    );
    let _ = writeln!(out, "all: {right} of {} right first, {wrong} certain and wrong", all.len());
    out
}
