//! Reports of every format, shards, and `merge`.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    Catalogue, Run, machine,
    run::{run_scenarios, xtask},
};

/// Where reports go.
struct Reports(TempDir);

impl Reports {
    fn new() -> Reports {
        Reports(TempDir::with_prefix("reports-").unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn option(&self, format: &str, name: &str) -> String {
        format!("--report={format}={}", self.path(name).display())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A report with these scenarios and verdicts, as a run writes it.
    fn of(&self, name: &str, arm: &str, scenarios: &[(&str, &str)]) -> String {
        let scenarios: Vec<Value> = scenarios
            .iter()
            .map(|(name, verdict)| {
                serde_json::json!({ "name": name, "cause": "dns", "verdict": verdict,
                    "reason": (*verdict != "pass").then_some("a reason"), "boot_ms": 1.5,
                    "phases": [], "failures": [] })
            })
            .collect();
        let report = serde_json::json!(
            { "schema": 1, "arm": arm, "wall_ms": 100, "scenarios": scenarios });
        fs::write(self.path(name), report.to_string()).unwrap();
        self.path(name).display().to_string()
    }
}

fn merge(arguments: &[String]) -> Run {
    xtask(std::iter::once("merge".to_owned()).chain(arguments.iter().cloned()))
}

fn names(report: &Value) -> Vec<&str> {
    let scenarios = report["scenarios"].as_array().unwrap();
    scenarios.iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn a_run_that_fails_writes_every_report() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good().with("keeps  = [\"windows", "keeps  = [\"lan");
    let catalogue = catalogue.with("lan -> localhost", "lan -> wsl-ip");
    let reports = Reports::new();
    let options = [("junit", "a.xml"), ("md", "a.md"), ("html", "a.html")]
        .map(|(format, name)| reports.option(format, name));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let run = run_scenarios(Some(catalogue.path()), &options).exits(1);
    assert_eq!(run.report["scenarios"][0]["verdict"], "fail");
    for name in ["a.xml", "a.md", "a.html"] {
        let text = reports.read(name);
        for word in ["base", "lan -", "net-unreachable", "cargo xtask run-scenarios base"] {
            assert!(text.contains(word), "no `{word}` in {name}:\n{text}");
        }
    }
}

#[test]
fn shards_of_the_catalogue_merge_into_what_one_run_writes() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    fs::create_dir(catalogue.path().join("other")).unwrap();
    for name in ["scenario.toml", "matrix.snap"] {
        let of = |scenario: &str| catalogue.path().join(scenario).join(name);
        fs::copy(of("base"), of("other")).unwrap();
    }
    let reports = Reports::new();
    let shards = ["1/2", "2/2"].map(|shard| {
        let run = run_scenarios(Some(catalogue.path()), &["--shard", shard]).exits(0);
        let path = reports.path(&shard.replace('/', "-"));
        fs::write(&path, run.report.to_string()).unwrap();
        assert_eq!(names(&run.report).len(), 1, "{shard}");
        path.display().to_string()
    });
    let merged = reports.option("json", "all.json");
    let source = format!("--scenarios={}", catalogue.path().display());
    let [first, second] = shards.clone();
    merge(&[second, first.clone(), merged, "--complete".into(), source.clone()])
        .exits(0)
        .prints("2 passed on netns");
    let merged: Value = serde_json::from_str(&reports.read("all.json")).unwrap();
    assert_eq!(names(&merged), ["base", "other"]);
    let shard: Value = serde_json::from_str(&fs::read_to_string(&shards[0]).unwrap()).unwrap();
    assert_eq!(merged["scenarios"][0], shard["scenarios"][0], "nothing is lost");

    merge(&[first, "--complete".into(), source])
        .exits(3)
        .prints("no report has it: its part of the run did not end");
}

#[test]
fn a_merge_ends_as_the_joined_run_would() {
    let reports = Reports::new();
    let pass = reports.of("pass", "netns", &[("a", "pass")]);
    let skip = reports.of("skip", "netns", &[("b", "skip")]);
    let fail = reports.of("fail", "docker", &[("a", "fail")]);
    let error = reports.of("error", "netns", &[("c", "error")]);
    merge(&[pass.clone(), skip.clone()]).exits(0).prints("1 passed, 1 skipped on netns in 0.2 s");
    merge(&[pass.clone(), skip, "--strict".into()]).exits(1);
    merge(&[pass.clone(), fail.clone()])
        .exits(1)
        .prints("1 passed on netns")
        .prints("repeat it:  cargo xtask run-scenarios a --arm docker");
    merge(&[error, fail, pass]).exits(3);
}

#[test]
fn what_cannot_be_merged_is_bad_input_and_writes_nothing() {
    let reports = Reports::new();
    let first = reports.of("first", "netns", &[("a", "pass"), ("b", "pass")]);
    let second = reports.of("second", "netns", &[("b", "pass")]);
    let written = || reports.option("json", "out.json");
    merge(&[first.clone(), second.clone(), written()])
        .exits(2)
        .tells("b ran twice on netns")
        .tells(&first)
        .tells(&second);
    fs::write(reports.path("cut"), "{\"schema\":1,\n\"arm\":").unwrap();
    let cut = reports.path("cut").display().to_string();
    merge(&[first.clone(), cut.clone(), written()]).exits(2).tells(&cut).tells("at line 2 column");
    merge(&[first, reports.path("none").display().to_string(), written()]).exits(2).tells("none");
    merge(&[]).exits(2);
    assert!(!reports.path("out.json").exists());
}

#[test]
fn a_shard_that_is_none_is_refused() {
    let catalogue = Catalogue::good();
    run_scenarios(Some(catalogue.path()), &["--shard", "0/2"]).exits(2).tells("write N/M");
    run_scenarios(Some(catalogue.path()), &["--shard", "2/2"]).exits(2).tells("2/2 is empty");
}

#[test]
fn parity_takes_reports_in_the_place_of_arms() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    let source = format!("--scenarios={}", catalogue.path().display());
    let reports = Reports::new();
    let mut report = run_scenarios(Some(catalogue.path()), &[]).exits(0).report;
    let path = reports.path("windows.json").display().to_string();
    report["arm"] = "windows".into();
    let cells = report["scenarios"][0]["phases"][1]["cells"].as_array_mut().unwrap();
    cells[0]["outcome"] = "not-applicable".into();
    fs::write(&path, report.to_string()).unwrap();
    let parity = |more: &[&str]| xtask(["parity", &source, "--no-install"].iter().chain(more));
    parity(&["netns", &path])
        .exits(0)
        .prints("netns and windows: 223 cells the same way, 0 differ")
        .prints("; 1 say nothing on one of them");

    let cells = report["scenarios"][0]["phases"][1]["cells"].as_array_mut().unwrap();
    cells[1]["outcome"] = "no-answer".into();
    let other = reports.path("other.json").display().to_string();
    fs::write(&other, report.to_string()).unwrap();
    parity(&[&path, &other]).exits(1).prints("differs  base fault: ").prints(" / no-answer\n");

    let skipped = reports.of("skipped.json", "windows", &[("base", "skip")]);
    parity(&["netns", &skipped]).exits(2).tells("no scenario ran in every report given");
    parity(&["netns", "none.json"]).exits(2).tells("cannot read the report none.json");
    parity(&["netns", "hyperv"]).exits(2).tells("neither an arm (netns, docker");
}
