//! Attempts beside each other.

use super::super::case::Case;
use crate::{
    evidence::{
        fact::{Attempt, Fact, Kind, Mode, Place, Seen},
        side::Side,
        span::Span,
        words::Pattern,
    },
    outcome::Outcome,
};

fn with<'e>(case: &Case<'e>, is: impl Fn(&Fact, &Attempt) -> bool) -> Vec<(&'e Fact, &'e Attempt)> {
    case.attempts().into_iter().filter(|(fact, it)| is(fact, it)).collect()
}

fn spans(found: Vec<(&Fact, &Attempt)>) -> Vec<Span> {
    found.into_iter().map(|(fact, _)| fact.span).collect()
}

/// From one machine, one of localhost, 127.0.0.1 and ::1 works and another does not.
pub(super) fn one_family_works(case: &Case<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    let good = with(case, |_, it| it.to.is_loopback() && it.seen.is_good());
    let bad = with(case, |_, it| it.to.is_loopback() && it.seen.is_bad());
    for (fact, one) in &good {
        // "connects and is then reset" is no success.
        let spoiled = bad.iter().any(|(_, other)| other.to == one.to);
        for (other_fact, other) in &bad {
            if fact.side == other_fact.side && one.to != other.to && !spoiled {
                found.extend([fact.span, other_fact.span]);
            }
        }
    }
    found
}

/// Whether it asks the machine and no server of it.
fn is_ping(attempt: &Attempt) -> bool {
    attempt.tool.as_deref() == Some("ping")
}

/// 127.0.0.1 works where localhost or ::1 does not, from the same machine.
pub(super) fn v4_works_name_fails(case: &Case<'_>) -> Vec<Span> {
    let good = with(case, |_, it| it.to == Place::Loopback4 && it.seen.is_good() && !is_ping(it));
    let bad = with(case, |_, it| {
        matches!(it.to, Place::Localhost | Place::Loopback6) && it.seen.is_bad()
    });
    let mut found = Vec::new();
    for (fact, _) in &good {
        for (other, _) in &bad {
            if fact.side == other.side || Side::Unknown == fact.side || other.side == Side::Unknown
            {
                found.extend([fact.span, other.span]);
            }
        }
    }
    found
}

/// ::1 is refused, and nothing is said against 127.0.0.1.
pub(super) fn only_v6_fails(case: &Case<'_>) -> Vec<Span> {
    let both = with(case, |_, it| it.to == Place::Loopback4 && it.seen.is_bad());
    if !both.is_empty() {
        return Vec::new();
    }
    let refused = |seen| matches!(seen, Seen::Fails | Seen::Outcome(Outcome::Refused));
    spans(with(case, |_, it| it.to == Place::Loopback6 && refused(it.seen)))
}

/// On one host, as one machine sees it, one port answers and another does not.
pub(super) fn another_port_answers(case: &Case<'_>) -> Vec<Span> {
    let good = with(case, |_, it| it.seen.is_good() && it.port.is_some());
    let bad = with(case, |_, it| it.seen.is_bad() && it.port.is_some());
    for (fact, one) in &good {
        let other = bad.iter().find(|(at, it)| {
            at.side == fact.side && it.to == one.to && it.host == one.host && it.port != one.port
        });
        if let Some((at, _)) = other {
            return vec![fact.span, at.span];
        }
    }
    Vec::new()
}

/// The machine itself reaches its own address, and another machine of the LAN does not: the server
/// is bound to it, and something lets nobody in.
pub(super) fn own_address_works_for_itself_only(case: &Case<'_>) -> Vec<Span> {
    let own = |fact: &Fact, it: &Attempt| {
        let inside = matches!(fact.side, Side::Windows | Side::Guest);
        inside && it.seen.is_good() && !it.to.is_loopback() && !is_ping(it)
    };
    let good = with(case, own);
    let bad = with(case, |fact, it| fact.side == Side::Lan && it.seen.is_bad());
    for (fact, one) in &good {
        let same =
            |it: &Attempt| it.to == one.to && it.host == one.host || one.to == Place::WindowsLan;
        if let Some((at, _)) = bad.iter().find(|(_, it)| same(it)) {
            return vec![fact.span, at.span];
        }
    }
    Vec::new()
}

/// What was asked is 172.16.0.0/12 with a 1 at its end: Windows' side of WSL's switch, so the
/// address was derived well.
pub(super) fn host_is_gateway(case: &Case<'_>) -> Vec<Span> {
    spans(with(case, |fact, it| {
        let address = it.host.as_ref().and_then(|host| host.v4());
        let gateway =
            |octets: [u8; 4]| matches!(octets, [172, 16..=31, third, 1] if third % 16 == 0);
        fact.side != Side::Windows
            && it.seen.is_bad()
            && address.is_some_and(|it| gateway(it.octets()))
    }))
}

fn is_error(seen: Seen) -> bool {
    matches!(seen, Seen::Outcome(Outcome::Http(400..=599) | Outcome::ProxyError))
}

