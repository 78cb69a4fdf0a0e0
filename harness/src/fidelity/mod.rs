//! `docs/FIDELITY.md` and what a real Windows has recorded of it.
//!
//! Every row of the page is a behaviour that the lab models. `docs/fidelity.toml` says by which cells
//! a run on Windows would show it, or why none can. Where such a run and one of the model are at
//! hand, the last column of a row becomes what was seen: `yes`, or where it differs.

mod page;
mod shown_by;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

pub use self::page::{NOT_YET, Page, Row};
use self::shown_by::{Entries, Place};
use crate::{
    machine_report::MachineReport,
    parity,
    run_result::{RunResult, Verdict},
    scenario::Scenario,
};

/// The page, in the project's directory.
pub const PAGE: &str = "docs/FIDELITY.md";
/// What shows its rows.
pub const SHOWN_BY: &str = "docs/fidelity.toml";

/// The arms whose Windows is the model.
const MODELS: [&str; 2] = ["netns", "docker"];
/// The one whose Windows is none.
const WINDOWS: &str = "windows";

/// How many cells that differ a row names.
const NAMED: usize = 3;

/// Between what different builds of Windows showed.
const BETWEEN: &str = "<br>";

/// Why the page cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum FidelityError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The page has a row that is none.
    #[error("{PAGE}, line {line}: {reason}")]
    Page {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The file of what shows rows is not of its form.
    #[error("{}: {source}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// Something in it does not fit the page or the scenarios.
    #[error("{SHOWN_BY}, [{row}]: {reason}")]
    Entry {
        /// The row.
        row: String,
        /// What is wrong.
        reason: String,
    },
}

/// A row that a run has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row.
    pub id: String,
    /// What it is about.
    pub behaviour: String,
    /// How its last column reads now.
    pub windows: String,
}

/// The page with what shows its rows.
#[derive(Debug)]
pub struct Fidelity {
    path: PathBuf,
    page: Page,
    places: Vec<(String, Vec<Place>)>,
}

impl Fidelity {
    /// Reads both files of a project, and holds them against its scenarios and measurements.
    ///
    /// # Errors
    /// When one cannot be read, or a row, an entry and the scenarios do not fit each other.
    pub fn load(project: &Path, scenarios: &[&Scenario]) -> Result<Fidelity, FidelityError> {
        let read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|source| FidelityError::Io { path: path.to_owned(), source })
        };
        let (path, shown_by) = (project.join(PAGE), project.join(SHOWN_BY));
        let page = Page::read(&read(&path)?)?;
        let entries: Entries = toml::from_str(&read(&shown_by)?)
            .map_err(|source| FidelityError::Syntax { path: shown_by, source: Box::new(source) })?;
        let places = shown_by::places(page.rows(), &entries, scenarios)?;
        let places = places.into_iter().map(|(id, places)| (id.to_owned(), places)).collect();
        Ok(Fidelity { path, page, places })
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Which of two runs is a real Windows, beside a model: the model and it. A rehearsal is neither.
    pub fn recording<'a>(
        first: &'a RunResult,
        second: &'a RunResult,
    ) -> Option<(&'a RunResult, &'a RunResult)> {
        let is_model = |run: &RunResult| MODELS.contains(&run.arm.as_str());
        let is_real = |run: &RunResult| {
            let real = |it: &crate::machine_report::RanOn| !it.machine.wine;
            run.arm == WINDOWS && !run.machines.is_empty() && run.machines.iter().all(real)
        };
        match (first, second) {
            (model, real) if is_model(model) && is_real(real) => Some((model, real)),
            (real, model) if is_model(model) && is_real(real) => Some((model, real)),
            _ => None,
        }
    }

    /// Writes what a real Windows showed into the rows, and says which have changed. A row stays as
    /// it was unless each of its cells was seen on both sides, or one of them differs.
    pub fn record(&mut self, model: &RunResult, real: &RunResult) -> Vec<Change> {
        let (expected, observed) = (parity::seen(&sound(model)), parity::seen(&sound(real)));
        let mut changes = Vec::new();
        for (id, places) in &self.places {
            let mut whole = true;
            let mut differs = Vec::new();
            let mut machines: BTreeSet<String> = BTreeSet::new();
            let mut builds = BTreeSet::new();
            for place in places {
                let keys: Vec<_> = expected.keys().filter(|key| place.covers(key)).collect();
                whole &= !keys.is_empty();
                for key in keys {
                    let pair = (expected.get(key), observed.get(key));
                    let ((Some(Some(model)), Some(Some(seen))), Some(machine)) =
                        (pair, real.machine_of(&key.0))
                    else {
                        whole = false;
                        continue;
                    };
                    machines.insert(machine.told());
                    builds.insert(build(machine));
                    if model != seen {
                        let (scenario, phase, cell) = key;
                        differs
                            .push(format!("{scenario} {phase}: {cell}: {seen}, the model {model}"));
                    }
                }
            }
            let machines = machines.into_iter().collect::<Vec<_>>().join("; ");
            let seen = match differs.as_slice() {
                [] if whole => format!("yes: {machines}"),
                [] => continue,
                all => {
                    let named = all[..all.len().min(NAMED)].join("; ");
                    let more = match all.len().saturating_sub(NAMED) {
                        0 => String::new(),
                        more => format!("; and {more} more"),
                    };
                    format!("differs: {named}{more} ({machines})")
                }
            };
            let Some(row) = self.page.rows().iter().find(|row| row.id == *id) else { continue };
            let windows = beside(&row.windows, &seen, &builds);
            if windows != row.windows {
                let behaviour = row.behaviour.clone();
                changes.push(Change { id: id.clone(), behaviour, windows: windows.clone() });
                self.page.set(id, &windows);
            }
        }
        changes
    }

    /// Writes the page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> Result<(), FidelityError> {
        fs::write(&self.path, self.page.text())
            .map_err(|source| FidelityError::Io { path: self.path.clone(), source })
    }
}

/// What of a run can be relied on: not what an error cut short.
fn sound(run: &RunResult) -> RunResult {
    let mut run = run.clone();
    run.scenarios.retain(|it| !matches!(it.verdict, Verdict::Error | Verdict::Skip));
    run
}

/// The build of a machine without its update, as a row names it.
fn build(machine: &MachineReport) -> String {
    let build = machine.build().unwrap_or_default();
    format!("build {}", build.split('.').next().unwrap_or_default())
}

/// What was seen, beside what other builds of Windows showed before; of the same build it is the
/// newer one.
fn beside(before: &str, seen: &str, builds: &BTreeSet<String>) -> String {
    let other = |it: &&str| {
        let same = |build: &String| {
            let rest = it.split_once(build.as_str()).map(|(_, rest)| rest);
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        *it != NOT_YET && !builds.iter().any(same)
    };
    let mut all: Vec<&str> = before.split(BETWEEN).filter(other).collect();
    all.push(seen);
    all.sort_unstable();
    all.join(BETWEEN)
}

#[cfg(test)]
mod tests;
