//! `repro`: what comes back of reports, and the answer where nothing can.

use std::fs;

use crate::support::{machine, run::xtask};

fn fixtures(directory: &str) -> String {
    format!("{}/../fixtures/{directory}", env!("CARGO_MANIFEST_DIR"))
}

fn repro(report: &str, more: &[&str]) -> crate::support::Run {
    xtask(["repro", report, "--no-install"].iter().chain(more))
}

/// Of the real reports so many come back; the share must not fall unseen.
#[test]
fn the_share_of_real_reports_holds() {
    if !machine::has(&["go", "tinyproxy", "firewalld"]) {
        return;
    }
    let reports = fixtures("reports");
    repro(&reports, &["--score", "--least", "16", "--probes", "native"])
        .exits(0)
        .prints("34 answered; 0 lab errors");
    repro(&reports, &["--score", "--least", "35", "--probes", "native"]).exits(1);
}

#[test]
fn what_no_lab_has_is_answered_all_the_same() {
    repro(&format!("{}/wsl-13327.md", fixtures("reports")), &[])
        .exits(1)
        .prints("cause: mirrored-mode-limit")
        .prints("NOT REPRODUCED: the report is about another networking mode")
        .prints("what is known to help against mirrored-mode-limit (not verified here)");
}

#[test]
fn nonsense_is_told_from_what_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let empty = file("empty", b"");
    let novel =
        file("novel", "It was a dark and stormy night. The rain fell.\n".repeat(500).as_bytes());
    for report in [empty, novel] {
        repro(&report, &[])
            .exits(1)
            .prints("cause: nothing here points to a known one")
            .prints("cargo xtask collect");
    }
    let binary = file("binary", &[0, 159, 146, 150, 0, 1, 2]);
    let large = file("large", &vec![b'a'; 10 * 1024 * 1024 + 1]);
    let missing = dir.path().join("none").display().to_string();
    let directory = dir.path().display().to_string();
    for report in [binary, large, missing, directory] {
        repro(&report, &[]).exits(2).tells(&report);
    }
}
