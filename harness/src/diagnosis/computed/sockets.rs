//! Sockets: who holds a port, and for whom.

use super::super::case::Case;
use crate::evidence::{
    fact::{Bind, BindError, Fact, Kind, Listener, Mode, Proto, State},
    lexicon::lexicon,
    side::Side,
    span::Span,
};

/// The relay's programs.
const RELAY: [&str; 2] = ["wslhost", "wslrelay"];

fn spans<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> Vec<Span> {
    facts.into_iter().map(|fact| fact.span).collect()
}

/// A port of the report lies in a range that Windows keeps.
pub(super) fn port_is_reserved(case: &Case<'_>) -> Vec<Span> {
    let ports = case.ports();
    let ranges = case.pick(|kind| if let Kind::ReservedPorts(it) = kind { Some(it) } else { None });
    let holds = ranges
        .into_iter()
        .filter(|(_, it)| !it.administered && ports.iter().any(|port| it.ports.holds(*port)));
    spans(holds.map(|(fact, _)| fact))
}

/// Windows keeps ranges that nobody asked it to.
pub(super) fn ranges_are_reserved(case: &Case<'_>) -> Vec<Span> {
    let ranges = case.pick(|kind| if let Kind::ReservedPorts(it) = kind { Some(it) } else { None });
    spans(ranges.into_iter().filter(|(_, it)| !it.administered).map(|(fact, _)| fact))
}

/// Dynamic ports begin where servers live, so reservations land there.
pub(super) fn dynamic_range_is_low(case: &Case<'_>) -> Vec<Span> {
    let ranges = case.pick(|kind| if let Kind::DynamicPorts(it) = kind { Some(it) } else { None });
    spans(ranges.into_iter().filter(|(_, it)| *it.0.start() < 30000).map(|(fact, _)| fact))
}

/// The program of a listener, by its own row or by the row of its process.
fn program(case: &Case<'_>, listener: &Listener) -> Option<String> {
    let by_pid = || {
        let pid = listener.pid?;
        let processes =
            case.pick(|kind| if let Kind::Process(it) = kind { Some(it) } else { None });
        processes.into_iter().find(|(_, it)| it.pid == Some(pid)).map(|(_, it)| it.program.clone())
    };
    listener.program.clone().or_else(by_pid)
}

fn services(case: &Case<'_>, listener: &Listener) -> Vec<String> {
    let Some(pid) = listener.pid else { return Vec::new() };
    let processes = case.pick(|kind| if let Kind::Process(it) = kind { Some(it) } else { None });
    let own = processes.into_iter().filter(|(_, it)| it.pid == Some(pid));
    own.flat_map(|(_, it)| it.services.clone()).collect()
}

fn on_windows<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Listener)> {
    let listeners = case.listeners().into_iter();
    listeners.filter(|(fact, it)| fact.side == Side::Windows && it.proto == Proto::Tcp).collect()
}

fn is_relay(program: &str) -> bool {
    RELAY.iter().any(|relay| program.starts_with(relay))
}

/// wslhost or wslrelay listens on Windows.
pub(super) fn relay_holds_port(case: &Case<'_>) -> Vec<Span> {
    let held = on_windows(case)
        .into_iter()
        .filter(|(_, it)| program(case, it).is_some_and(|program| is_relay(&program)));
    spans(held.map(|(fact, _)| fact))
}

/// A program of Windows, not the relay and not portproxy, holds a port of the report.
pub(super) fn windows_program_holds_port(case: &Case<'_>) -> Vec<Span> {
    let ports = case.ports();
    let held = on_windows(case).into_iter().filter(|(_, it)| {
        ports.contains(&it.port)
            && program(case, it)
                .is_some_and(|program| !is_relay(&program) && !program.starts_with("svchost"))
    });
    spans(held.map(|(fact, _)| fact))
}

/// The IP Helper holds a port: portproxy listens there.
pub(super) fn iphlpsvc_holds_port(case: &Case<'_>) -> Vec<Span> {
    let held = on_windows(case).into_iter().filter(|(_, it)| {
        let name = program(case, it).unwrap_or_default();
        let hosts = services(case, it).iter().any(|service| service == "iphlpsvc");
        hosts
            || name == "iphlpsvc"
            || name == "svchost"
                && it.port >= 80
                && it.port < 49664
                && !matches!(it.port, 135 | 5040 | 5357 | 7680)
    });
    spans(held.map(|(fact, _)| fact))
}

