//! Terse reports: the catalogue knows which routes each of its faults breaks and which it keeps. A
//! report that names no more than good and bad routes is compared with that.

use std::sync::LazyLock;

use toml::Value;

use super::case::Case;
use crate::{
    cause::Cause,
    evidence::{
        fact::{Attempt, Fact, Mode, Place},
        side::Side,
        span::Span,
    },
};

/// The faults of the catalogue whose signatures tell something: what is said of Windows and WSL.
const SCENARIOS: &[&str] = &[
    include_str!("../../../scenarios/firewalld-block/scenario.toml"),
    include_str!("../../../scenarios/lan-isolation/scenario.toml"),
    include_str!("../../../scenarios/localhost-forwarding-off/scenario.toml"),
    include_str!("../../../scenarios/loopback-bind/scenario.toml"),
    include_str!("../../../scenarios/relay-dual-stack/scenario.toml"),
    include_str!("../../../scenarios/service-not-running/scenario.toml"),
    include_str!("../../../scenarios/stale-portproxy/scenario.toml"),
    include_str!("../../../scenarios/windows-firewall-block/scenario.toml"),
];

/// How many are told: more would be no diagnosis.
const MOST: usize = 2;
/// How much a route that fits adds.
const ROUTE: f32 = 0.2;

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
    let fit = ROUTE * (bad.len() + good.len()).min(6) as f32;
    bad.extend(good);
    Some(Guess { cause: signature.cause, fit, spans: bad })
}

fn signature(text: &str) -> Option<Signature> {
    let scenario: Value = toml::from_str(text).ok()?;
    let cause = Cause::from_slug(scenario.get("cause")?.as_str()?)?;
    let part = |name: &str| -> Vec<Route> {
        let all = scenario.get("signature").and_then(|it| it.get(name)).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).flat_map(routes).collect()
    };
    Some(Signature { cause, breaks: part("breaks"), keeps: part("keeps") })
}

/// `windows -> 127.0.0.1 curl`; without a tool: of every one.
fn routes(text: &str) -> Vec<Route> {
    let parse = || {
        let (from, rest) = text.split_once("->")?;
        let mut words = rest.split_whitespace();
        let from = match from.trim() {
            "windows" => Side::Windows,
            "wsl" => Side::Guest,
            "lan" => Side::Lan,
            _ => return None,
        };
        let to = match words.next()? {
            "localhost" => Place::Localhost,
            "127.0.0.1" => Place::Loopback4,
            "[::1]" => Place::Loopback6,
            "wsl-ip" => Place::WslAddress,
            "windows-gateway" => Place::WindowsGateway,
            "windows-lan-ip" => Place::WindowsLan,
            _ => return None,
        };
        Some((from, to, words.next()))
    };
    let Some((from, to, tool)) = parse() else { return Vec::new() };
    let pings: &[bool] = match tool {
        Some("ping") => &[true],
        Some(_) => &[false],
        None => &[true, false],
    };
    pings.iter().map(|ping| Route { from, to: to.clone(), ping: *ping }).collect()
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
        for text in SCENARIOS {
            let it = signature(text).expect("a signature");
            assert!(!it.breaks.is_empty() && !it.keeps.is_empty(), "{}", it.cause);
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
