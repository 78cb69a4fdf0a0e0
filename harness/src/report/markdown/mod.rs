//! A page of GitHub's, made for the summary of a job (`$GITHUB_STEP_SUMMARY`): what failed first,
//! then how each scenario ended, then every matrix, folded.
//!
//! GitHub takes a page of at most 1 MiB and shows nothing of a larger one, so a page that would grow
//! over it says less: long differences are cut, then matrices are left out, and it says so.

mod text;

use std::fmt::Write;

use super::{
    Told, table,
    view::{self, Group},
};
use crate::{
    failure::FailureKind,
    run_result::{RunResult, ScenarioResult, Verdict},
};
use text::{cell, fence, html, prose};

/// What a page may have, in bytes: below 1 MiB, so that another step's lines fit too.
const LIMIT: usize = 1_000_000;

/// What is kept for the table of all scenarios and the last line.
const RESERVE: usize = 150_000;

/// Lines of a failure's difference.
const LINES: usize = 40;

/// Failures of a scenario that are told in full.
const FAILURES: usize = 5;

/// The page.
pub fn render(told: Told<'_>) -> String {
    within(told, LIMIT, RESERVE)
}

fn within(told: Told<'_>, limit: usize, reserve: usize) -> String {
    let share = |part: usize| part / told.runs.len().max(1);
    let mut page = String::new();
    for run in told.runs {
        let start = page.len();
        let mut left = 0;
        let bad = |it: &&ScenarioResult| matches!(it.verdict, Verdict::Fail | Verdict::Error);
        let _ = writeln!(page, "## reachlab: {}\n", table::total(run));
        for machine in view::machines(run) {
            let _ = writeln!(page, "- {}", prose(&machine));
        }
        if !run.machines.is_empty() {
            page.push('\n');
        }
        for scenario in view::worst_first(run).into_iter().filter(bad) {
            let part = failed(scenario, &told.repeat(run, scenario));
            // What failed may take half of the room; the table names all of it anyway.
            let room = share(limit.saturating_sub(reserve)) / 2;
            left += add(&mut page, start + room, &part);
        }
        page.push_str(&overview(run));
        page.push_str("\nIn **bold**: not what the first phase shows.\n\n");
        for scenario in view::worst_first(run) {
            let room = share(limit.saturating_sub(reserve));
            left += add(&mut page, start + room, &matrices(scenario));
        }
        if left > 0 {
            let _ = writeln!(
                page,
                "_{left} parts are left out: GitHub shows no page larger than 1 MiB. The HTML and \
                 JSON reports have all of it._\n"
            );
        }
    }
    page
}

/// Adds a part if it fits; 1 if it does not.
fn add(page: &mut String, end: usize, part: &str) -> usize {
    if page.len() + part.len() > end {
        return usize::from(!part.is_empty());
    }
    page.push_str(part);
    0
}

const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Fail => "❌",
        Verdict::Skip => "⏭️",
        Verdict::Error => "💥",
    }
}

fn failed(scenario: &ScenarioResult, repeat: &str) -> String {
    let name = &scenario.name;
    let ended = match scenario.verdict {
        Verdict::Error => "could not be run",
        _ => "failed",
    };
    let mut text =
        format!("### {} {name} {ended} (`{}`)\n\n", sign(scenario.verdict), scenario.cause);
    if let Some(reason) = &scenario.reason {
        text.push_str(&fence("text", reason.lines()));
    }
    for failure in scenario.failures.iter().take(FAILURES) {
        let _ = writeln!(text, "**{}**\n", prose(&failure.to_string()));
        let mut lines = vec![
            format!("expected    {}", failure.expected),
            format!("observed    {}", failure.observed),
        ];
        let difference = view::difference(failure, LINES);
        if failure.kind == FailureKind::Snapshot {
            text.push_str(&fence("text", lines.iter().map(String::as_str)));
            text.push_str(&fence("diff", difference.iter().map(String::as_str)));
        } else {
            lines.extend(difference.iter().map(|line| format!("difference  {line}")));
            text.push_str(&fence("text", lines.iter().map(String::as_str)));
        }
    }
    if let Some(more) = scenario.failures.len().checked_sub(FAILURES).filter(|more| *more > 0) {
        let _ = writeln!(text, "and {more} more.\n");
    }
    if scenario.verdict == Verdict::Error
        && let Some(phase) = scenario.phases.last().filter(|phase| !phase.log.is_empty())
    {
        let _ = writeln!(text, "Log of {}:\n", phase.name);
        text.push_str(&fence("text", phase.log.iter().map(String::as_str)));
    }
    let _ = writeln!(text, "Repeat it: `{repeat}`\n");
    text
}

/// A row for each scenario.
fn overview(run: &RunResult) -> String {
    let mut text = "| | scenario | verdict | phases | cells | boot | |\n\
                    | --- | --- | --- | --: | --: | --: | --- |\n"
        .to_owned();
    for it in &run.scenarios {
        let boot = match it.phases.as_slice() {
            [] => "-".to_owned(),
            _ => format!("{:.1} ms", it.boot_ms),
        };
        let remark: String = view::remark(it).chars().take(300).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {boot} | {} |",
            sign(it.verdict),
            cell(&it.name),
            it.verdict.name(),
            it.phases.len(),
            view::cells(it),
            prose(&remark).replace('|', "\\|"),
        );
    }
    text
}

/// The matrices of a scenario, folded; nothing where there are none.
fn matrices(scenario: &ScenarioResult) -> String {
    if scenario.phases.is_empty() {
        return String::new();
    }
    let sides = view::sides(scenario);
    let mut text = format!(
        "<details><summary>{} <b>{}</b> ({})</summary>\n\n",
        sign(scenario.verdict),
        html(&scenario.name),
        sides.phases.len()
    );
    let _ = writeln!(text, "| | {} |", sides.phases.iter().map(|it| cell(it)).join(" | "));
    let _ = writeln!(text, "| --- |{}", " --- |".repeat(sides.phases.len()));
    for (route, spots) in &sides.rows {
        let spots = spots.iter().map(|it| spot(it)).join(" | ");
        let _ = writeln!(text, "| {} | {spots} |", cell(&route.to_string()));
    }
    let mut lines = Vec::new();
    for phase in &scenario.phases {
        lines.extend(phase.probes.iter().map(|it| {
            format!("{} {}$ {} -> exit {}: {}", phase.name, it.on, it.run, it.exit, it.first_line)
        }));
    }
    text.push('\n');
    if !lines.is_empty() {
        text.push_str(&fence("text", lines.iter().map(String::as_str)));
    }
    text.push_str("</details>\n\n");
    text
}

fn spot(groups: &[Group]) -> String {
    let text = |group: &Group| {
        let text = cell(&group.text());
        if group.moved { format!("**{text}**") } else { text }
    };
    groups.iter().map(text).join("<br>")
}

/// Texts with something between them.
trait Join: Iterator<Item = String> + Sized {
    fn join(self, between: &str) -> String {
        self.collect::<Vec<_>>().join(between)
    }
}

impl<I: Iterator<Item = String>> Join for I {}

#[cfg(test)]
mod tests;
