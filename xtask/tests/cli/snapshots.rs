//! A snapshot is reviewed: what is not in it fails, and nothing that fails gets into it.

use std::fs;

use crate::support::{Catalogue, machine, run::run_scenarios, xtask};

#[test]
fn a_missing_snapshot_fails_and_is_offered_for_review() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    let reviewed = fs::read_to_string(catalogue.snapshot()).unwrap();
    fs::remove_file(catalogue.snapshot()).unwrap();
    run_scenarios(Some(catalogue.path()), &[])
        .exits(1)
        .prints(&format!("there is no snapshot {}", catalogue.snapshot().display()))
        .prints("cargo insta review");
    assert!(!catalogue.snapshot().exists(), "a snapshot is only written when it is accepted");
    assert_eq!(fs::read_to_string(catalogue.pending()).unwrap(), reviewed);
}

#[test]
fn a_changed_snapshot_fails_until_it_is_accepted() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    let reviewed = fs::read_to_string(catalogue.snapshot()).unwrap();
    fs::write(catalogue.snapshot(), reviewed.replacen("http-200", "http-404", 1)).unwrap();
    let run = run_scenarios(Some(catalogue.path()), &[])
        .exits(1)
        .prints("the matrices are not those of")
        .prints("observed    lines gone: 1, new: 1 (+)");
    let gone = |line: &str| line.trim_start().starts_with("-") && line.contains("http-404");
    assert!(run.stdout.lines().any(gone), "{run}");
    assert_eq!(fs::read_to_string(catalogue.pending()).unwrap(), reviewed);

    run_scenarios(Some(catalogue.path()), &["--accept"]).exits(0);
    assert_eq!(fs::read_to_string(catalogue.snapshot()).unwrap(), reviewed);
    assert!(!catalogue.pending().exists());
    run_scenarios(Some(catalogue.path()), &[]).exits(0);
}

#[test]
fn what_does_not_hold_is_not_accepted() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good().with("curl = http-200", "curl = refused");
    fs::remove_file(catalogue.snapshot()).unwrap();
    run_scenarios(Some(catalogue.path()), &["--accept"]).exits(1).prints("claim 1.1");
    assert!(!catalogue.snapshot().exists());
}

#[test]
fn a_stale_snapshot_is_reported() {
    let catalogue = Catalogue::good();
    let stale = catalogue.path().join("removed/matrix.snap");
    fs::create_dir(stale.parent().unwrap()).unwrap();
    fs::write(&stale, "").unwrap();
    let told = format!("stale snapshot, its scenario is gone: {}", stale.display());
    let directory = catalogue.path().to_str().unwrap();
    xtask(["list", "--scenarios", directory]).exits(0).prints("base").tells(&told);
    if machine::has(&["go"]) {
        run_scenarios(Some(catalogue.path()), &[]).exits(0).tells(&told);
    }
}
