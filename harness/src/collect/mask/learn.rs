//! Names that stand in the text itself and say who or where somebody is: homes, owners of processes,
//! rows of hosts files, search domains, URLs, proxies and what is not sent to them, mail addresses,
//! names with a domain, shares of Windows, prompts.

use std::{net::IpAddr, ops::Range};

use super::{Masks, is_token, names};
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
        shares(masks, line);
        logins(masks, line);
        domains(masks, line);
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
        Some("search" | "domain") => words.for_each(|word| masks.named(word)),
        // `inet 10.0.0.1 brd …` starts with a word, a routing table with numbers.
        Some(first) if first.parse::<IpAddr>().is_ok() && line.starts_with(first) => {
            let names: Vec<&str> = words.take_while(|word| !word.starts_with('#')).collect();
            let all = names.iter().all(|name| is_name(name) && name.len() > 1);
            if all {
                // A name with its short form in the same row is one machine.
                let (whole, short): (Vec<&str>, Vec<&str>) =
                    names.into_iter().partition(|name| name.contains('.'));
                for name in whole {
                    match name.split('.').next() {
                        Some(first) if short.contains(&first) => masks.host(name),
                        _ => masks.named(name),
                    }
                }
                short.into_iter().for_each(|name| masks.host(name));
            }
        }
        _ => {}
    }
}

fn urls(masks: &mut Masks, line: &str) {
    for url in line.split(['"', '\'', ' ', '=', ';', ',']).filter(|it| it.contains("://")) {
        if let Some(Endpoint { host: Host::Name(name), .. }) = Endpoint::of_url(url) {
            masks.named(&name);
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
            masks.named(name);
        }
    }
}

/// `Connection-specific DNS Suffix  . : corp.example`, in any language.
fn suffix(masks: &mut Masks, line: &str) {
    let Some((label, value)) = line.split_once(" : ") else { return };
    let value = value.trim();
    if label.trim_end().ends_with('.') && value.contains('.') && is_name(value) {
        masks.named(value);
    }
}

fn mail(masks: &mut Masks, line: &str) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"');
    for word in line.split(ends).filter(|word| !word.contains("://")) {
        if let Some((user, host)) = word.split_once('@')
            && !user.is_empty()
            && host.contains('.')
            && is_name(host)
            // `app@1.0.0-rc.1`
            && !host.starts_with(|c: char| c.is_ascii_digit())
        {
            masks.named(host);
        }
    }
}

/// `\\PC\share`; `\\wsl$`, `\\.\pipe` and `\\?\C:` are no machines.
fn shares(masks: &mut Masks, line: &str) {
    for (at, _) in line.match_indices(r"\\") {
        let begins = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | '=' | '<');
        if !line[..at].chars().next_back().is_none_or(begins) {
            continue;
        }
        // In a string of code each of them is two.
        let rest = line[at..].trim_start_matches('\\');
        if let Some((name, _)) = rest.split_once('\\').filter(|(name, _)| is_name(name)) {
            masks.host(name);
        }
    }
}

/// `jane@pc:~$`, `[jane@pc src]$`, `scp jane@pc:/x .`
fn logins(masks: &mut Masks, line: &str) {
    if let Some(login) = Login::find(line) {
        masks.host(login.host);
    }
}

/// Somebody on a host without a domain.
pub(super) struct Login<'l> {
    /// Where the user stands in the line.
    pub user: Range<usize>,
    /// The host.
    pub host: &'l str,
}

impl<'l> Login<'l> {
    /// The first of a line. Links of other namespaces (`eth0@if2:`) and packages (`app@latest`) look
    /// alike, so something has to say that it is one.
    pub fn find(line: &'l str) -> Option<Login<'l>> {
        let at = line.find('@')?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let start = line[..at].rfind(|c: char| !named(c)).map_or(0, |at| at + 1);
        let rest = &line[at + 1..];
        let (host, behind) = rest.split_at(rest.find(|c| !named(c)).unwrap_or(rest.len()));
        let before = &line[..start];
        let connects = || before.split_whitespace().any(|word| CONNECT.contains(&word));
        let prompt = [":~", ":/"].iter().any(|path| behind.starts_with(path))
            || before.trim_start() == "[" && behind.starts_with(' ') && behind.contains(']');
        let is_one = start < at && is_name(host) && (prompt || connects());
        // A container's name is its number.
        let number = host.len() == 12 && host.chars().all(|c| c.is_ascii_hexdigit());
        (is_one && !number).then_some(Login { user: start..at, host })
    }
}

/// Commands that go to a host as a user.
const CONNECT: [&str; 6] = ["ssh", "scp", "sftp", "rsync", "mosh", "ssh-copy-id"];

/// `db01.corp.example.com refused`, `dial db01.corp:5432`.
fn domains(masks: &mut Masks, line: &str) {
    for token in line.split(|c| !is_token(c)) {
        let (host, behind) = token.split_once(':').unwrap_or((token, ""));
        let port = behind.trim_end_matches(['.', ':']).parse::<u16>().is_ok();
        if names::is_host(host.trim_end_matches('.'), port) {
            masks.named(host);
        }
    }
}

fn is_name(text: &str) -> bool {
    matches!(Host::parse(text), Some(Host::Name(_)))
}
