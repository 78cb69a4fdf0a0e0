//! Plain-text tables: the matrix of a phase, and what a run came to.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    columns::{align, one_line},
    view,
};
use crate::{
    route::Route,
    run_result::{PhaseResult, RunResult, ScenarioResult, Verdict},
    tool::Tool,
    verdict::grid::{Grid, Key},
};

/// The matrix of a phase: a row for each route, a column for each tool that measured anything.
/// Below it the commands that ran in the phase.
pub fn matrix(phase: &PhaseResult) -> String {
    let grid = Grid::new(phase);
    let tools: BTreeSet<Tool> = grid.iter().map(|(key, _)| key.tool).collect();
    let routes: BTreeSet<Route> = grid.iter().map(|(key, _)| key.route).collect();
    let mut rows = vec![vec![phase.name.to_string()]];
    rows[0].extend(tools.iter().map(Tool::to_string));
    for route in routes {
        let mut row = vec![route.to_string()];
        row.extend(tools.iter().map(|tool| grid.seen(Key { route, tool: *tool }).to_string()));
        rows.push(row);
    }
    let mut text = align(&rows);
    for probe in &phase.probes {
        let (run, line) = (one_line(&probe.run), one_line(&probe.first_line));
        text.push_str(&format!("{}: {run} -> exit {}: {line}\n", probe.on, probe.exit));
    }
    text
}

/// The end of a run: a row for each scenario, then how many ended how, and how long it took.
pub fn summary(run: &RunResult) -> String {
    let head = ["scenario", "verdict", "phases", "cells", "boot", ""];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(run.scenarios.iter().map(row));
    format!("{}\n{}\n", align(&rows), total(run))
}

fn row(scenario: &ScenarioResult) -> Vec<String> {
    let boot = match scenario.phases.as_slice() {
        [] => "-".to_owned(),
        _ => format!("{:.1} ms", scenario.boot_ms),
    };
    vec![
        scenario.name.clone(),
        scenario.verdict.name().to_owned(),
        scenario.phases.len().to_string(),
        view::cells(scenario).to_string(),
        boot,
        one_line(&view::remark(scenario)),
    ]
}

/// How many ended how, on which arm, and how long it took.
pub(super) fn total(run: &RunResult) -> String {
    let unrecorded = run.scenarios.iter().filter(|it| it.is_unrecorded()).count();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for scenario in &run.scenarios {
        *counts.entry(scenario.verdict).or_default() += 1;
    }
    let words: Vec<String> = counts
        .into_iter()
        .map(|(verdict, count)| {
            let word = match verdict {
                Verdict::Pass if unrecorded > 0 => {
                    return format!("{count} passed, {unrecorded} of them unrecorded");
                }
                Verdict::Pass => "passed",
                Verdict::Fail => "failed",
                Verdict::Skip => "skipped",
                Verdict::Error => "could not be run",
            };
            format!("{count} {word}")
        })
        .collect();
    let ended = if words.is_empty() { "nothing ran".to_owned() } else { words.join(", ") };
    let again = match view::measured_again(run) {
        0 => String::new(),
        1 => "; 1 cell was measured again, for the lab had stood still".to_owned(),
        more => format!("; {more} cells were measured again, for the lab had stood still"),
    };
    format!("{ended} on {} in {:.1} s{again}", run.arm, run.wall_ms as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{judge, sample};

    #[test]
    fn a_matrix_has_a_row_for_each_route_and_a_column_for_each_tool() {
        let scenario = sample::scenario(sample::TEXT);
        assert_eq!(
            matrix(&sample::results(&scenario)[1]),
            "\
fault                 ping  telnet  nc        curl
windows -> localhost  ok    open    open      http-200
windows -> wsl-ip     ok    open    no-route  no-route
wsl -> localhost      ok    open    open      http-200
wsl: firewall-cmd --state -> exit 0: running
"
        );
    }

    #[test]
    fn the_summary_counts_and_gives_reasons() {
        let scenario = sample::scenario(sample::TEXT);
        let phases = sample::results(&scenario);
        let mut spoiled = phases.clone();
        spoiled.remove(2);
        let failures = judge(&scenario, &spoiled);
        let cause = scenario.cause;
        let run = RunResult {
            arm: "netns".to_owned(),
            wall_ms: 1540,
            scenarios: vec![
                ScenarioResult::judged("good", cause, phases, vec![]),
                ScenarioResult::judged("bad", cause, spoiled, failures),
                ScenarioResult::skip("later", cause, "no firewalld: apt install it".to_owned()),
                ScenarioResult::error("broken", cause, "wsl: cannot boot\nmore".to_owned(), vec![]),
            ],
            machines: vec![],
        };
        assert_eq!(
            summary(&run),
            "\
scenario  verdict  phases  cells  boot
good      pass     4       48     8.0 ms
bad       fail     3       36     8.0 ms  the phase remedy/whole has no result
later     skip     0       0      -       no firewalld: apt install it
broken    error    0       0      -       wsl: cannot boot

1 passed, 1 failed, 1 skipped, 1 could not be run on netns in 1.5 s
"
        );
    }

    #[test]
    fn an_empty_run_says_so() {
        let run =
            RunResult { arm: "netns".to_owned(), wall_ms: 0, scenarios: vec![], machines: vec![] };
        assert!(summary(&run).ends_with("nothing ran on netns in 0.0 s\n"));
    }
}
