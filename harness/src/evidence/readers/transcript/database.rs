//! Clients of databases: psql, mysql, redis-cli, mongo, sqlcmd. They name their server with an option,
//! and print a table where it answers.

use super::{failure, put, target::Target};
use crate::{
    evidence::{
        document::Block,
        fact::Seen,
        host::{Endpoint, Host},
        reader::Sink,
        span::Text,
    },
    outcome::Outcome,
};

/// Each with its options for the server and for the port. Manuals of psql, mysql, redis-cli, mongosh
/// and sqlcmd.
const OPTIONS: [(&str, &[&str], &[&str]); 5] = [
    ("psql", &["-h", "--host"], &["-p", "--port"]),
    ("mysql", &["-h", "--host"], &["-P", "--port"]),
    ("redis-cli", &["-h"], &["-p"]),
    ("mongo", &["--host"], &["--port"]),
    ("sqlcmd", &["-S"], &[]),
];

/// What they print where nobody answered, besides what the system says.
const UNREACHED: [&str; 6] = [
    "Can't connect to",
    "Could not connect",
    "could not connect",
    "Could not open a connection",
    "Login timeout expired",
    "couldn't connect to server",
];

pub(super) fn is_one(tool: &str) -> bool {
    OPTIONS.iter().any(|(name, ..)| *name == tool)
}

/// The server that the options name. Without any it is the machine's own, over whatever there is.
pub(super) fn target(tool: &str, words: &[String]) -> Option<Target> {
    let (_, hosts, ports) = OPTIONS.iter().find(|(name, ..)| *name == tool)?;
    let host = value(words, hosts)?;
    let port = value(words, ports).and_then(|port| port.parse().ok());
    // `tcp:localhost,1433` of sqlcmd.
    let host = host.trim_start_matches("tcp:").replace(',', ":");
    let parsed = Endpoint::parse(&host);
    let port = port.or(parsed.as_ref().and_then(|it| it.port));
    let host = parsed.map(|it| it.host).or_else(|| Host::parse(&host))?;
    (host != Host::Star).then_some(Target { host, port })
}

/// `-h localhost`, `-hlocalhost`, `--host=localhost`.
fn value(words: &[String], options: &[&str]) -> Option<String> {
    for (at, word) in words.iter().enumerate() {
        for option in options {
            let Some(rest) = word.strip_prefix(option) else { continue };
            let joined = rest.strip_prefix('=').or((!option.starts_with("--")).then_some(rest));
            return match joined {
                _ if rest.is_empty() => words.get(at + 1).cloned(),
                Some(rest) => Some(rest.to_owned()),
                None => continue,
            };
        }
    }
    None
}

pub(super) fn read(block: &Block<'_>, tool: &str, target: &Target, out: &mut Sink) {
    let said = block.lines.iter().find_map(|line| Some((*line, failed(*line)?)));
    let answered = || block.lines.iter().find(|line| !line.as_str().trim().is_empty());
    let found = said.or_else(|| Some((*answered()?, Seen::Works)));
    if let Some((line, seen)) = found {
        put(block.side, line.span(), tool, target, seen, out);
    }
}

fn failed(line: Text<'_>) -> Option<Seen> {
    match failure::of(line) {
        // "Permission denied" and the like are of the database.
        Some(outcome @ (Outcome::Refused | Outcome::Timeout | Outcome::NoName)) => {
            Some(Seen::Outcome(outcome))
        }
        _ if UNREACHED.iter().any(|text| line.has(text)) => Some(Seen::Fails),
        _ => None,
    }
}