/// The relay and a program of Windows listen at the same port.
pub(super) fn two_hold_port(case: &Case<'_>) -> Vec<Span> {
    let all = on_windows(case);
    let mut found = Vec::new();
    for (at, (fact, one)) in all.iter().enumerate() {
        for (other_fact, other) in &all[at + 1..] {
            let names = (program(case, one), program(case, other));
            let differ = match &names {
                (Some(a), Some(b)) => {
                    let portproxy = a == "svchost" || b == "svchost";
                    a != b && (is_relay(a) || is_relay(b)) && !portproxy
                }
                _ => false,
            };
            let same_family = one.address.is_v6() == other.address.is_v6();
            let unnamed = names == (None, None) && one.pid == other.pid;
            let twice = unnamed && one.address == other.address && fact.span != other_fact.span;
            if one.port == other.port && (differ || twice) && same_family {
                found.extend([fact.span, other_fact.span]);
            }
        }
    }
    found
}

/// The sockets of the guest are shown and none has a port that Windows' relay holds or that could
/// not be bound.
pub(super) fn guest_port_is_free(case: &Case<'_>) -> Vec<Span> {
    let shown: Vec<_> =
        case.listeners().into_iter().filter(|(fact, _)| fact.side == Side::Guest).collect();
    let wanted = case.pick(|kind| match kind {
        Kind::BindFailure(it) if it.error == BindError::InUse => {
            it.wanted.as_ref().and_then(|it| it.port)
        }
        _ => None,
    });
    let free = |port: &u16| shown.iter().all(|(_, it)| it.port != *port);
    match wanted.first() {
        Some((fact, port)) if !shown.is_empty() && free(port) => vec![fact.span],
        _ => Vec::new(),
    }
}

/// One socket of both families in the guest, and no IPv4 socket beside it: the relay offers `[::1]`
/// only.
pub(super) fn dual_stack_in_guest(case: &Case<'_>) -> Vec<Span> {
    let guest: Vec<_> =
        case.listeners().into_iter().filter(|(fact, _)| fact.side == Side::Guest).collect();
    let ports = case.ports();
    let dual = guest.iter().filter(|(_, it)| {
        let beside = guest.iter().any(|(_, other)| {
            other.port == it.port && matches!(other.bind(), Bind::Any4 | Bind::Loopback4)
        });
        it.bind() == Bind::Any6 && !beside && (ports.is_empty() || ports.contains(&it.port))
    });
    spans(dual.map(|(fact, _)| *fact))
}

/// On Windows, `[::1]` is listened on and 127.0.0.1 at the same port is not.
pub(super) fn relay_is_v6_only(case: &Case<'_>) -> Vec<Span> {
    let all = on_windows(case);
    let only = all.iter().filter(|(_, it)| {
        it.bind() == Bind::Loopback6
            && !all.iter().any(|(_, other)| {
                other.port == it.port && matches!(other.bind(), Bind::Loopback4 | Bind::Any4)
            })
    });
    spans(only.map(|(fact, _)| *fact))
}

/// On Windows, a port is listened on at loopback only.
pub(super) fn windows_loopback_only(case: &Case<'_>) -> Vec<Span> {
    let all = on_windows(case);
    let only = all.iter().filter(|(_, it)| {
        it.bind().is_loopback()
            && !all.iter().any(|(_, other)| other.port == it.port && other.bind().is_any())
    });
    spans(only.map(|(fact, _)| *fact))
}

/// The server listens on loopback, and on nothing else at that port.
pub(super) fn listens_on_loopback_only(case: &Case<'_>) -> Vec<Span> {
    // Without WSL a listener on Windows is the server itself, not the relay.
    let no_relay = case.mode == Some(Mode::None);
    let own = |fact: &Fact| no_relay || fact.side != Side::Windows;
    let all: Vec<_> = case.listeners().into_iter().filter(|(fact, _)| own(fact)).collect();
    let ports = case.ports();
    let only = all.iter().filter(|(_, it)| {
        it.bind().is_loopback()
            && !matches!(it.port, 53 | 631)
            && (ports.is_empty() || ports.contains(&it.port))
            && !all.iter().any(|(_, other)| other.port == it.port && !other.bind().is_loopback())
    });
    spans(only.map(|(fact, _)| *fact))
}

/// The server listens on every address.
pub(super) fn listens_on_any(case: &Case<'_>) -> Vec<Span> {
    let ports = case.ports();
    let all = case.listeners().into_iter().filter(|(fact, it)| {
        fact.side != Side::Windows
            && it.bind().is_any()
            && (ports.is_empty() || ports.contains(&it.port))
    });
    spans(all.map(|(fact, _)| fact))
}

/// The report names a server that binds loopback when nobody says otherwise, and nobody does.
pub(super) fn default_is_loopback(case: &Case<'_>) -> Vec<Span> {
    default(case, true)
}

/// The report names a server that opens one socket of both families.
pub(super) fn default_is_dual(case: &Case<'_>) -> Vec<Span> {
    default(case, false)
}

