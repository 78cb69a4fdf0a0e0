//! What is told of the catalogue: every story fits a screen, and the page of claims is up to date.

use std::{fs, path::Path};

use harness::{
    catalogue::Catalogue,
    claims::{Counts, markdown, register},
    explain,
    scenario::Scenario,
};

/// How many claims of the article the catalogue measures with real parts, at least.
const MEASURED: usize = 45;

fn catalogue() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Catalogue::load(root).unwrap_or_else(|error| panic!("{}", error.plain()))
}

#[test]
fn what_only_a_windows_can_answer_is_asked_in_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../measurements");
    let questions = Catalogue::load(&root).unwrap_or_else(|error| panic!("{}", error.plain()));
    // The ledger has nine of them, each in a directory of its own.
    let mut numbers: Vec<&str> = questions.all().iter().map(|it| it.sources[0].as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 9, "{numbers:?}");
    for question in questions.all() {
        assert!(question.title.ends_with('?'), "{}: {}", question.name, question.title);
    }
}

#[test]
fn every_story_fits_a_screen() {
    for scenario in catalogue().all() {
        let story = explain::screen(scenario);
        let lines = story.lines().count();
        assert!(lines <= explain::LINES, "{}: {lines} lines\n{story}", scenario.name);
        let prompts = ["windows> ", "wsl$ ", "lan$ "];
        let command = |line: &&str| prompts.iter().any(|it| line.trim_start().starts_with(it));
        let mut prose = story.lines().filter(|line| !command(line));
        let wide = prose.find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{}\n{story}", scenario.name);
        for claim in &scenario.claims {
            let counted = story.lines().any(|line| line.starts_with("  and "));
            let told = story.lines().any(|line| line.trim_start().starts_with(&claim.ledger));
            assert!(told || counted, "{}: claim {}\n{story}", scenario.name, claim.ledger);
        }
    }
}

#[test]
fn the_page_of_claims_is_up_to_date() {
    let catalogue = catalogue();
    let scenarios: Vec<&Scenario> = catalogue.all().iter().collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CLAIMS.md");
    let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        committed == markdown(&register(&scenarios)),
        "docs/CLAIMS.md is not what the scenarios state; run \
         `cargo xtask claims --no-run --report md=docs/CLAIMS.md` and review the change"
    );
}

#[test]
fn what_can_be_measured_is_measured() {
    let catalogue = catalogue();
    let scenarios: Vec<&Scenario> = catalogue.all().iter().collect();
    let counts = Counts::of(&register(&scenarios));
    assert!(counts.measured >= MEASURED, "{}", counts.sentence());
}
