//! A JSON report read back: what `merge` joins, and whoever compares a run that is long over.
//!
//! Fields that this program does not know are left alone, because a later one may add some; a word
//! that it does not know is an error, because it cannot be told what it means.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use miette::Diagnostic;
use serde::Deserialize;

use super::json::SCHEMA;
use crate::{
    cause::Cause,
    cell::Cell,
    failure::{Failure, FailureKind},
    machine_report::{MachineReport, RanOn},
    node::Node,
    route::RoutePattern,
    run_result::{PhaseResult, ProbeResult, RunResult, ScenarioResult, Verdict},
    scenario::PhaseName,
};

/// Why a file is no report.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ReadError {
    /// It cannot be read.
    #[error("cannot read the report {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is not the document of the contract.
    #[error("{} is not a report: {source}", path.display())]
    #[diagnostic(help("a report is what `cargo xtask run-scenarios --report json=PATH` writes"))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// It is one of another schema.
    #[error("{} is a report of schema {schema}; this program reads schema {SCHEMA}", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        schema: u64,
    },
}

/// What a report says, by arm in the order of the report.
///
/// # Errors
/// When it cannot be read, or is not a report of this schema.
pub fn file(path: &Path) -> Result<Vec<RunResult>, ReadError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ReadError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &text)
}

/// The same of a text; `path` is only told.
///
/// # Errors
/// When it is not a report of this schema.
pub fn parse(path: &Path, text: &str) -> Result<Vec<RunResult>, ReadError> {
    let malformed = |source| ReadError::Malformed { path: path.to_owned(), source };
    // First, so that a later schema is called one, whatever else it changed.
    let Head { schema } = serde_json::from_str(text).map_err(malformed)?;
    if schema != u64::from(SCHEMA) {
        return Err(ReadError::Schema { path: path.to_owned(), schema });
    }
    let report: Report = serde_json::from_str(text).map_err(malformed)?;
    Ok(report.into_runs())
}

#[derive(Deserialize)]
struct Head {
    schema: u64,
}

#[derive(Deserialize)]
struct Report {
    arm: String,
    wall_ms: u64,
    machine: Option<MachineReport>,
    #[serde(default)]
    machines: BTreeMap<String, MachineReport>,
    #[serde(default)]
    ran_on: Vec<Shard>,
    scenarios: Vec<Scenario>,
}

/// What ran on one of the machines of an arm.
#[derive(Deserialize)]
struct Shard {
    arm: String,
    machine: MachineReport,
    scenarios: Vec<String>,
}

#[derive(Deserialize)]
struct Scenario {
    name: String,
    arm: Option<String>,
    cause: Slug,
    verdict: Verdict,
    reason: Option<String>,
    boot_ms: f64,
    phases: Vec<Phase>,
    #[serde(default)]
    failures: Vec<FailureEntry>,
}

#[derive(Deserialize)]
struct Phase {
    name: PhaseName,
    #[serde(default)]
    boot_ms: f64,
    #[serde(default)]
    node_boot_ms: BTreeMap<Node, f64>,
    #[serde(default)]
    ms: f64,
    cells: Vec<Cell>,
    #[serde(default)]
    probes: Vec<Probe>,
    #[serde(default)]
    log: Vec<String>,
}

#[derive(Deserialize)]
struct Probe {
    on: Node,
    run: String,
    exit: i32,
    first_line: String,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    output: String,
    #[serde(default)]
    line: usize,
}

#[derive(Deserialize)]
struct FailureEntry {
    kind: FailureKind,
    phase: Option<PhaseName>,
    route: Option<RoutePattern>,
    message: String,
    expected: String,
    observed: String,
    difference: Vec<String>,
}

/// A cause by its slug.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Slug(Cause);

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(slug: String) -> Result<Self, Self::Error> {
        let unknown = || format!("unknown cause `{slug}`; a newer program may know it");
        Cause::from_slug(&slug).map(Slug).ok_or_else(unknown)
    }
}

impl Report {
    /// A run for each arm. The time of a report of several arms stays with the first: it is that
    /// of all of them.
    fn into_runs(mut self) -> Vec<RunResult> {
        let mut runs: Vec<RunResult> = Vec::new();
        let mut wall_ms = self.wall_ms;
        for scenario in self.scenarios {
            let arm = scenario.arm.clone().unwrap_or_else(|| self.arm.clone());
            let result = ScenarioResult::from(scenario);
            match runs.iter_mut().find(|run| run.arm == arm) {
                Some(run) => run.scenarios.push(result),
                None => {
                    let wall_ms = std::mem::take(&mut wall_ms);
                    runs.push(RunResult {
                        arm,
                        wall_ms,
                        scenarios: vec![result],
                        machines: vec![],
                    });
                }
            }
        }
        if runs.is_empty() {
            runs.push(RunResult { arm: self.arm, wall_ms, scenarios: vec![], machines: vec![] });
        }
        for run in &mut runs {
            let shards = self.ran_on.iter().filter(|shard| shard.arm == run.arm);
            run.machines = shards
                .map(|it| RanOn { machine: it.machine.clone(), scenarios: it.scenarios.clone() })
                .collect();
            let only = self.machines.remove(&run.arm).or_else(|| self.machine.take());
            if let Some(machine) = only.filter(|_| run.machines.is_empty()) {
                let scenarios = run.scenarios.iter().map(|it| it.name.clone()).collect();
                run.machines = vec![RanOn { machine, scenarios }];
            }
        }
        runs
    }
}

