//! Two arms held against each other: which cells differ, and which of those are known to, and why.
//!
//! What is known stands in a reviewed list, each entry with its cause. A difference that is not in it
//! is a failure, and so is an entry that the run does not show any more.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    outcome::Via,
    run_result::{PhaseResult, RunResult, Verdict},
};

/// The name of the list, in the directory of scenarios.
pub const FILE_NAME: &str = "parity.toml";

/// Why the list cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ParityError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The list.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is not such a list.
    #[error("{}: {source}", path.display())]
    Syntax {
        /// The list.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

/// The reviewed differences.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    #[serde(default)]
    difference: Vec<Known>,
}

/// A difference that was looked into.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The two arms, the one that is compared with first.
    pub arms: [String; 2],
    /// The scenario.
    pub scenario: String,
    /// The phase.
    pub phase: String,
    /// What is seen: `windows -> wsl-ip curl`, or `wsl command LINE`.
    pub cell: String,
    /// What each arm shows.
    pub shows: [String; 2],
    /// Why.
    pub cause: String,
}

impl Reviewed {
    /// Reads the list of a directory of scenarios; one without a list has no entries.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn load(directory: &Path) -> Result<Reviewed, ParityError> {
        let path = directory.join(FILE_NAME);
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|source| ParityError::Syntax { path, source: Box::new(source) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Reviewed::default()),
            Err(source) => Err(ParityError::Io { path, source }),
        }
    }
}

/// Something that two arms show differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The scenario.
    pub scenario: String,
    /// The phase; empty where it is about all of them.
    pub phase: String,
    /// What is seen.
    pub cell: String,
    /// What each arm shows, in the order of the comparison.
    pub shows: [String; 2],
    /// Why, where it is known.
    pub cause: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { scenario, phase, cell, shows: [first, second], .. } = self;
        let apart = if phase.is_empty() { "" } else { " " };
        write!(f, "{scenario}{apart}{phase}: {cell}: {first} / {second}")
    }
}

/// What a comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parity {
    /// How many cells both arms measured.
    pub cells: usize,
    /// How many have no meaning on one of them, or no tool: nothing is said of those.
    pub silent: usize,
    /// What differs.
    pub differences: Vec<Difference>,
    /// Entries of the list that the run could have shown and did not.
    pub stale: Vec<Known>,
}

impl Parity {
    /// Whether everything that differs is known to, and everything known does.
    pub fn holds(&self) -> bool {
        self.stale.is_empty() && self.differences.iter().all(|it| it.cause.is_some())
    }
}

/// Compares what two arms showed of the same scenarios.
pub fn compare(first: &RunResult, second: &RunResult, reviewed: &Reviewed) -> Parity {
    let (left, right) = (seen(first), seen(second));
    let mut parity = Parity::default();
    let mut keys: Vec<_> = left.keys().chain(right.keys()).collect();
    keys.sort();
    keys.dedup();
    let mut used = Vec::new();
    for key @ (scenario, phase, cell) in keys {
        let (here, there) = (left.get(key), right.get(key));
        if [here, there].contains(&Some(&None)) {
            parity.silent += 1;
            continue;
        }
        let shows = [here, there].map(|shown| match shown {
            Some(Some(text)) => text.clone(),
            _ => "nothing".to_owned(),
        });
        parity.cells += usize::from(left.contains_key(key) && right.contains_key(key));
        if shows[0] == shows[1] {
            continue;
        }
        let known = reviewed.difference.iter().find(|known| {
            known.arms == [first.arm.as_str(), second.arm.as_str()]
                && (&known.scenario, &known.phase, &known.cell) == (scenario, phase, cell)
                && known.shows == shows
        });
        used.extend(known);
        parity.differences.push(Difference {
            scenario: scenario.clone(),
            phase: phase.clone(),
            cell: cell.clone(),
            shows,
            cause: known.map(|known| known.cause.clone()),
        });
    }
    let ran = |name: &str| first.scenarios.iter().any(|scenario| scenario.name == name);
    let about = |known: &&Known| known.arms == [first.arm.as_str(), second.arm.as_str()];
    let listed = reviewed.difference.iter().filter(about);
    let unused = listed.filter(|known| ran(&known.scenario) && !used.contains(known));
    parity.stale = unused.cloned().collect();
    parity
}

/// What is seen, by scenario, phase and cell; `None` where a cell says nothing of its route.
pub(crate) type Seen = BTreeMap<(String, String, String), Option<String>>;

