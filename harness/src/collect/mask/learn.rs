//! Names that stand in the text itself and say who or where somebody is: homes, owners of processes,
//! rows of hosts files, search domains, proxies and what is not sent to them, mail addresses.

use std::net::IpAddr;

use super::Masks;
use crate::evidence::host::{Endpoint, Host};

/// Learns from a whole report.
pub(super) fn learn(masks: &mut Masks, text: &str) {
    let mut owners = false;
    for line in text.lines() {
        homes(masks, line);
        hosts_row(masks, line);
        urls(masks, line);
        proxies(masks, line);
        suffix(masks, line);
        mail(masks, line);
        // `ps` has a column for them; it ends with the answer.
        let first = line.split_whitespace().next();
        owners = match first {
            Some("USER") => true,
            None | Some("```") => false,
            Some(name) => {
                if owners {
                    masks.user(name.trim_end_matches('+'));
                }
                owners
            }
        };
    }
}

fn homes(masks: &mut Masks, line: &str) {
    for home in ["/home/", r"\Users\", "/Users/"] {
        for (at, _) in line.match_indices(home) {
            // Escaped in a configuration file, each backslash is two.
            let rest = line[at + home.len()..].trim_start_matches('\\');
            let end = |c: char| matches!(c, '/' | '\\' | '"' | '\'' | ':' | ';' | ',');
            let name = rest.split(end).next().unwrap_or_default();
            let more = name.len() < rest.len() && home != "/home/";
            // Windows has names with spaces; without an end one cannot tell where it is.
            let words = name.split_whitespace().take(if more { 3 } else { 1 });
            words.for_each(|word| masks.user(word));
        }
    }
}

fn hosts_row(masks: &mut Masks, line: &str) {
    let mut words = line.split_whitespace();
    match words.next() {
        Some("search" | "domain") => words.for_each(|word| masks.host(word)),
        // `inet 10.0.0.1 brd …` starts with a word, a routing table with numbers.
        Some(first) if first.parse::<IpAddr>().is_ok() && line.starts_with(first) => {
            let names: Vec<&str> = words.take_while(|word| !word.starts_with('#')).collect();
            let all = names.iter().all(|name| is_name(name) && name.len() > 1);
            if all {
                names.into_iter().for_each(|name| masks.host(name));
            }
        }
        _ => {}
    }
}

fn urls(masks: &mut Masks, line: &str) {
    for url in line.split(['"', '\'', ' ', '=', ';', ',']).filter(|it| it.contains("://")) {
        if let Some(Endpoint { host: Host::Name(name), .. }) = Endpoint::of_url(url) {
            masks.host(&name);
        }
    }
}

/// Variables and values of the registry that name a proxy, or what is not sent to one.
fn proxies(masks: &mut Masks, line: &str) {
    let lower = line.trim_start().to_ascii_lowercase();
    let variable = lower
        .split_once('=')
        .is_some_and(|(name, _)| name.ends_with("_proxy") && !name.contains(char::is_whitespace));
    let value = match () {
        () if variable => line.split_once('=').map(|it| it.1),
        () if lower.starts_with("proxy") => line.split_once("REG_SZ").map(|it| it.1),
        () => None,
    };
    let parts = value.unwrap_or_default().split([' ', ',', ';', '=', '"', '\'']);
    for part in parts {
        let part = part.rsplit("://").next().unwrap_or(part);
        let part = part.rsplit('@').next().unwrap_or(part).trim_start_matches(['*', '.']);
        let name = part.split([':', '/']).next().unwrap_or_default();
        // `http=proxy:80;https=proxy:80` names schemes too.
        if is_name(name) && !matches!(name, "http" | "https" | "ftp" | "socks") {
            masks.host(name);
        }
    }
}

/// `Connection-specific DNS Suffix  . : corp.example`, in any language.
fn suffix(masks: &mut Masks, line: &str) {
    let Some((label, value)) = line.split_once(" : ") else { return };
    let value = value.trim();
    if label.trim_end().ends_with('.') && value.contains('.') && is_name(value) {
        masks.host(value);
    }
}

fn mail(masks: &mut Masks, line: &str) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"');
    for word in line.split(ends).filter(|word| !word.contains("://")) {
        if let Some((user, host)) = word.split_once('@')
            && !user.is_empty()
            && host.contains('.')
            && is_name(host)
        {
            masks.host(host);
        }
    }
}

fn is_name(text: &str) -> bool {
    matches!(Host::parse(text), Some(Host::Name(_)))
}
