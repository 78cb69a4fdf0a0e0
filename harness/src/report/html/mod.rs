//! One file for a browser: how every scenario ended and every matrix, with nothing loaded from
//! anywhere. It is XML as well, so that a test can tell that no tag is left open.

mod text;

use std::fmt::Write;

use super::{
    Told, table,
    view::{self, Group},
};
use crate::{
    failure::{Failure, FailureKind},
    outcome::Outcome,
    run_result::{PhaseResult, RunResult, ScenarioResult, Verdict},
    verdict::grid::State,
};
use text::{escape, prose};

const STYLE: &str = include_str!("style.css");

/// Lines of a failure's difference.
const LINES: usize = 400;

/// The page.
pub fn render(told: Told<'_>) -> String {
    let totals: Vec<String> = told.runs.iter().map(table::total).collect();
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <title>reachlab: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>reachlab</h1>\n",
        escape(&totals.join("; "))
    );
    for (run, total) in told.runs.iter().zip(&totals) {
        let _ = writeln!(page, "<p><a href=\"#{}\">{}</a></p>", escape(&run.arm), escape(total));
    }
    page.push_str("</header>\n<main>\n");
    for run in told.runs {
        page.push_str(&section(told, run));
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn section(told: Told<'_>, run: &RunResult) -> String {
    let arm = escape(&run.arm);
    let mut text = format!("<section id=\"{arm}\">\n<h2>{arm}</h2>\n");
    let machines = view::machines(run);
    if !machines.is_empty() {
        let items = machines.iter().map(|it| format!("<li>{}</li>", escape(it)));
        let _ = writeln!(text, "<ul class=\"machines\">{}</ul>", items.collect::<String>());
    }
    let bad = |it: &&ScenarioResult| matches!(it.verdict, Verdict::Fail | Verdict::Error);
    let sorted = view::worst_first(run);
    for scenario in sorted.iter().copied().filter(bad) {
        text.push_str(&failed(scenario, &told.repeat(run, scenario)));
    }
    text.push_str(&overview(run));
    text.push_str(
        "<h3>What each phase shows</h3>\n<p class=\"legend\"><span class=\"good\">reached</span> \
         <span class=\"refused\">refused or hung up</span> <span class=\"silent\">silence</span> \
         <span class=\"unreachable\">no way</span> <span class=\"odd\">another answer</span> \
         <span class=\"none\">not measured</span> <span class=\"moved\">framed: not what the \
         first phase shows</span></p>\n",
    );
    for scenario in sorted {
        text.push_str(&matrices(run, scenario));
    }
    text.push_str("</section>\n");
    text
}

fn badge(verdict: Verdict) -> String {
    let name = verdict.name();
    format!("<span class=\"verdict {name}\">{name}</span>")
}

fn anchor(run: &RunResult, scenario: &ScenarioResult) -> String {
    escape(&format!("{}-{}", run.arm, scenario.name))
}

fn failed(scenario: &ScenarioResult, repeat: &str) -> String {
    let mut text = format!(
        "<article class=\"failure\">\n<h3>{} {} <code>{}</code></h3>\n",
        badge(scenario.verdict),
        escape(&scenario.name),
        scenario.cause
    );
    if let Some(reason) = &scenario.reason {
        let _ = writeln!(text, "<pre>{}</pre>", escape(reason));
    }
    text.extend(scenario.failures.iter().map(failure));
    if scenario.verdict == Verdict::Error
        && let Some(phase) = scenario.phases.last().filter(|phase| !phase.log.is_empty())
    {
        let log = escape(&phase.log.join("\n"));
        let _ = writeln!(text, "<p>Log of {}:</p>\n<pre>{log}</pre>", escape_name(phase));
    }
    let _ = writeln!(text, "<p>Repeat it: <code>{}</code></p>\n</article>", escape(repeat));
    text
}

fn failure(failure: &Failure) -> String {
    let mut text = format!("<p><b>{}</b></p>\n<dl>", prose(&failure.to_string()));
    for (term, value) in [("expected", &failure.expected), ("observed", &failure.observed)] {
        let _ = write!(text, "<dt>{term}</dt><dd>{}</dd>", prose(value));
    }
    text.push_str("</dl>\n");
    let lines = view::difference(failure, LINES);
    if !lines.is_empty() {
        let marked = failure.kind == FailureKind::Snapshot;
        let line = |line: &String| match line.chars().next().filter(|_| marked) {
            Some('+') => format!("<ins>{}</ins>", escape(line)),
            Some('-') => format!("<del>{}</del>", escape(line)),
            _ => escape(line),
        };
        let lines: Vec<String> = lines.iter().map(line).collect();
        let _ = writeln!(text, "<pre>{}</pre>", lines.join("\n"));
    }
    text
}

fn overview(run: &RunResult) -> String {
    let mut text = "<div class=\"scroll\"><table class=\"overview\">\n<thead><tr><th>scenario</th><th>verdict</th>\
                    <th>cause</th><th>phases</th><th>cells</th><th>boot</th><th></th></tr></thead>\n\
                    <tbody>\n"
        .to_owned();
    for it in &run.scenarios {
        let boot = match it.phases.as_slice() {
            [] => "-".to_owned(),
            _ => format!("{:.1} ms", it.boot_ms),
        };
        let _ = writeln!(
            text,
            "<tr><td><a href=\"#{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{boot}</td><td>{}</td></tr>",
            anchor(run, it),
            escape(&it.name),
            badge(it.verdict),
            it.cause,
            it.phases.len(),
            view::cells(it),
            prose(&view::remark(it)),
        );
    }
    text.push_str("</tbody>\n</table></div>\n");
    text
}

/// A scenario's matrices, folded. What links lead to is inside: a browser unfolds it then.
fn matrices(run: &RunResult, scenario: &ScenarioResult) -> String {
    let open = if scenario.verdict == Verdict::Fail { " open=\"open\"" } else { "" };
    let mut text = format!(
        "<details{open}>\n<summary>{} {}</summary>\n<div class=\"inside\" id=\"{}\">\n",
        badge(scenario.verdict),
        escape(&scenario.name),
        anchor(run, scenario)
    );
    let sides = view::sides(scenario);
    if sides.rows.is_empty() {
        let _ = writeln!(text, "<p>{}</p>", prose(&view::remark(scenario)));
    } else {
        text.push_str("<div class=\"scroll\"><table class=\"matrix\">\n<thead><tr><th></th>");
        sides.phases.iter().for_each(|it| text.push_str(&format!("<th>{}</th>", escape(it))));
        text.push_str("</tr></thead>\n<tbody>\n");
        for (route, spots) in &sides.rows {
            let _ = write!(text, "<tr><th>{}</th>", escape(&route.to_string()));
            text.extend(spots.iter().map(|it| spot(it)));
            text.push_str("</tr>\n");
        }
        text.push_str("</tbody>\n</table></div>\n");
    }
    let probes: String = scenario.phases.iter().map(probes).collect();
    if !probes.is_empty() {
        let _ = writeln!(text, "<dl class=\"probes\">\n{probes}</dl>");
    }
    text.push_str("</div>\n</details>\n");
    text
}

fn spot(groups: &[Group]) -> String {
    let span = |group: &Group| {
        let moved = if group.moved { " moved" } else { "" };
        format!("<span class=\"{}{moved}\">{}</span>", class_of(group), escape(&group.text()))
    };
    format!("<td>{}</td>", groups.iter().map(span).collect::<String>())
}

/// The look of an outcome. The words say it too: no meaning is in the colour alone.
fn class_of(group: &Group) -> &'static str {
    match group.state {
        State::Good => return "good",
        State::Silent => return "none",
        State::Bad => {}
    }
    let word = group.seen.split(' ').next().unwrap_or_default();
    match word.parse::<Outcome>() {
        Ok(Outcome::Refused | Outcome::ProxyRefused | Outcome::Dropped) => "refused",
        Ok(Outcome::Timeout | Outcome::NoAnswer) => "silent",
        Ok(
            Outcome::NoRoute | Outcome::NetUnreachable | Outcome::NotPermitted | Outcome::NoName,
        ) => "unreachable",
        _ => "odd",
    }
}

fn probes(phase: &PhaseResult) -> String {
    let mut text = String::new();
    for it in &phase.probes {
        let _ = writeln!(
            text,
            "<dt>{}, on {}: <code>{}</code></dt><dd>exit {}: <samp>{}</samp></dd>",
            escape_name(phase),
            it.on,
            escape(&it.run),
            it.exit,
            escape(&it.first_line)
        );
    }
    text
}

fn escape_name(phase: &PhaseResult) -> String {
    escape(&phase.name.to_string())
}

#[cfg(test)]
mod tests;
