//! Firewalls: what a zone, a profile or a log says.

use super::super::case::Case;
use crate::evidence::{
    fact::{Fact, Firewall, Kind, Verdict},
    side::Side,
    span::Span,
};

fn all<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Firewall)> {
    case.pick(|kind| if let Kind::Firewall(it) = kind { Some(it) } else { None })
}

fn with(case: &Case<'_>, is: impl Fn(&Firewall) -> bool) -> Vec<Span> {
    all(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect()
}

/// The same, but not of a firewall in the guest.
fn of_windows(case: &Case<'_>, is: impl Fn(&Firewall) -> bool) -> Vec<Span> {
    let outside = |fact: &Fact| fact.side != Side::Guest;
    let found = all(case).into_iter().filter(|(fact, it)| outside(fact) && is(it));
    found.map(|(fact, _)| fact.span).collect()
}

/// A zone of firewalld that does not open the reported port.
pub(super) fn zone_lacks_port(case: &Case<'_>) -> Vec<Span> {
    let ports = case.ports();
    with(case, |it| {
        let Firewall::Zone(zone) = it else { return false };
        let accepts = zone.target.as_deref() == Some("ACCEPT");
        let opens = |port: &u16| zone.ports.iter().any(|(ports, _)| ports.holds(*port));
        !accepts && !ports.iter().any(opens)
    })
}

/// A zone of firewalld is shown.
pub(super) fn zone_shown(case: &Case<'_>) -> Vec<Span> {
    with(case, |it| matches!(it, Firewall::Zone(_)))
}

/// firewalld does not run.
pub(super) fn firewalld_stopped(case: &Case<'_>) -> Vec<Span> {
    case.services(&["firewalld"], false)
}

/// Hyper-V's firewall drops what no rule names.
pub(super) fn hyper_v_blocks(case: &Case<'_>) -> Vec<Span> {
    with(case, |it| match it {
        Firewall::Profile(profile) => {
            profile.hyper_v
                && profile.enabled != Some(false)
                && (profile.outbound == Some(Verdict::Block)
                    || profile.inbound == Some(Verdict::Block)
                    || profile.loopback == Some(false))
        }
        Firewall::Rule(rule) => rule.hyper_v && rule.verdict == Verdict::Block && rule.enabled,
        _ => false,
    })
}

/// A rule of the Windows firewall blocks.
pub(super) fn windows_rule_blocks(case: &Case<'_>) -> Vec<Span> {
    of_windows(case, |it| match it {
        Firewall::Rule(rule) => !rule.hyper_v && rule.enabled && rule.verdict == Verdict::Block,
        _ => false,
    })
}

/// The log of the Windows firewall has a dropped packet.
pub(super) fn windows_log_drops(case: &Case<'_>) -> Vec<Span> {
    of_windows(case, |it| matches!(it, Firewall::Logged { .. }))
}

/// A rule lets the traffic in already.
pub(super) fn inbound_rule_exists(case: &Case<'_>) -> Vec<Span> {
    of_windows(case, |it| match it {
        Firewall::Rule(rule) => {
            rule.enabled && rule.verdict == Verdict::Allow && rule.inbound != Some(false)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::testing::holds, *};

    #[test]
    fn what_systemd_says_of_firewalld() {
        let told = "Setup: none\n\n```\n$ sudo systemctl status firewalld\n\
            Loaded: loaded (disabled)\nActive: inactive (dead)\n```\n";
        assert!(holds(firewalld_stopped, told));
        assert!(!holds(firewalld_stopped, &told.replace("inactive (dead)", "active (running)")));
        assert!(!holds(firewalld_stopped, &told.replace("firewalld", "docker")));
    }
}
