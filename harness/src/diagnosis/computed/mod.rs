//! What has to be computed from several facts: whether a port lies in a reserved range, whether two
//! networks overlap. Each has a name that clues use (`fact NAME`).

mod attempts;
mod firewall;
mod names;
mod networks;
mod portproxy;
mod proxies;
mod settings;
mod sockets;
mod stated;

use super::case::Case;
use crate::evidence::span::Span;

/// Where the report shows it; nowhere: it does not.
pub type Computed = fn(&Case<'_>) -> Vec<Span>;

/// Everything that can be computed.
pub(super) const ALL: &[(&str, Computed)] = &[
    ("port-is-reserved", sockets::port_is_reserved),
    ("ranges-are-reserved", sockets::ranges_are_reserved),
    ("dynamic-range-is-low", sockets::dynamic_range_is_low),
    ("relay-holds-port", sockets::relay_holds_port),
    ("windows-program-holds-port", sockets::windows_program_holds_port),
    ("iphlpsvc-holds-port", sockets::iphlpsvc_holds_port),
    ("two-hold-port", sockets::two_hold_port),
    ("guest-port-is-free", sockets::guest_port_is_free),
    ("dual-stack-in-guest", sockets::dual_stack_in_guest),
    ("relay-is-v6-only", sockets::relay_is_v6_only),
    ("windows-loopback-only", sockets::windows_loopback_only),
    ("listens-on-loopback-only", sockets::listens_on_loopback_only),
    ("listens-on-any", sockets::listens_on_any),
    ("default-is-loopback", sockets::default_is_loopback),
    ("default-is-dual", sockets::default_is_dual),
    ("ranges-spare-port", sockets::ranges_spare_port),
    ("port-is-nowhere", sockets::port_is_nowhere),
    ("published-to-wrong-port", sockets::published_to_wrong_port),
    ("exposed-not-published", sockets::exposed_not_published),
    ("runs-without-publishing", sockets::runs_without_publishing),
    ("distro-stopped", sockets::distro_stopped),
    ("one-family-works", attempts::one_family_works),
    ("v4-works-name-fails", attempts::v4_works_name_fails),
    ("http-error-from-loopback", attempts::http_error_from_loopback),
    ("http-error-direct", attempts::http_error),
    ("address-works-name-fails", attempts::address_works_name_fails),
    ("address-changed", attempts::address_changed),
    ("after-restart", attempts::after_restart),
    ("asked-from-outside", attempts::asked_from_outside),
    ("in-a-container", attempts::in_a_container),
    ("several-addresses-printed", networks::several_addresses_printed),
    ("resolver-is-host-ip", names::nameserver_is_tunnel),
    ("some-setting", settings::any),
    ("misplaced-key-is-the-matter", settings::misplaced_key_is_the_matter),
    ("only-v6-fails", attempts::only_v6_fails),
    ("host-is-gateway", attempts::host_is_gateway),
    ("another-port-answers", attempts::another_port_answers),
    ("own-address-works-for-itself-only", attempts::own_address_works_for_itself_only),
    ("low-port-forbidden", stated::low_port_forbidden),
    ("asked-port-not-published", stated::asked_port_not_published),
    ("neighbour-ports-differ", stated::neighbour_ports_differ),
    ("versions-differ", stated::versions_differ),
    ("stated-networks-overlap", stated::networks_overlap),
    ("target-in-bridge-network", networks::target_in_bridge_network),
    ("portproxy", portproxy::any),
    ("portproxy-to-loopback", portproxy::to_loopback),
    ("portproxy-to-name", portproxy::to_name),
    ("portproxy-unsound", portproxy::unsound),
    ("portproxy-to-itself", portproxy::to_itself),
    ("portproxy-stale", portproxy::stale),
    ("portproxy-on-port", portproxy::on_port),
    ("portproxy-on-wanted-port", portproxy::on_wanted_port),
    ("portproxy-for-lan", portproxy::for_lan),
    ("iphlpsvc-stopped", portproxy::iphlpsvc_stopped),
    ("iphlpsvc-running", portproxy::iphlpsvc_running),
    ("networks-overlap", networks::overlap),
    ("vpn-route-first", networks::vpn_route_first),
    ("two-guest-addresses", networks::two_guest_addresses),
    ("low-mtu", networks::low_mtu),
    ("proxy-on-loopback", proxies::proxy_on_loopback),
    ("proxy-elsewhere", proxies::proxy_elsewhere),
    ("proxy-set", proxies::proxy_set),
    ("proxy-port-dialed", proxies::port_dialed),
    ("proxy-port-fails-elsewhere", proxies::port_fails_elsewhere),
    ("remote-url-dials-loopback", proxies::remote_url_dials_loopback),
    ("no-proxy-lacks-localhost", proxies::no_proxy_lacks_localhost),
    ("no-proxy-covers-localhost", proxies::no_proxy_covers_localhost),
    ("localhost-elsewhere", names::localhost_elsewhere),
    ("localhost-is-v6", names::localhost_is_v6),
    ("localhost-missing", names::localhost_missing),
    ("name-to-loopback", names::name_to_loopback),
    ("nameserver-is-tunnel", names::nameserver_is_tunnel),
    ("nameserver-is-stub", names::nameserver_is_stub),
    ("resolver-generation-off", names::resolver_generation_off),
    ("zone-lacks-port", firewall::zone_lacks_port),
    ("zone-shown", firewall::zone_shown),
    ("firewalld-stopped", firewall::firewalld_stopped),
    ("hyper-v-blocks", firewall::hyper_v_blocks),
    ("windows-rule-blocks", firewall::windows_rule_blocks),
    ("windows-log-drops", firewall::windows_log_drops),
    ("inbound-rule-exists", firewall::inbound_rule_exists),
    ("key-misplaced", settings::key_misplaced),
    ("relay-switched-off", settings::relay_switched_off),
    ("mirrored-configured", settings::mirrored_configured),
    ("early-relay", settings::early_relay),
    ("wsl-regressed", settings::wsl_regressed),
];

/// What is computed under this name.
pub fn find(name: &str) -> Option<Computed> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, computed)| *computed)
}

#[cfg(test)]
mod testing {
    use super::Computed;
    use crate::{diagnosis::case::Case, evidence::Evidence};

    /// Whether a report shows it.
    pub fn holds(fact: Computed, report: &str) -> bool {
        let evidence = Evidence::read(report);
        !fact(&Case::new(&evidence)).is_empty()
    }
}