/// What a run shows.
pub(crate) fn seen(run: &RunResult) -> Seen {
    let mut seen = Seen::new();
    for scenario in &run.scenarios {
        // That one arm could not run it is a difference as well.
        if matches!(scenario.verdict, Verdict::Error | Verdict::Skip) {
            let key = (scenario.name.clone(), String::new(), "verdict".to_owned());
            seen.insert(key, Some(scenario.verdict.name().to_owned()));
        }
        for phase in &scenario.phases {
            for (cell, shown) in of_phase(phase) {
                seen.insert((scenario.name.clone(), phase.name.to_string(), cell), shown);
            }
        }
    }
    seen
}

fn of_phase(phase: &PhaseResult) -> Vec<(String, Option<String>)> {
    let mut shown = Vec::new();
    for cell in &phase.cells {
        let via = if cell.via == Via::Proxy { " via proxy" } else { "" };
        let by = cell.implementation.name();
        let name = format!("{} -> {} {}", cell.from, cell.to, cell.tool);
        // Which of the two measured is a part of the name where both did.
        let both =
            phase.cells.iter().filter(|it| it.route() == cell.route() && it.tool == cell.tool);
        let name = if both.count() > 1 { format!("{name} ({by})") } else { name };
        let says = cell.outcome.is_applicable().then(|| format!("{}{via}", cell.outcome));
        shown.push((name, says));
    }
    for probe in &phase.probes {
        let missing = if probe.missing.is_empty() { "" } else { ", something missing" };
        let text = format!("exit {}: {}{missing}", probe.exit, probe.first_line);
        shown.push((format!("{} command {}", probe.on, probe.run), Some(text)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{outcome::Outcome, run_result::ScenarioResult, verdict::sample};

    fn run(arm: &str, change: Option<(usize, Outcome)>) -> RunResult {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        if let Some((cell, outcome)) = change {
            phases[1].cells[cell].outcome = outcome;
        }
        let scenarios = vec![ScenarioResult::judged("sample", scenario.cause, phases, vec![])];
        RunResult { arm: arm.to_owned(), wall_ms: 1, scenarios, machines: vec![] }
    }

    fn reviewed(shows: &str) -> Reviewed {
        toml::from_str(&format!(
            "[[difference]]\narms = ['netns', 'docker']\nscenario = 'sample'\nphase = 'fault'\n\
             cell = 'windows -> localhost curl'\nshows = {shows}\ncause = 'the moon'\n"
        ))
        .unwrap()
    }

    #[test]
    fn two_arms_that_show_the_same_hold() {
        let parity = compare(&run("netns", None), &run("docker", None), &Reviewed::default());
        assert!(parity.holds() && parity.differences.is_empty());
        assert!(parity.cells > 12, "{}", parity.cells);
    }

    #[test]
    fn a_difference_is_named_and_holds_only_with_its_cause() {
        let other = run("docker", Some((3, Outcome::Timeout)));
        let parity = compare(&run("netns", None), &other, &Reviewed::default());
        assert!(!parity.holds());
        let told = parity.differences[0].to_string();
        assert_eq!(told, "sample fault: windows -> localhost curl: http-200 / timeout");

        let known = reviewed("['http-200', 'timeout']");
        let parity = compare(&run("netns", None), &other, &known);
        assert!(parity.holds());
        assert_eq!(parity.differences[0].cause.as_deref(), Some("the moon"));

        let wrong = reviewed("['http-200', 'refused']");
        assert!(!compare(&run("netns", None), &other, &wrong).holds(), "another difference");
    }

    #[test]
    fn a_cell_without_meaning_on_an_arm_is_not_compared() {
        let other = run("windows", Some((3, Outcome::NotApplicable)));
        let all = compare(&run("netns", None), &run("windows", None), &Reviewed::default());
        let parity = compare(&run("netns", None), &other, &Reviewed::default());
        assert!(parity.holds());
        assert_eq!((parity.cells, parity.silent), (all.cells - 1, 1));
    }

    #[test]
    fn an_entry_that_is_not_shown_any_more_does_not_hold() {
        let known = reviewed("['http-200', 'timeout']");
        let parity = compare(&run("netns", None), &run("docker", None), &known);
        assert_eq!(parity.stale.len(), 1);
        assert!(!parity.holds());
        // Of other arms, nothing is said.
        assert!(compare(&run("netns", None), &run("windows", None), &known).holds());
    }

    #[test]
    fn what_one_arm_could_not_run_is_a_difference() {
        let mut other = run("docker", None);
        other.scenarios[0] = ScenarioResult::skip("sample", other.scenarios[0].cause, "x".into());
        let parity = compare(&run("netns", None), &other, &Reviewed::default());
        assert!(parity.differences.iter().any(|it| it.shows == ["nothing", "skip"]));
    }
}
