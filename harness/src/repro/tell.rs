//! A reproduction told to a person.

use super::{
    Reproduction,
    compare::{Agreement, Held},
    fix::{Fix, Why},
};
use crate::{
    evidence::fact::Seen,
    node::Node,
    outcome::Outcome,
    picture::Picture,
    picture::WHOLE,
    report::columns::align,
    route::RoutePattern,
    scenario::{Action, ServiceChange, ServiceState, Step},
    tool::Tool,
};

/// How many routes of a list are named.
const NAMED: usize = 4;

/// The whole story.
pub fn tell(made: &Reproduction) -> String {
    let mut text = String::new();
    text += &diagnosis(made);
    text += &assumed(&made.picture);
    text += &cells(made);
    text += &cure(made);
    text
}

fn diagnosis(made: &Reproduction) -> String {
    let findings = &made.diagnosis.findings;
    if findings.is_empty() {
        return "diagnosis: nothing here points to a known cause\n\n".to_owned();
    }
    let mut text = String::from("diagnosis\n");
    for finding in findings {
        text +=
            &format!("  {}: {} ({})\n", finding.cause, finding.about, finding.confidence.name());
    }
    text + "\n"
}

fn assumed(picture: &Picture) -> String {
    let mut text = String::new();
    for (title, list) in [
        ("assumed, for the report does not say", &picture.defaults),
        ("not in the lab", &picture.unmodelled),
    ] {
        if !list.is_empty() {
            text += &format!("{title}\n");
            text += &list.iter().map(|it| format!("  {it}\n")).collect::<String>();
            text.push('\n');
        }
    }
    text
}

fn cells(made: &Reproduction) -> String {
    let comparison = &made.comparison;
    if comparison.cells.is_empty() {
        return "The report names nothing that was tried, so there is nothing to compare.\n\n"
            .to_owned();
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
    let (same, all) = comparison.share();
    let verdict = match (comparison.came_back(), comparison.has_symptom()) {
        (true, _) => "The reported symptom came back.",
        (_, true) => "A part of it came back: see what differs.",
        _ => "The reported symptom did not come back.",
    };
    format!("{}\n{same} of {all} cells as reported. {verdict}\n\n", align(&rows))
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

fn cure(made: &Reproduction) -> String {
    let fix = &made.fix;
    if !made.comparison.has_symptom() {
        return "Nothing that was reported to fail fails here, so there is nothing to cure.\n"
            .to_owned();
    }
    let goals: Vec<RoutePattern> = made
        .comparison
        .goals
        .iter()
        .map(|(route, tool)| RoutePattern { route: *route, tool: Some(*tool) })
        .collect();
    let mut text = String::new();
    match &fix.cure {
        Some(cure) => {
            text += &format!("verified: turns {} green and breaks nothing\n", listed(&goals));
            if !cure.gives_up.is_empty() {
                text += &format!(
                    "(what only the fault made possible goes: {})\n",
                    listed(&cure.gives_up)
                );
            }
            for remedy in &cure.remedies {
                text += &format!("  # {} ({})\n", remedy.from, remedy.cause);
                for line in lines(&remedy.steps, &made.picture) {
                    text += &format!("  {line}\n");
                }
            }
        }
        None => {
            text += &format!("No remedy of the catalogue turns {} green.\n", listed(&goals));
            if fix.cut_short {
                text += "The search was cut short: not every set was tried.\n";
            }
        }
    }
    text + &failed(fix)
}

fn failed(fix: &Fix) -> String {
    if fix.failed.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nlooked right and did not work alone\n");
    for (candidate, why) in &fix.failed {
        let why = match why {
            Why::StaysBad(cells) => format!("{} still bad", listed(cells)),
            Why::Breaks(cells) => format!("cures it and breaks {}", listed(cells)),
            Why::CannotBeDone(reason) => format!("cannot be done here: {reason}"),
        };
        text += &format!("  {}: {why}\n", candidate.from);
    }
    text + &format!("\n{} labs tried\n", fix.tried)
}

fn listed(patterns: &[RoutePattern]) -> String {
    let mut names: Vec<String> =
        patterns.iter().take(NAMED).map(|pattern| format!("`{pattern}`")).collect();
    if patterns.len() > NAMED {
        names.push(format!("{} more", patterns.len() - NAMED));
    }
    names.join(", ")
}

/// Steps as lines to type on the reporter's machine.
pub fn lines(steps: &[Step], picture: &Picture) -> Vec<String> {
    let mut lines = Vec::new();
    for step in steps {
        let prompt = match step.on {
            Node::Windows => r"C:\> ",
            Node::Wsl | Node::Lan => "$ ",
        };
        match &step.action {
            Action::Run(line) => lines.push(format!("{prompt}{}", theirs(line, picture))),
            Action::Write { path, text } if text.is_empty() => {
                lines.push(format!("{path}: empty the file, or delete it"));
            }
            Action::Write { path, text } => {
                lines.push(format!("{path}: make it read"));
                lines.extend(theirs(text, picture).lines().map(|line| format!("    {line}")));
            }
            Action::Env(vars) => {
                lines.extend(vars.iter().map(|(name, value)| match value.is_empty() {
                    true => format!("{prompt}unset {name}"),
                    false => format!("{prompt}export {name}={value}"),
                }))
            }
            Action::Service(change) => lines.push(service(step.on, change)),
        }
    }
    lines
}

fn service(on: Node, change: &ServiceChange) -> String {
    let whose = match on {
        Node::Windows => "the program on Windows that holds the port",
        Node::Wsl | Node::Lan => "the server",
    };
    if change.state == ServiceState::Stop {
        return format!("stop {whose}");
    }
    let mut text = format!("start {whose} anew");
    if let Some(listen) = &change.listen {
        let family = match listen.network.as_str() {
            "tcp4" => " (an IPv4 socket: in Go, net.Listen(\"tcp4\", …))",
            "tcp6" => " (an IPv6 socket)",
            _ => "",
        };
        let host = if listen.host.is_empty() { "[::]" } else { &listen.host };
        text += &format!(", listening on {host}:{}{family}", listen.port);
    }
    if let Some(args) = change.args.as_ref().filter(|args| !args.is_empty()) {
        text += &format!(", with {}", args.join(" "));
    }
    if change.args.as_ref().is_some_and(Vec::is_empty) {
        text += ", without the error";
    }
    if let Some(user) = change.user {
        text += &format!(", as the user {}", user.name());
    }
    text
}

/// The lab's addresses replaced by theirs.
fn theirs(line: &str, picture: &Picture) -> String {
    let known =
        |address: &Option<String>, how: &str| address.clone().unwrap_or_else(|| format!("<{how}>"));
    let theirs = &picture.theirs;
    let mut line = line
        .replace("{wsl-ip}", &known(&theirs.wsl, "what `wsl hostname -I` prints"))
        .replace("{windows-gateway}", &known(&theirs.gateway, "the address of vEthernet (WSL)"))
        .replace("{windows-lan-ip}", &known(&theirs.lan, "Windows' address on the LAN"));
    for (lab, real) in &theirs.other {
        line = line.replace(lab, real);
    }
    line
}
