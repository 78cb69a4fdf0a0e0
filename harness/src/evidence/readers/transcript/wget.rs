//! wget, GNU's and BusyBox': `Connecting to localhost (localhost)|::1|:80... failed: Connection
//! refused.` Also where somebody has only quoted its lines.

use super::{failure, put, put_address, target::Target};
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

pub(super) fn read(block: &Block<'_>, target: &Target, out: &mut Sink) {
    let mut last = None;
    let mut address = None;
    for line in &block.lines {
        if let Some((endpoint, rest)) = connecting(*line) {
            address = Some(endpoint.host.clone());
            if let Some(seen) = end(rest) {
                put_address(block.side, line.span(), "wget", target, endpoint.host, seen, out);
                last = Some((line.span(), seen));
            }
        } else if let Some(seen) = end(*line) {
            last = Some((line.span(), seen));
            if let Some(host) = address.clone() {
                put_address(block.side, line.span(), "wget", target, host, seen, out);
            }
        }
    }
    if let Some((span, seen)) = last {
        put(block.side, span, "wget", target, seen, out);
    }
}

/// An item that quotes it.
pub(super) fn item(block: &Block<'_>, out: &mut Sink) {
    for line in &block.lines {
        let Some((endpoint, rest)) = connecting(*line) else { continue };
        let target = Target { host: endpoint.host, port: endpoint.port };
        if let Some(seen) = end(rest) {
            put(block.side, line.span(), "wget", &target, seen, out);
        }
    }
}

/// The address and what follows it: `Connecting to localhost|::1|:80...`,
/// `Connecting to localhost ([::1]:80)`.
fn connecting(line: Text<'_>) -> Option<(Endpoint, Text<'_>)> {
    let (_, rest) = line.split_once("Connecting to ")?;
    let text = rest.as_str();
    if let Some((_, after)) = text.split_once('|') {
        let (host, after) = after.split_once("|:")?;
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let port = after.get(..end)?.parse().ok();
        return Some((Endpoint { host: Host::parse(host)?, port }, rest.part(&after[end..])));
    }
    let (_, after) = text.split_once('(')?;
    let (endpoint, after) = after.split_once(')')?;
    Some((Endpoint::parse(endpoint)?, rest.part(after)))
}

fn end(text: Text<'_>) -> Option<Seen> {
    if let Some(outcome) = failure::of(text) {
        return Some(Seen::Outcome(outcome));
    }
    let code = |mark: &str| -> Option<u16> {
        let (_, rest) = text.split_once(mark)?;
        let status = rest.as_str().split_whitespace().find_map(|it| it.parse().ok());
        status.filter(|status| (200..600).contains(status))
    };
    let status = code("awaiting response...").or_else(|| code("server returned error: HTTP/"));
    if let Some(status) = status {
        return Some(Seen::Outcome(Outcome::Http(status)));
    }
    match () {
        () if text.has("No data received") => Some(Seen::Outcome(Outcome::Dropped)),
        () if text.has("download timed out") => Some(Seen::Outcome(Outcome::NoAnswer)),
        () if text.has("failed: ") && text.has("timed out") => {
            Some(Seen::Outcome(Outcome::Timeout))
        }
        () if text.has("saved [") || text.has("100% |") => Some(Seen::Works),
        () => None,
    }
}
