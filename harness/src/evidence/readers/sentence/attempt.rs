//! From clauses to attempts.

use super::clause::{Clause, Target, cut};
use crate::evidence::{
    document::Form,
    fact::{Attempt, Kind, Place, Seen},
    lexicon::lexicon,
    reader::Sink,
    side::Side,
    words::Passage,
};

/// Keys of items that tell of no attempt, whatever their words.
const NO_ATTEMPT: [&str; 24] = [
    "cmd",
    "command",
    "version",
    "build",
    "kernel",
    "setup",
    "os",
    "log",
    "config",
    "compose",
    "rule",
    "listen",
    "listens",
    "bind",
    "distro",
    "resolv",
    "hosts",
    "env",
    "firewall",
    "fix",
    "workaround",
    "netstat",
    "ss",
    "note",
];

/// What was said last, for clauses that do not repeat it.
#[derive(Default)]
struct Said {
    side: Option<Side>,
    tool: Option<String>,
    seen: Option<Seen>,
    pending: Vec<Target>,
    targets: Vec<Target>,
    /// The key of an item names a container.
    in_container: bool,
}

pub(super) fn read(passage: &Passage, out: &mut Sink) {
    let key = &passage.words[..passage.key];
    let tells_of = |word: &str| key.iter().any(|it| it.text == word);
    let is_error = tells_of("error") || tells_of("client") || tells_of("curl");
    if passage.form == Form::Item && NO_ATTEMPT.iter().any(|it| tells_of(it)) && !is_error {
        return;
    }
    if passage.form == Form::Output {
        return printed(passage, out);
    }
    let in_container = ["container", "pod", "busybox"].iter().any(|it| tells_of(it));
    let mut said = Said { in_container, ..Said::default() };
    for clause in cut(&passage.words, lexicon()) {
        if clause.first {
            said = Said {
                side: said.side,
                tool: said.tool,
                targets: said.targets,
                in_container,
                ..Said::default()
            };
        }
        one(&clause, &mut said, out);
    }
}

/// What programs print has readers of its own; an error that says what happened and to what is
/// understood wherever it stands.
fn printed(passage: &Passage, out: &mut Sink) {
    let clauses = cut(&passage.words, lexicon());
    let error = clauses.iter().find_map(|clause| match clause.seen {
        Some(Seen::Outcome(outcome)) if !outcome.is_good() => Some((clause, outcome)),
        _ => None,
    });
    let Some((clause, outcome)) = error else { return };
    let targets = || clauses.iter().flat_map(|clause| &clause.targets);
    let target = targets().find(|target| target.host.is_some()).or_else(|| targets().next());
    let is_tool = clauses.iter().any(|clause| clause.tool.is_some());
    if target.is_none() && !is_tool {
        return;
    }
    let attempt = Attempt {
        to: target.map_or(Place::Unstated, |target| target.place.clone()),
        host: target.and_then(|target| target.host.clone()),
        port: target.and_then(|target| target.port),
        tool: clauses.iter().find_map(|clause| clause.tool.clone()),
        seen: Seen::Outcome(outcome),
    };
    out.put(passage.side, clause.span, Kind::Attempt(attempt));
}

fn one(clause: &Clause, said: &mut Said, out: &mut Sink) {
    let side = clause.side.or(said.side).or(said.in_container.then_some(Side::Container));
    let tool = clause.tool.clone().or_else(|| said.tool.clone());
    let names_client = clause.side.is_some() || clause.tool.is_some();
    let seen = match clause.seen {
        Some(seen) => Some(seen),
        // "… refused on localhost, 127.0.0.1 and the address of eth0"
        None if clause.length <= 6 && !clause.targets.is_empty() && !clause.serves => said.seen,
        None => None,
    };
    said.side = side;
    said.tool.clone_from(&tool);
    let Some(seen) = seen else {
        said.pending.extend(clause.targets.iter().cloned());
        return;
    };
    // "works when the firewall is off" tells of the change, not of the address.
    if clause.conditional && seen.is_good() && clause.targets.is_empty() {
        return;
    }
    said.seen = Some(seen);
    let mut targets = clause.targets.clone();
    if targets.is_empty() {
        targets.append(&mut said.pending);
    }
    // "works from here and is refused from there"; "cannot reach localhost:80. Connection refused."
    let particular = matches!(seen, Seen::Outcome(outcome) if !outcome.is_good());
    if targets.is_empty()
        && (clause.side.is_some()
            || particular && clause.tool.as_deref().is_none_or(|it| it == "client"))
    {
        targets.clone_from(&said.targets);
    }
    said.targets.clone_from(&targets);
    if targets.is_empty() && !names_client && !(seen.is_bad() && clause.reaches) {
        return;
    }
    said.pending.clear();
    if targets.is_empty() {
        let target = Target { place: Place::Unstated, host: None, port: None, span: clause.span };
        targets.push(target);
    }
    for target in targets {
        let attempt = Attempt {
            to: target.place,
            host: target.host,
            port: target.port,
            tool: tool.clone(),
            seen,
        };
        let side = side.unwrap_or(Side::Unknown);
        out.put(side, clause.span.to(target.span), Kind::Attempt(attempt));
    }
}