impl From<Scenario> for ScenarioResult {
    fn from(it: Scenario) -> Self {
        ScenarioResult {
            name: it.name,
            cause: it.cause.0,
            verdict: it.verdict,
            reason: it.reason,
            boot_ms: it.boot_ms,
            phases: it.phases.into_iter().map(Into::into).collect(),
            failures: it.failures.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Phase> for PhaseResult {
    fn from(it: Phase) -> Self {
        PhaseResult {
            name: it.name,
            cells: it.cells,
            probes: it.probes.into_iter().map(Into::into).collect(),
            boot_ms: it.boot_ms,
            node_boot_ms: it.node_boot_ms,
            ms: it.ms,
            log: it.log,
        }
    }
}

impl From<Probe> for ProbeResult {
    fn from(Probe { on, run, exit, first_line, missing, output, line }: Probe) -> Self {
        ProbeResult { line, on, run, exit, first_line, missing, output }
    }
}

impl From<FailureEntry> for Failure {
    fn from(it: FailureEntry) -> Self {
        let mut failure = Failure::new(it.kind, it.message)
            .expected(it.expected)
            .observed(it.observed)
            .difference(it.difference);
        (failure.phase, failure.route) = (it.phase, it.route);
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        machine_report::sample::machine,
        report::{json, sample},
    };

    fn read(text: &str) -> Result<Vec<RunResult>, ReadError> {
        parse(Path::new("shard-1.json"), text)
    }

    #[test]
    fn what_was_written_is_read_and_written_alike() {
        for runs in [vec![sample::run("netns")], vec![sample::run("netns"), sample::run("docker")]]
        {
            let text = json::render(&runs).unwrap();
            let back = read(&text).unwrap();
            assert_eq!(json::render(&back).unwrap(), text);
            assert_eq!(back.len(), runs.len());
            let (old, new) = (&runs[0].scenarios[1], &back[0].scenarios[1]);
            assert_eq!(new.failures, old.failures);
            assert_eq!(new.phases[1].probes, old.phases[1].probes);
        }
    }

    #[test]
    fn the_fields_of_the_first_reports_are_enough() {
        let text = r#"{"schema":1,"arm":"netns","wall_ms":7,"later":true,"scenarios":[{
            "name":"a","cause":"dns","verdict":"pass","reason":null,"boot_ms":0,"phases":[{
            "name":"fault","cells":[{"from":"windows","to":"wsl-ip","tool":"curl","impl":"tool",
            "outcome":"no-route","via":"direct","exit_code":7,"ms":0.4}]}]}]}"#;
        let runs = read(text).unwrap();
        assert_eq!(runs[0].scenarios[0].phases[0].cells[0].exit_code, Some(7));
        assert_eq!(runs[0].wall_ms, 7);
    }

    #[test]
    fn a_machine_stays_with_its_arm() {
        let on = |update, names: &[&str]| RanOn {
            machine: machine(update),
            scenarios: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let one = vec![on(1, &["good", "bad", "later", "broken"])];
        let two = vec![on(1, &["bad"]), on(2, &["good", "later"])];
        for machines in [one, two] {
            let with = |arm: &str| RunResult { machines: machines.clone(), ..sample::run(arm) };
            for runs in [vec![with("windows")], vec![sample::run("netns"), with("windows")]] {
                let text = json::render(&runs).unwrap();
                let back = read(&text).unwrap();
                for (old, new) in runs.iter().zip(&back) {
                    assert_eq!(old.machines, new.machines, "{}", old.arm);
                }
                // What read reports before shards kept their machines still finds one.
                let told: serde_json::Value = serde_json::from_str(&text).unwrap();
                let first =
                    if runs.len() == 1 { &told["machine"] } else { &told["machines"]["windows"] };
                assert_eq!(first["windows"][1], "UBR 0x1");
            }
        }
    }

    #[test]
    fn an_empty_run_keeps_its_arm() {
        let text = r#"{"schema":1,"arm":"windows","wall_ms":0,"scenarios":[]}"#;
        assert_eq!(read(text).unwrap()[0].arm, "windows");
    }

    #[test]
    fn what_is_no_report_is_told_with_its_file() {
        let told = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(
            told(r#"{"schema":2,"runs":[]}"#),
            "shard-1.json is a report of schema 2; this program reads schema 1"
        );
        assert!(told("").starts_with("shard-1.json is not a report: EOF"), "{}", told(""));
        assert!(told(r#"{"a":1}"#).contains("missing field `schema` at line 1"));
        let text = json::render(&[sample::run("netns")]).unwrap();
        let cause = told(&text.replace("firewalld-block", "gremlins"));
        assert!(cause.contains("unknown cause `gremlins`"), "{cause}");
        let outcome = told(&text.replace("\"no-route\"", "\"nowhere\""));
        assert!(outcome.contains("unknown outcome `nowhere`") && outcome.contains(" line "));
        assert!(file(Path::new("/none.json")).unwrap_err().to_string().contains("/none.json"));
    }
}
