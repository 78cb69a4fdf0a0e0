//! Reports of several runs joined into what one run would have reported.
//!
//! Shards of an arm become one run of it, arms stay apart. What a shard should have shown and no
//! report has is not forgotten: with the catalogue at hand it becomes an error of its own, since a
//! shard that died reports nothing, and nothing looks like success.

use std::path::{Path, PathBuf};

use miette::Diagnostic;

use crate::{
    machine_report::RanOn,
    report::read::{self, ReadError},
    run_result::{RunResult, ScenarioResult},
    scenario::Scenario,
};

/// Why reports cannot be joined.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum MergeError {
    /// A file is no report.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Read(#[from] ReadError),
    /// A scenario is in two reports, or twice in one.
    #[error(
        "{scenario} ran twice on {arm}: in {} and in {}",
        first.display(), second.display()
    )]
    #[diagnostic(help(
        "shards of one run share no scenario; reports of two machines are merged apart"
    ))]
    Twice {
        /// The scenario.
        scenario: String,
        /// The arm of both.
        arm: String,
        /// The report that has it first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
}

/// Joins the reports in these files: a run for each arm, in the order of their first report, its
/// scenarios by name. The time of a joined run is that of its parts together, its
/// machines are those of all parts, alike ones once.
///
/// # Errors
/// When a file is no report, or a scenario ran twice on one arm.
pub fn files(paths: &[PathBuf]) -> Result<Vec<RunResult>, MergeError> {
    let mut joined: Vec<(RunResult, Vec<&Path>)> = Vec::new();
    for path in paths {
        for run in read::file(path)? {
            join(&mut joined, path, run)?;
        }
    }
    let mut runs: Vec<RunResult> = joined.into_iter().map(|(run, _)| run).collect();
    for run in &mut runs {
        run.scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(runs)
}

/// Adds a run to those of its arm. Beside each run stands the file of each of its scenarios.
fn join<'a>(
    joined: &mut Vec<(RunResult, Vec<&'a Path>)>,
    path: &'a Path,
    run: RunResult,
) -> Result<(), MergeError> {
    let index = match joined.iter().position(|(other, _)| other.arm == run.arm) {
        Some(index) => index,
        None => {
            let arm = run.arm.clone();
            let empty = RunResult { arm, wall_ms: 0, scenarios: vec![], machines: vec![] };
            joined.push((empty, vec![]));
            joined.len() - 1
        }
    };
    let (whole, files) = &mut joined[index];
    whole.wall_ms += run.wall_ms;
    RanOn::join(&mut whole.machines, run.machines);
    for scenario in run.scenarios {
        if let Some(index) = whole.scenarios.iter().position(|it| it.name == scenario.name) {
            return Err(MergeError::Twice {
                scenario: scenario.name,
                arm: run.arm,
                first: files[index].to_owned(),
                second: path.to_owned(),
            });
        }
        whole.scenarios.push(scenario);
        files.push(path);
    }
    Ok(())
}

/// Makes each scenario of the catalogue that a run has no result of an error of that run.
pub fn require_all(runs: &mut [RunResult], catalogue: &[Scenario]) {
    for run in runs {
        for scenario in catalogue {
            if run.scenarios.iter().any(|it| it.name == scenario.name) {
                continue;
            }
            let reason = "no report has it: its part of the run did not end".to_owned();
            let (name, cause) = (&scenario.name, scenario.cause);
            run.scenarios.push(ScenarioResult::error(name, cause, reason, vec![]));
        }
        run.scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::{
        machine_report::sample::machine,
        report::{json, sample},
        run_result::Verdict,
    };

    /// Files with these scenarios of the sample run, by arm.
    fn shards(parts: &[(&str, &[usize])]) -> (TempDir, Vec<PathBuf>) {
        let directory = TempDir::new().unwrap();
        let write = |(number, (arm, indices)): (usize, &(&str, &[usize]))| {
            let whole = sample::run(arm);
            let scenarios = indices.iter().map(|it| whole.scenarios[*it].clone()).collect();
            let path = directory.path().join(format!("{number}.json"));
            write_run(&path, &RunResult { scenarios, ..whole });
            path
        };
        let paths = parts.iter().enumerate().map(write).collect();
        (directory, paths)
    }

    fn write_run(path: &Path, run: &RunResult) {
        fs::write(path, json::render(std::slice::from_ref(run)).unwrap()).unwrap();
    }

    fn names(run: &RunResult) -> Vec<&str> {
        run.scenarios.iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn shards_of_an_arm_become_one_run_by_name() {
        let (_kept, paths) = shards(&[("netns", &[0, 2]), ("netns", &[3, 1])]);
        let runs = files(&paths).unwrap();
        assert_eq!((runs.len(), runs[0].wall_ms), (1, 2 * 1540));
        assert_eq!(names(&runs[0]), ["bad", "broken", "good", "later"]);
        let bad = &runs[0].scenarios[0];
        assert_eq!(bad.failures, sample::run("netns").scenarios[1].failures);
    }

    #[test]
    fn each_shard_keeps_its_machine_and_alike_ones_are_one() {
        let (_kept, paths) =
            shards(&[("windows", &[0]), ("windows", &[1]), ("windows", &[2]), ("windows", &[3])]);
        for (path, update) in paths.iter().zip([7, 8, 7, 7]) {
            let mut run = read::file(path).unwrap().remove(0);
            let scenarios = vec![run.scenarios[0].name.clone()];
            run.machines = vec![RanOn { machine: machine(update), scenarios }];
            write_run(path, &run);
        }
        let runs = files(&paths).unwrap();
        assert_eq!(runs[0].machines.len(), 2);
        assert_eq!(runs[0].machine_of("bad"), Some(&machine(8)));
        for name in ["good", "later", "broken"] {
            assert_eq!(runs[0].machine_of(name), Some(&machine(7)), "{name}");
        }
        // And again, of what was merged.
        let again = paths[0].with_file_name("merged.json");
        write_run(&again, &runs[0]);
        assert_eq!(files(&[again]).unwrap()[0].machines, runs[0].machines);
    }

    #[test]
    fn arms_stay_apart_and_merge_again() {
        let (kept, paths) = shards(&[("netns", &[0]), ("docker", &[0]), ("netns", &[1])]);
        let runs = files(&paths).unwrap();
        let shape: Vec<_> = runs.iter().map(|run| (run.arm.as_str(), names(run))).collect();
        assert_eq!(shape, [("netns", vec!["bad", "good"]), ("docker", vec!["good"])]);

        let again = kept.path().join("merged.json");
        fs::write(&again, json::render(&runs).unwrap()).unwrap();
        let (_other, more) = shards(&[("docker", &[1])]);
        let runs = files(&[again, more[0].clone()]).unwrap();
        assert_eq!(names(&runs[1]), ["bad", "good"]);
    }

    #[test]
    fn the_same_scenario_twice_names_both_files() {
        let (_kept, paths) = shards(&[("netns", &[0, 1]), ("docker", &[1]), ("netns", &[1])]);
        let error = files(&paths).unwrap_err().to_string();
        assert!(error.starts_with("bad ran twice on netns: in "), "{error}");
        assert!(error.contains("0.json and in ") && error.ends_with("2.json"), "{error}");
    }

    #[test]
    fn what_no_shard_reported_is_an_error_of_its_arm() {
        let (_kept, paths) = shards(&[("netns", &[0])]);
        let mut runs = files(&paths).unwrap();
        let mut other = crate::verdict::sample::scenario(crate::verdict::sample::TEXT);
        other.name = "died".to_owned();
        let good = Scenario { name: "good".to_owned(), ..other.clone() };
        require_all(&mut runs, &[other, good]);
        assert_eq!(names(&runs[0]), ["died", "good"]);
        assert_eq!(runs[0].scenarios[0].verdict, Verdict::Error);
        assert_eq!(runs[0].scenarios[1].verdict, Verdict::Pass);
    }
}