fn default(case: &Case<'_>, loopback: bool) -> Vec<Span> {
    let mut found = Vec::new();
    for passage in &case.passages {
        let told = passage.words.iter().any(|word| word.text == "0.0.0.0");
        let all = lexicon().sockets.defaults.all(&passage.words).into_iter();
        let own = all.filter(|(it, ..)| **it == loopback && !told);
        found.extend(
            own.map(|(_, start, end)| passage.words[start].span.to(passage.words[end - 1].span)),
        );
    }
    found
}

/// Ranges are shown, and none of them has a port of the report in it.
pub(super) fn ranges_spare_port(case: &Case<'_>) -> Vec<Span> {
    let shown = ranges_are_reserved(case);
    let wanted = case.pick(|kind| match kind {
        Kind::BindFailure(it) => it.wanted.as_ref().and_then(|it| it.port),
        _ => None,
    });
    if wanted.is_empty() || !port_is_reserved(case).is_empty() { Vec::new() } else { shown }
}

/// Sockets of the machine are shown, and none is at a port that was asked for.
pub(super) fn port_is_nowhere(case: &Case<'_>) -> Vec<Span> {
    let shown: Vec<_> =
        case.listeners().into_iter().filter(|(fact, _)| fact.side != Side::Windows).collect();
    let asked: Vec<(&Fact, u16)> = case
        .attempts()
        .into_iter()
        .filter_map(|(fact, it)| Some((fact, it.port.filter(|_| it.seen.is_bad())?)))
        .collect();
    let nowhere = |port: u16| shown.iter().all(|(_, it)| it.port != port);
    if shown.is_empty() || asked.is_empty() || !asked.iter().all(|(_, port)| nowhere(*port)) {
        return Vec::new();
    }
    spans(asked.into_iter().map(|(fact, _)| fact))
}

/// A published port leads to a container's port at which its server, which says where it listens,
/// does not.
pub(super) fn published_to_wrong_port(case: &Case<'_>) -> Vec<Span> {
    let mut published = case.pick(|kind| match kind {
        Kind::Publication(it) => it.container_port.filter(|_| it.host_port.is_some()),
        _ => None,
    });
    published.dedup_by_key(|(_, port)| *port);
    let serving: Vec<(&Fact, u16)> = case.pick(|kind| match kind {
        Kind::Serving(it) => it.at.port,
        _ => None,
    });
    let inside = |(fact, _): &&(&Fact, u16)| fact.side != Side::Windows;
    let differs = |port: &u16| {
        let own: Vec<_> = serving.iter().filter(inside).collect();
        !own.is_empty() && own.iter().all(|(_, at)| at != port)
    };
    match published.as_slice() {
        [(fact, port)] if differs(port) => {
            let mut found = vec![fact.span];
            found.extend(serving.iter().filter(inside).map(|(fact, _)| fact.span));
            found
        }
        _ => Vec::new(),
    }
}

/// A container is shown whose port the host has not.
pub(super) fn exposed_not_published(case: &Case<'_>) -> Vec<Span> {
    let all = case.pick(|kind| if let Kind::Publication(it) = kind { Some(it) } else { None });
    if all.iter().any(|(_, it)| it.host_port.is_some()) {
        return Vec::new();
    }
    let bare = all.into_iter().filter(|(_, it)| it.container_port.is_some());
    spans(bare.map(|(fact, _)| fact))
}

/// A container is started without a published port.
pub(super) fn runs_without_publishing(case: &Case<'_>) -> Vec<Span> {
    let published = case.pick(|kind| match kind {
        Kind::Publication(it) => it.host_port,
        _ => None,
    });
    if !published.is_empty() {
        return Vec::new();
    }
    let commands = case.pick(|kind| if let Kind::Command(it) = kind { Some(it) } else { None });
    let bare = commands.into_iter().filter(|(_, it)| {
        let words: Vec<&str> = it.line.split_whitespace().collect();
        let engine = words.iter().any(|word| matches!(*word, "docker" | "podman" | "nerdctl"));
        let flag = |word: &&str| {
            let publishes = word.starts_with("-p") || word.starts_with("--publish");
            publishes || word.starts_with("-P") || word.starts_with("--net")
        };
        engine && words.contains(&"run") && !words.iter().any(flag)
    });
    spans(bare.map(|(fact, _)| fact))
}

/// `wsl -l -v` shows a distribution that does not run.
pub(super) fn distro_stopped(case: &Case<'_>) -> Vec<Span> {
    let all = case.pick(|kind| if let Kind::Distro(it) = kind { Some(it) } else { None });
    spans(all.into_iter().filter(|(_, it)| it.state != State::Running).map(|(fact, _)| fact))
}
