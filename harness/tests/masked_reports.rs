//! What is masked must still be readable: the same causes are found in it, as surely.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use harness::{
    collect::mask::Masks,
    diagnosis::{Confidence, diagnose},
    evidence::Evidence,
};

fn named(text: &str) -> Vec<(&'static str, Confidence)> {
    let found = diagnose(&Evidence::read(text)).findings;
    found.into_iter().map(|it| (it.cause.slug(), it.confidence)).collect()
}

#[test]
fn a_masked_report_points_to_the_same_causes() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reports");
    let mut differ = Vec::new();
    let mut reports = 0;
    for entry in fs::read_dir(directory).expect("reports") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "md") {
            continue;
        }
        let raw = fs::read_to_string(&path).expect("text");
        let masked = Masks::default().apply(&raw);
        let (before, after) = (named(&raw), named(&masked));
        reports += 1;
        if before != after {
            differ.push(format!("{}: {before:?} / {after:?}", path.display()));
        }
    }
    assert!(reports >= 34, "{reports}");
    assert!(differ.is_empty(), "{differ:#?}");
}
