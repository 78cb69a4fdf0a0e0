//! `learn`: what `diagnose` is built with is what the reports of the repository teach now.

use std::{fs, path::PathBuf};

use crate::support::run::xtask;

/// The command itself says which reports it learns from, so that nothing here lists them again.
#[test]
fn what_was_learned_is_what_would_be_learned_now() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let kept = fs::read_to_string(root.join("harness/src/diagnosis/likeness/words.tsv")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let fresh = directory.path().join("words.tsv");
    xtask(["learn", "--out", fresh.to_str().unwrap()]).exits(0);
    let fresh = fs::read_to_string(fresh).unwrap();
    assert!(fresh.lines().count() > 500, "nothing was learned");
    let differs = kept.lines().zip(fresh.lines()).find(|(kept, fresh)| kept != fresh);
    assert_eq!(differs, None, "`cargo xtask learn` writes words.tsv anew");
    assert!(kept == fresh, "`cargo xtask learn` writes words.tsv anew");
}
