//! ping of both systems. What Windows prints is translated; `TTL=` and the percentage are not.

use super::{failure, put, target::Target};
use crate::{
    evidence::{document::Block, fact::Seen, reader::Sink, span::Text},
    outcome::Outcome,
};

pub(super) fn read(block: &Block<'_>, target: &Target, out: &mut Sink) {
    let answer = block.lines.iter().find(|line| line.has("ttl="));
    let failed = || block.lines.iter().find_map(|line| Some((line, failure_of(*line)?)));
    let lost = || block.lines.iter().find(|line| loss(**line) == Some(100));
    let found = match answer {
        // Windows prints the TTL of the router that says "unreachable" nowhere.
        Some(line) => Some((line, Outcome::Ok)),
        None => failed().or_else(|| lost().map(|line| (line, Outcome::Timeout))),
    };
    if let Some((line, outcome)) = found {
        put(block.side, line.span(), "ping", target, Seen::Outcome(outcome), out);
    } else if let Some(line) = block.lines.iter().find(|line| loss(**line) == Some(0)) {
        put(block.side, line.span(), "ping", target, Seen::Outcome(Outcome::Ok), out);
    }
}

fn failure_of(line: Text<'_>) -> Option<Outcome> {
    match () {
        () if line.has("Destination Host Unreachable") => Some(Outcome::NoRoute),
        () if line.has("Host Prohibited") || line.has("Packet filtered") => Some(Outcome::NoRoute),
        () if line.has("Net Unreachable") => Some(Outcome::NetUnreachable),
        () if line.has("could not find host") => Some(Outcome::NoName),
        () => failure::of(line),
    }
}

/// `100% packet loss`, `(100% loss)`, `(100 % de perte)`, `(0% 丢失)`
fn loss(line: Text<'_>) -> Option<u32> {
    let (before, _) = line.as_str().split_once('%')?;
    let before = before.trim_end();
    let start = before
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    before[start..].parse().ok()
}
