//! A report that `collect` wrote is whole: it lists sockets, rules and files of both machines, and
//! has a matrix. Then nothing has to be weighed. A cause is what differs from a healthy machine and
//! shows in a cell that the reporter complains of; what shows in none is only possible.

mod looks;
mod report;

use self::report::Whole;
use super::{
    case::Case,
    causes,
    engine::{Clue, Confidence, Diagnosis, Finding},
};
use crate::{
    cause::Cause,
    evidence::{Evidence, readers, span::Span},
    picture::draw,
};

/// What a rule found: why, where it stands, and whether it shows where the reporter complains.
struct Found {
    says: &'static str,
    spans: Vec<Span>,
    shows: bool,
    /// Whether nothing else makes such a state.
    settled: bool,
}

impl Found {
    fn new(says: &'static str, spans: Vec<Span>, shows: bool) -> Found {
        Found { says, spans, shows, settled: true }
    }
}

type Look = fn(&Whole<'_>) -> Option<Found>;

/// A cause, and how it is seen. The first ones are nearest to the server.
const RULES: [(&str, Look); 23] = [
    ("service-not-running", looks::not_running),
    ("toolchain", looks::elsewhere),
    ("debugger-same-user", looks::other_user),
    ("wrong-response", looks::wrong_response),
    ("loopback-down", looks::loopback_down),
    ("localhost-ipv6-mismatch", looks::only_v6),
    ("portproxy-target-loopback", looks::rule_to_loopback),
    ("loopback-bind", looks::loopback_bind),
    ("relay-dual-stack", looks::dual_stack),
    ("firewalld-block", looks::firewalld),
    ("stale-portproxy", looks::stale),
    ("host-ip-misderived", looks::rule_to_windows),
    ("portproxy-port-conflict", looks::conflict),
    ("iphlpsvc-stopped", looks::helper_stopped),
    ("wslconfig-misplaced-key", looks::misplaced),
    ("localhost-forwarding-off", looks::forwarding_off),
    ("relay-regression", looks::relay_lost),
    ("port-excluded-range", looks::reserved),
    ("proxy-env-wrong-namespace", looks::proxy_on_loopback),
    ("proxy-intercepts-localhost", looks::proxy_elsewhere),
    ("relay-loopback-only-lan", looks::lan_has_no_way),
    ("windows-firewall-block", looks::defender),
    ("resolver-replaced", looks::resolver),
];

/// A matrix of one machine has four rows of four tools; a piece of one is no whole report.
const LEAST: usize = 12;

/// The causes of a whole report. `None`: it is not whole.
pub(super) fn diagnose(evidence: &Evidence, case: &Case<'_>) -> Option<Diagnosis> {
    if !evidence.document.blocks().iter().any(readers::is_matrix) || case.attempts().len() < LEAST {
        return None;
    }
    let whole = Whole { evidence, picture: draw(evidence).ok()? };
    let mut findings: Vec<Finding> = Vec::new();
    for (slug, look) in RULES {
        let (Some(cause), Some(found)) = (Cause::from_slug(slug), look(&whole)) else { continue };
        // Where nobody complains, and localhost answers, it may be as it should be.
        let confidence = match (found.shows, whole.names_a_failure() || whole.localhost_fails()) {
            (true, true) if found.settled => Confidence::Certain,
            (true, _) => Confidence::Likely,
            (false, _) => Confidence::Possible,
        };
        let weight = if found.shows { 10.0 } else { 1.0 };
        let rule = causes::rules().iter().find(|rule| rule.cause == cause);
        findings.push(Finding {
            cause,
            about: rule.map_or_else(|| found.says.to_owned(), |rule| rule.about.clone()),
            confidence,
            weight,
            clues: vec![Clue { weight, says: found.says.to_owned(), spans: found.spans }],
            ask: Vec::new(),
        });
    }
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Some(Diagnosis { findings, ask: Vec::new() })
}
