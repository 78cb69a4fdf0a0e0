//! The diagnosis measured on reports whose cause is known. `cargo xtask diagnose --score DIR` prints
//! the tables.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use harness::diagnosis::{Scored, score, table};

fn scored(directory: &str) -> Vec<Scored> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(directory);
    score(&path).expect("reports and their index")
}

fn share(all: &[Scored], tier: Option<&str>) -> f64 {
    let rows: Vec<&Scored> =
        all.iter().filter(|it| tier.is_none_or(|tier| it.known.tier == tier)).collect();
    assert!(!rows.is_empty());
    let right = rows.iter().filter(|it| it.is_right()).count();
    right as f64 / rows.len() as f64
}

fn certain_and_wrong(all: &[Scored]) -> Vec<&str> {
    all.iter().filter(|it| it.is_certain_and_wrong()).map(|it| it.name.as_str()).collect()
}

#[test]
fn real_reports() {
    let all = scored("reports");
    assert!(share(&all, Some("A")) >= 0.85, "{}", table(&all));
    assert!(share(&all, None) >= 0.70, "{}", table(&all));
    assert_eq!(certain_and_wrong(&all), [""; 0], "{}", table(&all));
}

#[test]
fn made_up_reports() {
    let all = scored("reports-made-up");
    assert!(share(&all, Some("learned")) >= 0.85, "{}", table(&all));
    assert!(share(&all, Some("held")) >= 0.70, "{}", table(&all));
    assert_eq!(certain_and_wrong(&all), [""; 0], "{}", table(&all));
}

#[test]
fn reports_that_nobody_learned_from() {
    let all = scored("reports-held");
    assert!(share(&all, Some("A")) >= 0.80, "{}", table(&all));
    assert!(share(&all, None) >= 0.70, "{}", table(&all));
    assert_eq!(certain_and_wrong(&all), [""; 0], "{}", table(&all));
}

#[test]
fn reports_of_threads() {
    let all = scored("reports-threads");
    assert!(share(&all, None) >= 0.85, "{}", table(&all));
    assert_eq!(certain_and_wrong(&all), [""; 0], "{}", table(&all));
}

/// Of what no known cause makes, one in ten may be given a likely one.
#[test]
fn reports_without_a_known_cause() {
    let all = scored("reports-threads");
    let nothing: Vec<&Scored> = all.iter().filter(|it| it.wants_nothing()).collect();
    let over = nothing.iter().filter(|it| it.over_claims()).count();
    assert!(over * 10 <= nothing.len(), "{over} of {}", nothing.len());
}

#[test]
fn about_something_else() {
    let all = scored("reports-made-up");
    for it in all.iter().filter(|it| it.known.cause.is_empty()) {
        assert!(!it.is_certain_and_wrong(), "{}: {:?}", it.name, it.named);
    }
}
