//! Proxies: who stands between, and for what.

use super::super::case::Case;
use crate::evidence::{
    fact::{Fact, Kind, Place, Variable},
    host::{Endpoint, Host},
    lexicon::lexicon,
    span::Span,
    words::Passage,
};

/// Ports that proxies on a desktop listen on unless they are told otherwise: clash and its kin, v2ray,
/// shadowsocks, Privoxy, squid. Their manuals.
const USUAL: [u16; 12] = [7890, 7891, 7892, 7893, 7897, 10808, 10809, 1080, 1086, 1087, 8118, 3128];

fn variables<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Variable)> {
    case.pick(|kind| if let Kind::Variable(it) = kind { Some(it) } else { None })
}

/// Variables that name a proxy, with its address where one can be read.
fn proxies<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Variable)> {
    let names = ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy"];
    let is = |it: &Variable| names.iter().any(|name| it.name.eq_ignore_ascii_case(name));
    let set = |it: &Variable| it.value.as_ref().is_some_and(|value| !value.trim().is_empty());
    variables(case).into_iter().filter(|(_, it)| is(it) && set(it)).collect()
}

fn endpoint(variable: &Variable) -> Option<Endpoint> {
    let value = variable.value.as_deref()?;
    Endpoint::of_url(value).or_else(|| Endpoint::parse(value))
}

/// A proxy at this machine's own loopback.
pub(super) fn proxy_on_loopback(case: &Case<'_>) -> Vec<Span> {
    let own = |it: &Variable| endpoint(it).is_some_and(|at| at.host.is_loopback());
    proxies(case).into_iter().filter(|(_, it)| own(it)).map(|(fact, _)| fact.span).collect()
}

/// A proxy somewhere else.
pub(super) fn proxy_elsewhere(case: &Case<'_>) -> Vec<Span> {
    let own = |it: &Variable| endpoint(it).is_some_and(|at| at.host.is_loopback());
    proxies(case).into_iter().filter(|(_, it)| !own(it)).map(|(fact, _)| fact.span).collect()
}

/// A proxy is set at all.
pub(super) fn proxy_set(case: &Case<'_>) -> Vec<Span> {
    proxies(case).into_iter().map(|(fact, _)| fact.span).collect()
}

fn no_proxy<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Variable)> {
    variables(case).into_iter().filter(|(_, it)| it.name.eq_ignore_ascii_case("no_proxy")).collect()
}

fn covers(variable: &Variable) -> bool {
    let value = variable.value.as_deref().unwrap_or_default();
    value.split([',', ' ', ';']).any(|name| matches!(name.trim(), "localhost" | "*"))
}

/// The list of exceptions is shown and localhost is not on it.
pub(super) fn no_proxy_lacks_localhost(case: &Case<'_>) -> Vec<Span> {
    no_proxy(case).into_iter().filter(|(_, it)| !covers(it)).map(|(fact, _)| fact.span).collect()
}

/// The list of exceptions has localhost on it.
pub(super) fn no_proxy_covers_localhost(case: &Case<'_>) -> Vec<Span> {
    no_proxy(case).into_iter().filter(|(_, it)| covers(it)).map(|(fact, _)| fact.span).collect()
}

/// Somebody is refused at loopback with a port that a proxy has: by a variable of the report, or
/// usually.
pub(super) fn port_dialed(case: &Case<'_>) -> Vec<Span> {
    port_fails(case, true)
}

/// It does not answer at another address either.
pub(super) fn port_fails_elsewhere(case: &Case<'_>) -> Vec<Span> {
    port_fails(case, false)
}

fn port_fails(case: &Case<'_>, on_loopback: bool) -> Vec<Span> {
    let set: Vec<u16> = proxies(case)
        .into_iter()
        .filter_map(|(_, it)| endpoint(it).filter(|at| at.host.is_loopback())?.port)
        .collect();
    let is_proxy = |port: &u16| set.contains(port) || USUAL.contains(port);
    let dialed = case.attempts().into_iter().filter(|(_, it)| {
        let known = it.to != Place::Unstated && it.to.is_loopback() == on_loopback;
        known && it.seen.is_bad() && it.port.as_ref().is_some_and(is_proxy)
    });
    dialed.map(|(fact, _)| fact.span).collect()
}

/// Somebody wants a URL of another machine, and what fails is a connection to loopback: a proxy is in
/// between.
pub(super) fn remote_url_dials_loopback(case: &Case<'_>) -> Vec<Span> {
    let text = case.evidence.document.text();
    let is = |passage: &&Passage| {
        let Some(span) = passage.words.iter().map(|word| word.span).reduce(Span::to) else {
            return false;
        };
        let raw = text.get(span.range()).unwrap_or_default();
        let remote = |word: &str| {
            Endpoint::of_url(word).is_some_and(|at| {
                at.host.v4().is_none()
                    && !at.host.is_loopback()
                    && at.host.to_string().contains('.')
            })
        };
        let loopback = |word: &str| {
            let bare = word.trim_matches(['(', ')', ',', ';', '"', '\'', '.']);
            !word.contains("://")
                && Endpoint::parse(bare)
                    .map(|at| at.host)
                    .or_else(|| Host::parse(bare))
                    .is_some_and(|host| host.is_loopback())
        };
        raw.split_whitespace().any(remote)
            && raw.split_whitespace().any(loopback)
            && lexicon().outcomes.first(&passage.words).is_some_and(|(seen, ..)| seen.is_bad())
    };
    let found = case.passages.iter().filter(is);
    found.filter_map(|it| it.words.first().map(|word| word.span)).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::testing::holds, *};

    #[test]
    fn a_proxy_is_dialed() {
        let clash = "Setup: WSL2\n\n- curl wsl: (7) Failed to connect to 127.0.0.1 port 7890: Connection refused\n";
        assert!(holds(port_dialed, clash));
        assert!(!holds(port_dialed, &clash.replace("7890", "3000")));
        assert!(!holds(port_fails_elsewhere, clash));
        assert!(holds(port_fails_elsewhere, &clash.replace("127.0.0.1", "172.20.16.1")));
        let own =
            format!("{clash}\n```\n$ env | grep -i proxy\nhttp_proxy=http://127.0.0.1:3000\n```\n");
        assert!(holds(port_dialed, &own.replace("7890", "3000")));
    }

    #[test]
    fn another_machine_was_wanted() {
        let git = "Setup: WSL2\n\n- git clone: unable to access 'https://github.com/a/b.git/': \
                   Failed to connect to 127.0.0.1 port 8000: Connection refused\n";
        assert!(holds(remote_url_dials_loopback, git));
        assert!(!holds(remote_url_dials_loopback, &git.replace("github.com", "localhost")));
    }
}