/// localhost answers with an HTTP error.
pub(super) fn http_error_from_loopback(case: &Case<'_>) -> Vec<Span> {
    spans(with(case, |_, it| {
        (it.to.is_loopback() || it.to == Place::Unstated) && is_error(it.seen)
    }))
}

/// Something answers with an HTTP error.
pub(super) fn http_error(case: &Case<'_>) -> Vec<Span> {
    spans(with(case, |_, it| is_error(it.seen)))
}

/// An address is reached, and a name does not resolve.
pub(super) fn address_works_name_fails(case: &Case<'_>) -> Vec<Span> {
    let good = with(case, |_, it| {
        it.seen.is_good() && (it.to == Place::Internet || matches!(it.to, Place::Other(_)))
    });
    let bad = with(case, |_, it| it.seen == Seen::Outcome(Outcome::NoName));
    if good.is_empty() || bad.is_empty() {
        return Vec::new();
    }
    let mut found = spans(good);
    found.extend(spans(bad));
    found
}

/// The words of any of these patterns.
fn said(case: &Case<'_>, patterns: &[&str]) -> Vec<Span> {
    let patterns = patterns.iter().filter_map(|text| Pattern::parse(text).ok());
    patterns.flat_map(|pattern| case.said(&pattern)).collect()
}

/// An address is said to have changed.
pub(super) fn address_changed(case: &Case<'_>) -> Vec<Span> {
    said(
        case,
        &[
            "ip|address|addresses|ips ... chang*|differ*|new|renew*|another",
            "chang*|new|different|old|previous|stale|outdated|former ?wsl|wsl2|vm ip|address|ips|addresses",
            "no longer ... ip|address|current",
            "old|previous|stale ... address|ip",
            "ip|address ... of yesterday|before",
        ],
    )
}

/// It is told of the time after a restart.
pub(super) fn after_restart(case: &Case<'_>) -> Vec<Span> {
    let mut found = said(
        case,
        &[
            "after ?a|each|every|the|windows|wsl|pc|host|next reboot*|restart*|shutdown|boot",
            "until ?the ?next ?windows|wsl|pc reboot|restart",
            "wsl shutdown",
            "every|each time wsl|windows|i|the ?pc|computer ?re start*|boot*",
            "re start*|boot* of wsl|windows|the",
            "worked before|until|yesterday",
            "next day|morning",
            "since ?the ?last reboot|restart",
        ],
    );
    found.extend(
        case.pick(|kind| match kind {
            Kind::Change(it) if it.what == "reboot" || it.what == "restart-wsl" => Some(()),
            _ => None,
        })
        .into_iter()
        .map(|(fact, ())| fact.span),
    );
    found
}

/// The client runs in a container or a pod.
pub(super) fn in_a_container(case: &Case<'_>) -> Vec<Span> {
    let mut found: Vec<Span> = case
        .evidence
        .facts
        .iter()
        .filter(|fact| fact.side == Side::Container)
        .map(|fact| fact.span)
        .collect();
    found.extend(said(case, &[
        "in|inside|from|within ?a|an|the|another|my|its|own|one ... container|containers|pod|devcontainer|sandbox",
        "container|pod ... localhost|127.0.0.1",
        "dockerized|containerized|containerised",
        "docker|podman|compose exec|run",
        "container cannot|cant|gets|tries|dials|connects|is",
        "docker ... app|backend|service|web|frontend|api",
    ]));
    found
}

/// Somebody asked from another machine than the server's: from the LAN, from a container or for one,
/// across to WSL, or for an address that is not loopback.
pub(super) fn asked_from_outside(case: &Case<'_>) -> Vec<Span> {
    let shared = case.mode.is_none_or(|mode| mode == Mode::None);
    let nested = !said(
        case,
        &["container|containers|docker|podman|pod|vm|vagrant|devcontainer|virtualbox|kubernetes"],
    )
    .is_empty();
    spans(with(case, |fact, it| {
        let inside = it.to.is_loopback() && shared && fact.side != Side::Lan && !nested;
        it.seen.is_bad() && !inside && !(fact.side == Side::Guest && it.to.is_loopback() && !nested)
    }))
}

#[cfg(test)]
mod tests {
    use super::{super::testing::holds, *};

    #[test]
    fn ports_of_one_host() {
        let two = "Setup: none\n\n- curl localhost:3000: refused\n- curl localhost:8080: works\n";
        assert!(holds(another_port_answers, two));
        assert!(!holds(another_port_answers, &two.replace("refused", "works")));
        assert!(!holds(another_port_answers, &two.replace("localhost:8080", "127.0.0.1:8080")));
    }

    #[test]
    fn an_address_that_only_its_owner_reaches() {
        let told =
            "Setup: none\n\n- windows 192.168.1.10:8080: works\n- lan 192.168.1.10:8080: timeout\n";
        assert!(holds(own_address_works_for_itself_only, told));
        let own = told.replace("windows 192.168.1.10", "windows localhost");
        assert!(!holds(own_address_works_for_itself_only, &own));
        assert!(!holds(own_address_works_for_itself_only, &told.replace("timeout", "works")));
    }
}
