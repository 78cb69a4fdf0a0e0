//! Terse reports: the catalogue knows which routes each of its faults breaks and which it keeps. A
//! report that names no more than good and bad routes is compared with that.

use std::{path::Path, sync::LazyLock};

use super::case::Case;
use crate::{
    cause::Cause,
    evidence::{
        fact::{Attempt, Fact, Mode, Place},
        side::Side,
        span::Span,
    },
    node::Node,
    route::RoutePattern,
    scenario::{Plan, file},
    target::Host,
    tool::Tool,
};

/// Every `scenario.toml` of the catalogue.
const SCENARIOS: &[&str] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// How many are told: more would be no diagnosis.
const MOST: usize = 2;
/// How much a route that fits adds.
const ROUTE: f32 = 0.2;

/// How much a route takes away that the fault breaks and nobody complains of.
const UNTOLD: f32 = 0.03;

/// A fault that does what was reported.
pub(super) struct Guess {
    pub cause: Cause,
    /// The more routes fit, the more.
    pub fit: f32,
    pub spans: Vec<Span>,
}

/// Where a route leads from and to; a tool other than ping says nothing more.
#[derive(PartialEq, Eq)]
struct Route {
    from: Side,
    to: Place,
    ping: bool,
}

struct Signature {
    cause: Cause,
    breaks: Vec<Route>,
    keeps: Vec<Route>,
}

/// The faults that break a route that is bad, keep one that is good, and contradict nothing.
pub(super) fn matches(case: &Case<'_>) -> Vec<Guess> {
    static SIGNATURES: LazyLock<Vec<Signature>> =
        LazyLock::new(|| SCENARIOS.iter().filter_map(|text| signature(text)).collect());
    if !matches!(case.mode, Some(Mode::Wsl2 | Mode::Nat)) {
        return Vec::new();
    }
    let attempts = case.attempts();
    let mut guesses: Vec<Guess> =
        SIGNATURES.iter().filter_map(|it| compare(it, &attempts)).collect();
    guesses.sort_by(|a, b| b.fit.total_cmp(&a.fit));
    guesses.truncate(MOST);
    guesses
}

fn compare(signature: &Signature, attempts: &[(&Fact, &Attempt)]) -> Option<Guess> {
    let (mut bad, mut good) = (Vec::new(), Vec::new());
    for (fact, it) in attempts {
        let ping = it.tool.as_deref() == Some("ping");
        let route = Route { from: fact.side, to: it.to.clone(), ping };
        match (
            it.seen.is_good(),
            signature.breaks.contains(&route),
            signature.keeps.contains(&route),
        ) {
            (true, true, _) | (false, _, true) => return None,
            (false, true, _) => bad.push(fact.span),
            (true, _, true) => good.push(fact.span),
            (_, false, false) => {}
        }
    }
    if bad.is_empty() || good.is_empty() {
        return None;
    }
    // A fault that breaks more than was told is less likely than one that breaks just that.
    let told = |route: &&Route| {
        attempts.iter().any(|(fact, it)| fact.side == route.from && it.to == route.to)
    };
    let untold = signature.breaks.iter().filter(|route| !told(route)).count();
    let fit = ROUTE * (bad.len() + good.len()).min(6) as f32 - UNTOLD * untold.min(6) as f32;
    bad.extend(good);
    Some(Guess { cause: signature.cause, fit, spans: bad })
}

/// The signature of a scenario; a survey has none.
fn signature(text: &str) -> Option<Signature> {
    let scenario = file::parse(Path::new("scenario"), text).ok()?;
    let Plan::Fault { signature, .. } = scenario.plan else { return None };
    let routes = |patterns: &[RoutePattern]| patterns.iter().flat_map(routes).collect();
    let (breaks, keeps) = (routes(&signature.breaks), routes(&signature.keeps));
    Some(Signature { cause: scenario.cause, breaks, keeps })
}

/// Of a pattern without a tool: with a ping and without.
fn routes(pattern: &RoutePattern) -> Vec<Route> {
    let Some((from, to)) = place(pattern.route) else { return Vec::new() };
    let pings: &[bool] = match pattern.tool {
        Some(Tool::Ping) => &[true],
        Some(_) => &[false],
        None => &[true, false],
    };
    pings.iter().map(|ping| Route { from, to: to.clone(), ping: *ping }).collect()
}

/// A route to the service's own port, as a report names it.
fn place(route: crate::route::Route) -> Option<(Side, Place)> {
    let from = match route.from {
        Node::Windows => Side::Windows,
        Node::Wsl => Side::Guest,
        Node::Lan => Side::Lan,
    };
    let to = match route.to.host {
        Host::Localhost => Place::Localhost,
        Host::Loopback4 => Place::Loopback4,
        Host::Loopback6 => Place::Loopback6,
        Host::WslIp => Place::WslAddress,
        Host::WindowsGateway => Place::WindowsGateway,
        Host::WindowsLanIp => Place::WindowsLan,
        Host::LanIp | Host::LanName => Place::Lan,
    };
    route.to.port.is_none().then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;

    fn causes(report: &str) -> Vec<&'static str> {
        let evidence = Evidence::read(report);
        matches(&Case::new(&evidence)).iter().map(|it| it.cause.slug()).collect()
    }

    #[test]
    fn every_signature_is_read() {
        assert!(SCENARIOS.len() > 20, "{}", SCENARIOS.len());
        for text in SCENARIOS {
            assert!(file::parse(Path::new("scenario"), text).is_ok(), "{text}");
        }
        let read: Vec<Signature> = SCENARIOS.iter().filter_map(|text| signature(text)).collect();
        assert!(read.len() > 15, "{}", read.len());
        for it in read {
            assert!(!it.keeps.is_empty(), "{}", it.cause);
        }
    }

    #[test]
    fn a_pattern_of_routes() {
        let found = causes(
            "Setup: WSL2\n\n- curl in wsl localhost:8080: works\n\
             - windows http://127.0.0.1:8080: refused\n- windows localhost:8080: works\n",
        );
        assert_eq!(found.first(), Some(&"relay-dual-stack"), "{found:?}");
        assert!(causes("Setup: WSL2\n\n- windows localhost:8080: refused\n").is_empty());
        assert!(causes("Setup: none\n\nnothing\n").is_empty());
    }
}
