//! The files of this directory, one a cause.

use std::sync::LazyLock;

#[cfg(test)]
use super::rule::RuleError;
use super::{case::Case, rule::Rule};
use crate::evidence::span::Span;

/// The text of every file.
const FILES: &[&str] = &[
    include_str!("debugger-same-user.toml"),
    include_str!("dns.toml"),
    include_str!("docker-desktop-hostnet.toml"),
    include_str!("docker-port-binding.toml"),
    include_str!("fast-startup.toml"),
    include_str!("firewalld-block.toml"),
    include_str!("host-ip-misderived.toml"),
    include_str!("hosts-file-override.toml"),
    include_str!("hyperv-firewall-block.toml"),
    include_str!("iphlpsvc-stopped.toml"),
    include_str!("localhost-forwarding-off.toml"),
    include_str!("localhost-ipv6-mismatch.toml"),
    include_str!("loopback-bind.toml"),
    include_str!("loopback-down.toml"),
    include_str!("mirrored-docker-dnat.toml"),
    include_str!("mirrored-mode-limit.toml"),
    include_str!("mirrored-port-reservation.toml"),
    include_str!("port-conflict-windows.toml"),
    include_str!("port-excluded-range.toml"),
    include_str!("portproxy-malformed.toml"),
    include_str!("portproxy-port-conflict.toml"),
    include_str!("portproxy-target-loopback.toml"),
    include_str!("proxy-env-wrong-namespace.toml"),
    include_str!("proxy-intercepts-localhost.toml"),
    include_str!("relay-dual-stack.toml"),
    include_str!("relay-loopback-only-lan.toml"),
    include_str!("relay-phantom-port.toml"),
    include_str!("relay-regression.toml"),
    include_str!("resolver-replaced.toml"),
    include_str!("service-not-running.toml"),
    include_str!("stale-portproxy.toml"),
    include_str!("subnet-overlap.toml"),
    include_str!("thirdparty-firewall-block.toml"),
    include_str!("toolchain.toml"),
    include_str!("vpn-mtu.toml"),
    include_str!("vpn-route.toml"),
    include_str!("windows-firewall-block.toml"),
    include_str!("wrong-namespace-loopback.toml"),
    include_str!("wrong-response.toml"),
    include_str!("wslconfig-misplaced-key.toml"),
];

/// Every rule. A test holds that the files are sound; one that were not would say nothing.
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> =
        LazyLock::new(|| FILES.iter().filter_map(|text| Rule::parse(text).ok()).collect());
    &RULES
}

/// Where each clue of each rule is seen, in their order. Clues are asked once a report.
pub fn sightings<'c>(case: &'c Case<'_>) -> &'c [Vec<Option<Vec<Span>>>] {
    let see = |rule: &Rule| rule.clues.iter().map(|clue| clue.see(case)).collect();
    case.sightings.get_or_init(|| rules().iter().map(see).collect())
}

/// What is wrong with the files.
#[cfg(test)]
pub fn errors() -> Vec<RuleError> {
    FILES.iter().filter_map(|text| Rule::parse(text).err()).collect()
}
