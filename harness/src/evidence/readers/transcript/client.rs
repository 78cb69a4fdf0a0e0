//! curl, nc, telnet and the cmdlets that speak HTTP.

use super::{failure, put, put_address, target::Target};
use crate::{
    evidence::{
        document::Block,
        fact::{Kind, Seen, Variable},
        host::{Endpoint, Host},
        reader::Sink,
        side::Side,
        span::{Span, Text},
    },
    outcome::Outcome,
};

/// What the lines have told so far.
#[derive(Default)]
struct Told {
    /// The last word of it, and where it stood.
    result: Option<(Span, Seen)>,
    /// The address to which it connected.
    connected: Option<(Span, Host)>,
    /// Whether a proxy takes part.
    proxied: bool,
    /// Whether something was printed that is no message of the tool.
    body: Option<Span>,
}

pub(super) fn read(block: &Block<'_>, tool: &str, target: &Target, out: &mut Sink) {
    let side = block.side;
    let mut told = Told::default();
    for line in &block.lines {
        if proxy(*line, side, out) {
            told.proxied = true;
        } else if let Some((host, outcome)) = refused_address(*line) {
            let seen = Seen::Outcome(outcome);
            put_address(side, line.span(), tool, target, host, seen, out);
            told.result = told.result.or(Some((line.span(), seen)));
        } else if let Some(host) = connected(*line) {
            told.connected = Some((line.span(), host));
            if tool != "curl" {
                told.result = Some((line.span(), Seen::Outcome(Outcome::Open)));
            }
        } else if let Some(seen) = result(*line, tool, &told, side) {
            told.result = Some((line.span(), seen));
        } else if !is_chatter(*line) && told.body.is_none() {
            told.body = Some(line.span());
        }
    }
    let result = told.result.or_else(|| {
        // What a server sent, where nothing went wrong.
        let body = told.body.filter(|_| tool == "curl")?;
        Some((body, Seen::Works))
    });
    let Some((span, seen)) = result else { return };
    put(side, span, tool, target, seen, out);
    if let Some((at, host)) = told.connected.filter(|_| !told.proxied) {
        put_address(side, at.to(span), tool, target, host, seen, out);
    }
}

/// `* Uses proxy env variable http_proxy == 'http://10.0.0.1:3128'`: a variable, and who answers.
fn proxy(line: Text<'_>, side: Side, out: &mut Sink) -> bool {
    let Some((_, rest)) = line.split_once("Uses proxy env variable ") else { return false };
    let Some((name, value)) = rest.split_once("==") else { return false };
    let value = value.as_str().trim_matches(['\'', '"', ' ']).to_owned();
    let name = name.as_str().to_owned();
    // curl says so of no_proxy as well, and then goes straight to the target.
    let leads = !name.eq_ignore_ascii_case("no_proxy");
    out.put(side, rest.span(), Kind::Variable(Variable { name, value: Some(value) }));
    leads
}

/// `* connect to ::1 port 8080 from ::1 port 40000 failed: Connection refused`,
/// `nc: connect to localhost (127.0.0.1) port 80 (tcp) failed: Connection refused`,
/// `telnet: connect to address ::1: Connection refused`.
fn refused_address(line: Text<'_>) -> Option<(Host, Outcome)> {
    let (_, rest) = line.split_once("connect to ")?;
    let rest = rest.after("address ").unwrap_or(rest);
    let outcome = failure::of(rest)?;
    let mut words = rest.as_str().split_whitespace();
    let first = words.next()?;
    let second = words.next().unwrap_or_default();
    let inner = second.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let first = first.strip_suffix(':').filter(|it| !it.ends_with(':')).unwrap_or(first);
    let host = inner
        .and_then(super::super::shape::address)
        .or_else(|| super::super::shape::address(first))?;
    Some((host, outcome))
}

/// `* Connected to localhost (::1) port 8080`, `Connection to localhost (127.0.0.1) 80 port [tcp/http]
/// succeeded!`, `Ncat: Connected to 127.0.0.1:80.`, `Connected to localhost.`
fn connected(line: Text<'_>) -> Option<Host> {
    let rest = match line.split_once("Connected to ") {
        Some((_, rest)) => rest,
        None if line.has("succeeded!") => line.split_once("Connection to ")?.1,
        None if line.as_str().trim_end().ends_with(" open") => {
            // `localhost [127.0.0.1] 8080 (http-alt) open`
            let inner = line.as_str().split('[').nth(1)?.split(']').next()?;
            return Host::parse(inner);
        }
        None => return None,
    };
    let mut words = rest.as_str().split_whitespace();
    let first = words.next()?;
    let inner = words.next().and_then(|it| it.strip_prefix('(')?.strip_suffix(')'));
    let inner = inner.and_then(super::super::shape::address);
    let endpoint = || Endpoint::parse(first).map(|it| it.host);
    inner.or_else(endpoint).or_else(|| Host::parse(first.trim_end_matches('.')))
}

