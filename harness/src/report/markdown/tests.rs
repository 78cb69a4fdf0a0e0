use super::*;
use crate::report::sample;

fn page(runs: &[RunResult]) -> String {
    render(Told { runs, repeat: None })
}

/// Where each of these stands, which must be in this order.
#[track_caller]
fn in_order(page: &str, texts: &[&str]) {
    let mut from = 0;
    for text in texts {
        match page[from..].find(text) {
            Some(at) => from += at + text.len(),
            None => panic!("`{text}` is not where it should be in\n{page}"),
        }
    }
}

#[test]
fn every_machine_of_an_arm_is_named_below_its_total() {
    let page = page(&[sample::sharded()]);
    in_order(
        &page,
        &[
            "on windows in 1.5 s\n\n",
            "- build 26100.1, WSL 2.6.1.0, 2026-11-28: 2 scenarios, bad, broken\n",
            "- build 26100.2, WSL 2.6.1.0, 2026-11-28: good\n\n",
            "### 💥 broken",
        ],
    );
}

#[test]
fn what_failed_comes_first_then_all_then_the_matrices() {
    let page = page(&[sample::run("netns")]);
    in_order(
        &page,
        &[
            "## reachlab: 1 passed, 1 failed, 1 skipped, 1 could not be run on netns in 1.5 s\n",
            "### 💥 broken could not be run (`firewalld-block`)",
            "```text\nwsl: cannot <boot>\nmore\n```",
            "Log of healthy:\n\n```text\nwsl: <ip> link\n```",
            "### ❌ bad failed (`firewalld-block`)",
            "**remedy/whole restores all, but not `windows -> wsl-ip curl`: curl timeout**",
            "expected    good (ok, open or http-2xx) in remedy/whole\nobserved    curl timeout\n",
            "Repeat it: `cargo xtask run-scenarios bad`",
            "| 💥 | broken | error | 1 | 12 | 8.0 ms | wsl: cannot &lt;boot> |\n",
            "<details><summary>💥 <b>broken</b> (1)</summary>",
            "<details><summary>✅ <b>good</b> (4)</summary>",
        ],
    );
    assert!(!page.contains("<b>later</b>"), "it has no matrix");
}

#[test]
fn a_matrix_has_a_row_for_each_route_and_shows_what_moved() {
    let page = page(&[sample::run("netns")]);
    let good = page.split("<b>good</b>").nth(1).unwrap();
    let expected = "\
| | healthy | fault | remedy/whole | remedy/part |
| --- | --- | --- | --- | --- |
| windows -> localhost | ok<br>open<br>http-200 | ok<br>open<br>http-200 | \
ok<br>open<br>http-200 | ok<br>**telnet, nc, curl refused** |
";
    assert!(good.contains(expected), "{good}");
    assert!(good.contains("```text\nfault wsl$ firewall-cmd --state -> exit 0: running\n```"));
}

#[test]
fn arms_have_a_part_each() {
    let page = page(&[sample::run("netns"), sample::run("docker")]);
    in_order(
        &page,
        &[
            "on netns in",
            "`cargo xtask run-scenarios bad`",
            "on docker in",
            "`cargo xtask run-scenarios bad --arm docker`",
        ],
    );
}

#[test]
fn a_changed_snapshot_is_a_diff() {
    let mut run = sample::run("netns");
    let failure = crate::failure::Failure::new(FailureKind::Snapshot, "the matrices differ")
        .difference([" route", " a same", "-a ok", "+a refused"].map(str::to_owned).to_vec());
    run.scenarios[1].failures = vec![failure];
    let page = page(&[run]);
    assert!(page.contains("```diff\n route\n-a ok\n+a refused\n```"), "{page}");
}

/// A run as large as a thousand scenarios, a third of which failed.
fn large() -> Vec<RunResult> {
    let mut run = sample::run("netns");
    let few = run.scenarios.clone();
    run.scenarios = (0..1000)
        .map(|number| {
            let mut scenario = few[number % 3].clone();
            scenario.name = format!("{}-{number}", scenario.name);
            for failure in &mut scenario.failures {
                failure.difference = vec!["x".repeat(200); 5000];
            }
            scenario
        })
        .collect();
    vec![run]
}

#[test]
fn a_page_never_outgrows_what_github_takes_and_says_what_is_missing() {
    let page = page(&large());
    assert!(page.len() < 1024 * 1024, "{}", page.len());
    assert!(page.contains("parts are left out: GitHub shows no page larger than 1 MiB"));
    for number in 0..1000 {
        let name = ["good", "bad", "later"][number % 3];
        assert!(page.contains(&format!("| {name}-{number} |")), "{number} is in the table");
    }
    assert!(page.contains("… 4960 more lines"));
    // Nothing is cut in the middle.
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
}

#[test]
fn the_whole_of_an_ordinary_run_fits() {
    let page = page(&[sample::run("netns"), sample::run("docker")]);
    assert!(!page.contains("left out"));
}
