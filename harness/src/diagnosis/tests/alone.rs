//! Clues that are `alone` say what is most often at fault where nothing else is told.

use std::{fs, path::PathBuf};

use super::super::{causes, diagnose, engine::POSSIBLE};
use crate::evidence::Evidence;

/// Whether a clue of the rules is `alone`; `None`: it is none of theirs.
fn alone(says: &str) -> Option<bool> {
    let mut clues = causes::rules().iter().flat_map(|rule| &rule.clues);
    clues.find(|clue| clue.says == says).map(|clue| clue.alone)
}

/// What is told of a report by clues that are `alone`.
fn told(text: &str) -> Vec<String> {
    let found = diagnose(&Evidence::read(text)).findings;
    let clues = found.into_iter().flat_map(|finding| finding.clues);
    clues.map(|clue| clue.says).filter(|says| alone(says) == Some(true)).collect()
}

#[test]
fn they_count_where_nothing_else_is_told() {
    for (report, more) in [
        // The other cause's clue, and the own cause's.
        ("Setup: none\n\n- lan 192.168.1.10:8080: refused\n", "The VPN is on."),
        ("Setup: none\n\n- lan 192.168.1.10:8080: refused\n", "firewalld is running."),
        ("Setup: WSL2, NAT\n\n- windows localhost:8080: timeout\n", "The VPN is on."),
        ("Setup: WSL2\n\nThere is a VPN.\n", "- wsl example.com: times out"),
        ("Setup: WSL2, mirrored\n\nHow is it done?\n", "- windows localhost:8080: refused"),
    ] {
        assert!(!told(report).is_empty(), "{report}");
        assert_eq!(told(&format!("{report}\n{more}\n")), [""; 0], "{report}{more}");
    }
}

/// In no report of the repository do they stand beside a cause that other clues make possible.
#[test]
fn they_never_stand_beside_another_clue_that_is_enough() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut reports = 0;
    for directory in ["reports", "reports-held", "reports-made-up", "reports-threads"] {
        for entry in fs::read_dir(fixtures.join(directory)).expect("reports") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            let found = diagnose(&Evidence::read(text)).findings;
            let clues = || found.iter().flat_map(|finding| &finding.clues);
            if !clues().any(|clue| alone(&clue.says) == Some(true)) {
                continue;
            }
            reports += 1;
            for finding in &found {
                let others = finding.clues.iter().filter(|clue| alone(&clue.says) == Some(false));
                let weight: f32 = others.map(|clue| clue.weight).sum();
                assert!(weight < POSSIBLE, "{}: {}", path.display(), finding.cause);
            }
        }
    }
    assert!(reports >= 3, "only {reports} reports leave so much open");
}
