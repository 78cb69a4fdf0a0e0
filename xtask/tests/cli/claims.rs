//! `claims`: every sentence of the article, and what shows it.

use serde_json::Value;

use crate::support::{Catalogue, Run, machine, xtask};

/// `claims` on a catalogue, without installing anything.
fn claims(catalogue: &Catalogue, arguments: &[&str]) -> Run {
    let mut all = vec!["claims", "--no-install", "--scenarios", catalogue.path().to_str().unwrap()];
    all.extend(arguments);
    xtask(all)
}

#[test]
fn all_are_listed_without_a_run_and_it_says_so() {
    let run = xtask(["claims", "--no-run"]).exits(0);
    let wide = |line: &&str| line.chars().count() > 100;
    assert_eq!(run.stdout.lines().find(wide), None, "{run}");
    let run = run
        .prints("\n104 claims: ")
        .prints("\nnothing was run: ")
        .prints("article right in 27, partly in 36, wrong in 41");
    assert!(!run.stdout.contains("looked up in this run"), "{run}");
}

#[test]
fn a_claim_is_looked_up_in_the_run() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    claims(&catalogue, &["1"])
        .exits(0)
        .prints("  1.1     false   modelled       \"A Go server in WSL2")
        .prints("truth: NAT mode ships a localhost relay")
        .prints(" holds   fault: windows -> localhost curl = http-200\n")
        .prints("1 cell looked up in this run: 1 hold\n")
        .tells("pass  base\n");
}

#[test]
fn a_claim_that_does_not_hold_is_exit_1() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good().with("curl = http-200", "curl = refused");
    let run = claims(&catalogue, &["--scenario", "base"])
        .exits(1)
        .prints(" FAILS   fault: windows -> localhost curl = refused\n")
        .prints("1 cell looked up in this run: 0 hold, 1 FAIL\n");
    let words: Vec<&str> = run.stdout.split_whitespace().collect();
    let seen = "`windows -> localhost curl` is http-200, not refused";
    assert!(words.join(" ").contains(seen), "{run}");
}

#[test]
fn programs_are_told_the_same() {
    let run = xtask(["claims", "--no-run", "--format", "json", "1.4", "2.5"]).exits(0);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&told["schema"], &told["ran"]), (&1.into(), &false.into()));
    let claims = told["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 8, "{told}");
    assert_eq!((&claims[0]["number"], &claims[0]["verdict"]), (&"1.4".into(), &"false".into()));
    let shown = &claims[0]["shown_by"][0];
    assert_eq!(shown["scenario"], "firewalld-block", "{told}");
    assert_eq!(shown["cells"][0]["phase"], "fault", "{told}");
    assert_eq!(shown["cells"][0]["state"], Value::Null, "{told}");
}

#[test]
fn a_page_is_written_of_what_the_scenarios_state() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("page.md");
    let report = format!("md={}", path.display());
    claims(&Catalogue::good(), &["--no-run", "--report", &report]).exits(0);
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page.contains("| [base](../scenarios/base): a server on 127.0.0.1"), "{page}");
}

#[test]
fn bad_input_starts_nothing() {
    let refused = |arguments: &[&str], says: &str| {
        let mut command = machine::xtask_counted();
        command.arg("claims").args(arguments);
        Run::of(&mut command).exits(2).tells(says).tells("next process 3\n");
    };
    refused(&["2.44"], "there is no claim `2.44`");
    refused(&["--scenario", "loopback-bin"], "did you mean `loopback-bind`?");
    refused(&["--report", "json=x"], "`json=x` is not a report; write md=PATH");
}
