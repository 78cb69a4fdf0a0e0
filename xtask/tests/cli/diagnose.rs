//! `diagnose`: a report in, causes out; what is no report is exit 2, what fits nothing is exit 0.

use std::{fs, path::PathBuf, time::Instant};

use serde_json::Value;

use crate::support::{Run, run::xtask};

fn reports() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reports")
}

#[track_caller]
fn diagnose(arguments: &[&str]) -> Run {
    xtask(["diagnose"].into_iter().chain(arguments.iter().copied()))
}

#[track_caller]
fn json(text: &str) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("report.md");
    fs::write(&report, text).unwrap();
    let run = diagnose(&[report.to_str().unwrap(), "--format", "json"]).exits(0);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_report_is_quoted_with_its_lines() {
    let report = reports().join("wsl-8963.md");
    let run = diagnose(&[report.to_str().unwrap()]).exits(0);
    let run = run.prints("certain: portproxy-malformed");
    run.prints("9 | 0.0.0.0         30000-50000  172.23.188.236  30000-50000");
}

#[test]
fn the_contract_of_the_json() {
    let found =
        json("Setup: WSL2\n\n- windows 127.0.0.1:8080: refused\n- windows localhost:8080: works\n");
    assert_eq!(found["schema"], 1);
    assert_eq!(found["causes"][0]["cause"], "relay-dual-stack");
    assert_eq!(found["causes"][0]["confidence"], "certain");
    assert!(found["causes"][0]["evidence"][0]["quotes"][0]["line"].is_u64());
    assert!(found["ask"].is_array());
}

#[test]
fn what_fits_nothing_is_no_failure() {
    for text in
        ["", "It was the best of times, it was the worst of times.\n", "# Notes\n\n- a: b\n"]
    {
        assert_eq!(json(text)["causes"], Value::Array(Vec::new()), "{text}");
    }
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("novel.md");
    fs::write(&report, "Call me Ishmael.\n").unwrap();
    diagnose(&[report.to_str().unwrap()]).exits(0).prints("nothing here points to a known cause");
}

#[test]
fn what_is_no_report_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let binary = directory.path().join("binary");
    fs::write(&binary, [0x7f, b'E', b'L', b'F', 0, 0, 0, 1, 2, 3]).unwrap();
    let large = directory.path().join("large");
    fs::File::create(&large).unwrap().set_len(11 * 1024 * 1024).unwrap();
    let missing = directory.path().join("missing");
    for (path, says) in
        [(binary, "this is not text"), (large, "too large for a report"), (missing, "No such file")]
    {
        diagnose(&[path.to_str().unwrap()]).exits(2).tells(says).tells("what you would paste");
    }
}

#[test]
fn a_directory_is_all_its_reports() {
    let directory = reports();
    let run = diagnose(&[directory.to_str().unwrap(), "--format", "json"]).exits(0);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["reports"].as_array().map(Vec::len), Some(34));
    diagnose(&[directory.to_str().unwrap(), "--score"]).exits(0).prints("0 certain and wrong");
}

/// 50 ms a report is the promise; a debug build on a busy machine gets four times that.
#[test]
fn it_is_quick() {
    let start = Instant::now();
    diagnose(&[reports().to_str().unwrap(), "--format", "json"]).exits(0);
    let each = start.elapsed() / 34;
    assert!(each.as_millis() < 200, "{each:?} a report");
}
