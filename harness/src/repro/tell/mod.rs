//! A reproduction told to a person: what fails and why, what to type, what did not help; then what
//! that rests on.

pub mod commands;

use std::fmt::Write as _;

use super::{
    Advice, ReproError, Reproduction,
    compare::{Agreement, Held},
    fix::{Fix, Why},
};
use crate::{
    diagnosis::Diagnosis,
    evidence::fact::Seen,
    outcome::Outcome,
    picture::{Picture, WHOLE},
    report::columns::align,
    route::{Route, RoutePattern},
    scenario::Scenario,
    tool::Tool,
};

/// How many routes of a list are named.
const NAMED: usize = 4;

/// The whole story.
pub fn tell(made: &Reproduction) -> String {
    let mut text = headline(made);
    text += &diagnosis(&made.diagnosis);
    text += &verdict(made);
    text += &cure(made);
    text += &instead(made);
    text += &failed(&made.fix);
    if made.fix.cure.is_none() || !made.comparison.came_back() {
        text += &advice(&made.advice);
    }
    text += &cells(made);
    text += &assumed(&made.reading.picture);
    let _ = writeln!(text, "\n{} labs tried", made.fix.tried + made.readings + 1);
    text
}

/// What there is to say of a report of which no lab could be built.
pub fn tell_without_lab(error: &ReproError, catalogue: &[Scenario]) -> String {
    let ReproError::Nothing { why, diagnosis: found } = error else { return error.to_string() };
    let advised = Advice::of(found, catalogue, &Picture::default());
    let mut text = diagnosis(found);
    let _ = writeln!(text, "NOT REPRODUCED: {why}.\n");
    text += &advice(&advised);
    if found.findings.is_empty() {
        text += "What to do: run `cargo xtask collect --port N --out report.md` on the machine, and \
                 give that to `repro`; or add to the report what was tried (`curl -v` from each \
                 side), `ss -tlnp`, and `netsh interface portproxy show all`.\n";
    }
    text
}

fn headline(made: &Reproduction) -> String {
    let picture = &made.reading.picture;
    let bad: Vec<&Held> = made.comparison.cells.iter().filter(|it| it.reported.is_bad()).collect();
    let goal = |it: &&&Held| {
        let goals = &made.comparison.goals;
        goals.iter().any(|(route, tool)| it.pattern.covers(*route, *tool))
    };
    let Some(first) = bad.iter().find(goal).or(bad.first()) else {
        return format!("port {}: the report does not say what was tried\n\n", picture.port);
    };
    let route = first.pattern.route;
    let port = route.to.port.unwrap_or(picture.port);
    let mut text = format!("{}", first.pattern);
    if let Some(address) = address(route, picture) {
        let _ = write!(text, " ({address})");
    }
    if route.to.port.is_none() {
        let _ = write!(text, ", port {port}");
    }
    let more = bad.iter().filter(|it| it.pattern.route != route).count();
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    format!("{text}: {}{more}\n\n", first.reported)
}

/// The reporter's own address of a target.
fn address(route: Route, picture: &Picture) -> Option<String> {
    use crate::target::Host;
    match route.to.host {
        Host::WslIp => picture.theirs.wsl.clone(),
        Host::WindowsGateway => picture.theirs.gateway.clone(),
        Host::WindowsLanIp => picture.theirs.lan.clone(),
        _ => None,
    }
}

fn diagnosis(diagnosis: &Diagnosis) -> String {
    let Some((first, others)) = diagnosis.findings.split_first() else {
        return "cause: nothing here points to a known one\n\n".to_owned();
    };
    let mut text = format!("cause: {} ({})\n", first.cause, first.confidence.name());
    let _ = writeln!(text, "  {}", first.about);
    for other in others {
        let _ =
            writeln!(text, "  or {} ({}): {}", other.cause, other.confidence.name(), other.about);
    }
    text + "\n"
}

fn verdict(made: &Reproduction) -> String {
    let comparison = &made.comparison;
    let (same, all) = comparison.share();
    if all == 0 && made.comparison.has_symptom() {
        let lost = listed(&patterns(&comparison.goals));
        return format!(
            "SHOWN, NOT COMPARED: the report names no address that was tried. A lab with this cause \
             breaks {lost}.\n\n"
        );
    }
    if all == 0 {
        return "NOT REPRODUCED: the report names no address that was tried, so there is nothing to \
                compare.\n\n"
            .to_owned();
    }
    let (word, and) = match (comparison.came_back(), comparison.has_symptom()) {
        (true, _) => ("REPRODUCED", "The lab fails as reported."),
        (_, true) => ("PARTLY REPRODUCED", "Below is what differs."),
        _ if !comparison.cells.iter().any(|cell| cell.reported.is_bad()) => {
            ("NOT REPRODUCED", "The report says of nothing that it fails.")
        }
        _ => {
            ("NOT REPRODUCED", "What was reported to fail works in the lab built from the report.")
        }
    };
    let mut text = format!("{word}: {same} of {all} cells as reported. {and}\n");
    if let (false, Some(why), Some(cause)) =
        (comparison.came_back(), &made.advice.lab, made.advice.cause)
    {
        let _ = writeln!(text, "  {cause} cannot be rebuilt here: {why}.");
    }
    text + "\n"
}

