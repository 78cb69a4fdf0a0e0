//! Portproxy: rules that cannot work, rules that lead nowhere, the service behind them.

use super::super::case::Case;
use crate::evidence::{
    fact::{Kind, Mode, PortProxyRule},
    host::Host,
    side::Side,
    span::Span,
};

fn with(case: &Case<'_>, is: impl Fn(&PortProxyRule) -> bool) -> Vec<Span> {
    case.rules().into_iter().filter(|(_, rule)| is(rule)).map(|(fact, _)| fact.span).collect()
}

/// There is a rule.
pub(super) fn any(case: &Case<'_>) -> Vec<Span> {
    with(case, |_| true)
}

/// A rule leads to Windows' own loopback.
pub(super) fn to_loopback(case: &Case<'_>) -> Vec<Span> {
    with(case, |rule| rule.connect.is_loopback())
}

/// A rule leads to a name, which the service looks up once.
pub(super) fn to_name(case: &Case<'_>) -> Vec<Span> {
    with(case, |rule| matches!(&rule.connect, Host::Name(name) if name != "localhost"))
}

/// A rule has a range or `*` for a port.
pub(super) fn unsound(case: &Case<'_>) -> Vec<Span> {
    with(case, |rule| !rule.is_sound() && !matches!(rule.connect, Host::Name(_)))
}

/// A rule leads back to the port it listens at.
pub(super) fn to_itself(case: &Case<'_>) -> Vec<Span> {
    with(case, |rule| {
        rule.connect.is_loopback()
            && rule.listen_port == rule.connect_port
            && (rule.listen.is_any() || rule.listen.is_loopback())
    })
}

/// A rule leads to an address of the NAT range that the guest, whose address is shown, has not.
pub(super) fn stale(case: &Case<'_>) -> Vec<Span> {
    let guest: Vec<&Host> = case
        .pick(|kind| if let Kind::Address(it) = kind { Some(&it.address) } else { None })
        .into_iter()
        .filter(|(fact, host)| {
            fact.side != Side::Windows && host.v4().is_some() && !host.is_loopback()
        })
        .map(|(_, host)| host)
        .collect();
    if guest.is_empty() {
        return Vec::new();
    }
    with(case, |rule| {
        let nat = rule.connect.v4().is_some_and(|it| it.is_private());
        nat && !guest.contains(&&rule.connect)
    })
}

/// A rule listens at a port that the report is about.
pub(super) fn on_port(case: &Case<'_>) -> Vec<Span> {
    let mut ports = case.ports();
    for rule in case.rules() {
        // The rule's own port is one of the report's; it has to be named elsewhere too.
        if let Some(at) = ports.iter().position(|port| Some(*port) == rule.1.port()) {
            ports.remove(at);
        }
    }
    with(case, |rule| rule.port().is_some_and(|port| ports.contains(&port)))
}

/// A rule listens at a port that somebody could not bind.
pub(super) fn on_wanted_port(case: &Case<'_>) -> Vec<Span> {
    let wanted = case.pick(|kind| match kind {
        Kind::BindFailure(it) => it.wanted.as_ref().and_then(|it| it.port),
        _ => None,
    });
    with(case, |rule| wanted.iter().any(|(_, port)| rule.port() == Some(*port)))
}

/// A rule listens on all addresses or on the LAN's, and leads to the guest.
pub(super) fn for_lan(case: &Case<'_>) -> Vec<Span> {
    let wsl = case.mode.is_some_and(|mode| mode != Mode::None);
    with(case, |rule| wsl && !rule.listen.is_loopback() && !rule.connect.is_loopback())
}

/// What the service that serves rules is called.
const HELPER: [&str; 2] = ["iphlpsvc", "ip helper"];

/// The IP Helper does not run.
pub(super) fn iphlpsvc_stopped(case: &Case<'_>) -> Vec<Span> {
    let mut found = case.services(&HELPER, false);
    // `sc query iphlpsvc`, of which people paste the state only.
    for block in case.evidence.document.blocks() {
        let stopped = block.lines.iter().filter(|line| line.has("STOPPED") || line.has("Disabled"));
        found.extend(stopped.filter(|_| block.ran(&["iphlpsvc"])).map(|line| line.span()));
    }
    found
}

/// The IP Helper runs.
pub(super) fn iphlpsvc_running(case: &Case<'_>) -> Vec<Span> {
    case.services(&HELPER, true)
}