fn result(line: Text<'_>, tool: &str, told: &Told, side: Side) -> Option<Seen> {
    let text = line.as_str().trim();
    if let Some(code) = curl_code(text) {
        return Some(curl(code, line, told, side).map_or(Seen::Fails, Seen::Outcome));
    }
    if let Some(status) = status(text) {
        let by_proxy = told.proxied && matches!(status, 403 | 407 | 502..=504);
        let outcome = if by_proxy { Outcome::ProxyError } else { Outcome::Http(status) };
        return Some(Seen::Outcome(outcome));
    }
    match tool {
        "telnet" | "nc" => {
            if line.has("Connection closed by foreign host") && told.connected.is_some() {
                return Some(Seen::Outcome(Outcome::Dropped));
            }
            if line.has("Could not open connection to the host") {
                return Some(Seen::Fails);
            }
            failure::of(line).map(Seen::Outcome)
        }
        _ if line.has("Unable to connect to the remote server") => Some(Seen::Fails),
        // A body may hold any words; a message of the tool begins with its name.
        _ if is_message(text) => failure::of(line).map(Seen::Outcome),
        _ => None,
    }
}

fn is_message(text: &str) -> bool {
    let marks = ["curl", "Invoke-", "iwr", "irm", "* ", "At line", "Ncat", "nc:"];
    marks.iter().any(|mark| text.starts_with(mark))
}

/// `curl: (56) Recv failure: Connection was reset`
fn curl_code(text: &str) -> Option<u8> {
    let rest = text.strip_prefix("curl: (")?;
    rest.split(')').next()?.parse().ok()
}

fn curl(code: u8, line: Text<'_>, told: &Told, side: Side) -> Option<Outcome> {
    let known = failure::of(line);
    // What -v said of the one address before curl's own summary.
    let before = match told.result {
        Some((_, Seen::Outcome(outcome))) if !outcome.is_good() => Some(outcome),
        _ => None,
    };
    match code {
        5 => Some(Outcome::ProxyRefused),
        6 => Some(Outcome::NoName),
        7 if told.proxied => Some(Outcome::ProxyRefused),
        7 => known.or(before).or_else(|| by_time(line, side)),
        28 if line.has("bytes received") || told.connected.is_some() => Some(Outcome::NoAnswer),
        28 => Some(Outcome::Timeout),
        52 => Some(Outcome::Dropped),
        56 if line.as_str().contains("CONNECT") || line.has("proxy") => Some(Outcome::ProxyError),
        56 => Some(Outcome::Dropped),
        97 => Some(Outcome::ProxyError),
        _ => known,
    }
}

/// Windows' curl names no reason; it takes 2 s to be refused there, and 21 s to give up.
fn by_time(line: Text<'_>, side: Side) -> Option<Outcome> {
    let words: Vec<&str> = line.as_str().split_whitespace().collect();
    let at = words.windows(3).position(|it| it[0] == "after" && it[2].starts_with("ms"))?;
    let ms: u32 = words.get(at + 1)?.parse().ok()?;
    match ms {
        1_900..=4_600 if side == Side::Windows => Some(Outcome::Refused),
        20_000.. => Some(Outcome::Timeout),
        _ => None,
    }
}

/// `< HTTP/1.1 200 OK`, `HTTP/2 404`, `StatusCode : 200`, `returned an error: (502)`.
fn status(text: &str) -> Option<u16> {
    let number = |text: &str| -> Option<u16> {
        text.trim().get(..3)?.parse().ok().filter(|code| (100..600).contains(code))
    };
    let bare = text.strip_prefix("< ").unwrap_or(text);
    if bare.starts_with("HTTP/") {
        return number(bare.split_once(' ')?.1).filter(|code| *code >= 200);
    }
    if let Some(rest) = text.strip_prefix("StatusCode") {
        return number(rest.trim_start().strip_prefix(':')?);
    }
    number(text.split_once("returned an error: (")?.1)
}

/// What curl -v, telnet and progress bars print besides.
fn is_chatter(line: Text<'_>) -> bool {
    let text = line.as_str().trim();
    let marks =
        ["*", ">", "<", "{", "}", "Trying ", "Escape character", "% Total", "0     0", "--:--"];
    text.is_empty() || marks.iter().any(|mark| text.starts_with(mark)) || text.contains("Dload")
}