fn cure(made: &Reproduction) -> String {
    let fix = &made.fix;
    if !made.comparison.has_symptom() {
        return String::new();
    }
    let goals: Vec<RoutePattern> = patterns(&made.comparison.goals);
    let mut text = String::new();
    match &fix.cure {
        Some(cure) => {
            let _ = writeln!(
                text,
                "what cures it (verified: turns {} green and breaks nothing)",
                listed(&goals)
            );
            for remedy in &cure.remedies {
                let _ = writeln!(text, "  # {} ({})", remedy.from, remedy.cause);
                for line in commands::lines(&remedy.steps, &made.reading.picture) {
                    let _ = writeln!(text, "  {line}");
                }
            }
            if !cure.gives_up.is_empty() {
                let given = listed(&cure.gives_up);
                let _ = writeln!(text, "  what only the fault made possible goes: {given}");
            }
        }
        None => {
            let _ = writeln!(text, "No remedy of the catalogue turns {} green.", listed(&goals));
            if fix.cut_short {
                text += "The search was cut short: not every set was tried.\n";
            }
        }
    }
    text + "\n"
}

/// What answers on the failing machine as it is.
fn instead(made: &Reproduction) -> String {
    let picture = &made.reading.picture;
    let mut text = String::new();
    for (goal, other) in &made.comparison.instead {
        let port = other.to.port.unwrap_or(picture.port);
        let at = address(*other, picture).unwrap_or_else(|| match other.to.host {
            crate::target::Host::WindowsGateway if picture.boxed => "host.docker.internal".into(),
            host => host.name().to_owned(),
        });
        let _ =
            writeln!(text, "  from {}: {at}:{port} in place of {} (`{other}`)", goal.from, goal.to);
    }
    if text.is_empty() {
        return text;
    }
    format!("what works without any change (seen in the failing lab)\n{text}\n")
}

fn failed(fix: &Fix) -> String {
    if fix.failed.is_empty() {
        return String::new();
    }
    let mut text = String::from("looked right and did not work alone\n");
    for (candidate, why) in &fix.failed {
        let why = match why {
            Why::StaysBad(cells) => format!("{} still bad", listed(cells)),
            Why::Breaks(cells) => format!("cures it and breaks {}", listed(cells)),
            Why::CannotBeDone(reason) => format!("cannot be done here: {reason}"),
        };
        let _ = writeln!(text, "  {}: {why}", candidate.from);
    }
    text + "\n"
}

fn advice(advice: &Advice) -> String {
    let mut text = String::new();
    if let Some(cause) = advice.cause
        && !advice.steps.is_empty()
    {
        let _ = writeln!(text, "what is known to help against {cause} (not verified here)");
        for step in &advice.steps {
            let _ = writeln!(text, "  {step}");
        }
        text.push('\n');
    }
    if !advice.ask.is_empty() {
        text += "what would settle it\n";
        for (on, run, shows) in &advice.ask {
            let _ = writeln!(text, "  on {on}: {run}\n    look for {shows}");
        }
        text.push('\n');
    }
    if !advice.scenarios.is_empty() {
        let names = advice.scenarios.join(" ");
        let _ = writeln!(text, "see it fail: cargo xtask run-scenarios {names} --verbose\n");
    }
    text
}

fn assumed(picture: &Picture) -> String {
    let mut text = String::new();
    for (title, list) in [
        ("assumed, for the report does not say", &picture.defaults),
        ("not in the lab", &picture.unmodelled),
    ] {
        if !list.is_empty() {
            let _ = writeln!(text, "\n{title}");
            text += &list.iter().map(|it| format!("  {it}\n")).collect::<String>();
        }
    }
    text
}

fn cells(made: &Reproduction) -> String {
    let comparison = &made.comparison;
    if comparison.cells.is_empty() {
        return String::new();
    }
    let row = |parts: [&str; 4]| parts.map(str::to_owned).to_vec();
    let mut rows = vec![row(["route", "reported", "seen", ""])];
    // Of a whole matrix only what somebody complains of, what must become good, and what differs.
    let whole = comparison.cells.len() >= WHOLE;
    let matters = |cell: &&Held| {
        let goal = comparison.goals.iter().any(|(route, tool)| cell.pattern.covers(*route, *tool));
        !whole || goal || cell.reported == Seen::Fails || cell.agrees != Agreement::Same
    };
    for cell in comparison.cells.iter().filter(matters) {
        let seen = seen(&cell.seen, cell.pattern.tool);
        let word = match cell.agrees {
            Agreement::Same => "",
            Agreement::Alike => "fails too, otherwise",
            Agreement::Differs => "DIFFERS",
        };
        let (route, reported) = (cell.pattern.to_string(), cell.reported.to_string());
        rows.push(row([&route, &reported, &seen, word]));
    }
    format!("{}\n", align(&rows).trim_end())
}

fn seen(cells: &[(Tool, Outcome)], tool: Option<Tool>) -> String {
    if cells.is_empty() {
        return "-".to_owned();
    }
    let one = |(named, outcome): &(Tool, Outcome)| match tool {
        Some(_) => outcome.to_string(),
        None => format!("{named} {outcome}"),
    };
    cells.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn patterns(cells: &[(Route, Tool)]) -> Vec<RoutePattern> {
    cells.iter().map(|(route, tool)| RoutePattern { route: *route, tool: Some(*tool) }).collect()
}

fn listed(patterns: &[RoutePattern]) -> String {
    let mut names: Vec<String> =
        patterns.iter().take(NAMED).map(|pattern| format!("`{pattern}`")).collect();
    if patterns.len() > NAMED {
        names.push(format!("{} more", patterns.len() - NAMED));
    }
    names.join(", ")
}
