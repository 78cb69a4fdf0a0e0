//! `resolv.conf`, `nslookup`, `dig`, `host`.

use super::shape::{address, label, runs, words};
use crate::evidence::{
    document::{Block, Form},
    fact::{Attempt, Kind, Nameserver, Place, Seen},
    host::Host,
    reader::{Reader, Sink},
    span::Text,
};
use crate::outcome::Outcome;

pub(super) const READER: Reader = Reader { name: "resolv.conf", read };

const TOOLS: [&str; 4] = ["nslookup", "dig", "host", "Resolve-DnsName"];

fn read(block: &Block<'_>, out: &mut Sink) {
    resolv_conf(block, out);
    if let Some(tool) = TOOLS.into_iter().find(|tool| runs(block.command, tool)) {
        lookup(block, tool, out);
    }
}

/// Whether a block is what a tool for names printed.
pub(super) fn is_one(block: &Block<'_>) -> bool {
    block.form == Form::Output && TOOLS.iter().any(|tool| runs(block.command, tool))
}

fn resolv_conf(block: &Block<'_>, out: &mut Sink) {
    let keyed =
        block.form == Form::Item && (block.is_about("nameserver") || block.is_about("resolv"));
    for line in &block.lines {
        let mut found: Vec<Text<'_>> = Vec::new();
        let words: Vec<Text<'_>> = line.words().collect();
        if block.form != Form::Prose
            && words.first().is_some_and(|word| word.as_str() == "nameserver")
        {
            found.extend(words.get(1));
        } else if keyed {
            found.extend(words);
        }
        for word in found {
            let text = word.as_str().trim_matches([',', ';', '"', '`']);
            if let Some(address) = address(text) {
                out.put(block.side, word.span(), Kind::Nameserver(Nameserver { address }));
            }
        }
    }
}

/// Which server was asked, and whether it knew the name.
fn lookup(block: &Block<'_>, tool: &str, out: &mut Sink) {
    let mut seen = None;
    let mut server = false;
    let mut named = false;
    for line in &block.lines {
        let text = line.as_str().trim();
        if let Some(found) = failure(*line) {
            seen.get_or_insert((*line, found));
        }
        let address_of = |value: Text<'_>| {
            let first = words(value).first().copied()?;
            address(first.split(['#', '(']).next()?)
        };
        if let Some(rest) = text.strip_prefix(";; SERVER:") {
            let rest = line.part(rest).trim();
            if let Some(address) = address_of(rest) {
                out.put(block.side, rest.span(), Kind::Nameserver(Nameserver { address }));
            }
        } else if let Some((key, value)) = label(*line) {
            // `Server:` comes first, its address below it, then the name and its addresses.
            let is_server = key.has("Server") || key.has("Serveur") || key.as_str() == "服务器";
            server |= is_server;
            named |= !is_server && address_of(value).is_none() && !value.as_str().is_empty();
            if let Some(address) = address_of(value).filter(|_| server) {
                if named {
                    seen.get_or_insert((value, Seen::Works));
                } else if !is_server {
                    out.put(block.side, value.span(), Kind::Nameserver(Nameserver { address }));
                }
            }
        } else if text.contains("\tIN\tA\t") || text.contains(" has address ") {
            seen.get_or_insert((*line, Seen::Works));
        }
    }
    let Some((line, seen)) = seen else { return };
    let Some(host) = name_asked(block, tool) else { return };
    let attempt = Attempt {
        to: Place::of(&host),
        host: Some(host),
        port: None,
        tool: Some(tool.to_ascii_lowercase()),
        seen,
    };
    out.put(block.side, line.span(), Kind::Attempt(attempt));
}

fn failure(line: Text<'_>) -> Option<Seen> {
    let has = |words: &str| line.has(words);
    if has("NXDOMAIN") || has("SERVFAIL") || has("Non-existent domain") || has("can't find") {
        return Some(Seen::Outcome(Outcome::NoName));
    }
    if has("timed out") || has("no servers could be reached") || has("no response from server") {
        return Some(Seen::Outcome(Outcome::Timeout));
    }
    if has("connection refused") {
        return Some(Seen::Outcome(Outcome::Refused));
    }
    None
}

/// The first argument that is no option and no server.
fn name_asked(block: &Block<'_>, tool: &str) -> Option<Host> {
    let mut words = block.command?.words().map(Text::as_str);
    words.find(|word| word.to_ascii_lowercase().contains(&tool.to_ascii_lowercase()))?;
    words
        .filter(|word| !word.starts_with(['-', '+', '@']))
        .find_map(|word| Host::parse(word).filter(|host| matches!(host, Host::Name(_))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |side, kind| match kind {
            Kind::Nameserver(it) => Some(format!("{side} server {}", it.address)),
            Kind::Attempt(it) => {
                let host = it.host.map_or("?".to_owned(), |host| host.to_string());
                Some(format!("{side} {} {host} {}", it.tool.unwrap_or_default(), it.seen))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.side, fact.kind)).collect()
    }

    #[test]
    fn resolv_conf() {
        let text = "```\n$ cat /etc/resolv.conf\n# generated by WSL\nnameserver 172.28.16.1\n\
                    nameserver 8.8.xx.xx\nsearch lan\n```\n";
        assert_eq!(shown(text), ["guest server 172.28.16.1", "guest server 8.8.xx.xx"]);
        assert_eq!(
            shown("- resolv.conf: nameserver 10.255.255.254\n"),
            ["unknown server 10.255.255.254"]
        );
    }

    #[test]
    fn nslookup_and_dig() {
        let text = "```\n$ nslookup example.com\nServer:\t\t172.28.16.1\nAddress:\t172.28.16.1#53\n\n\
                    ** server can't find example.com: SERVFAIL\n```\n";
        let expected = ["guest server 172.28.16.1", "guest nslookup example.com no-name"];
        assert_eq!(shown(text), expected);
        let text = "```\nC:\\> nslookup db.lan\nServer:  UnKnown\nAddress:  10.0.0.1\n\n\
                    Name:    db.lan\nAddress:  10.0.0.7\n```\n";
        assert_eq!(shown(text), ["windows server 10.0.0.1", "windows nslookup db.lan works"]);
        let text =
            "```\n$ dig example.com\n;; connection timed out; no servers could be reached\n```\n";
        assert_eq!(shown(text), ["guest dig example.com timeout"]);
    }
}
