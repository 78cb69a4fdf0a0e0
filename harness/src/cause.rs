//! The classes of failure: a closed list that scenarios and diagnosis share.

use std::fmt;

/// A class of failure, by its slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(&'static str);

/// Every cause. Extend it when truth needs it.
const SLUGS: [&str; 40] = [
    "loopback-bind",
    "firewalld-block",
    "stale-portproxy",
    "localhost-ipv6-mismatch",
    "proxy-intercepts-localhost",
    "proxy-env-wrong-namespace",
    "relay-dual-stack",
    "relay-regression",
    "relay-loopback-only-lan",
    "relay-phantom-port",
    "localhost-forwarding-off",
    "wslconfig-misplaced-key",
    "portproxy-port-conflict",
    "portproxy-malformed",
    "portproxy-target-loopback",
    "iphlpsvc-stopped",
    "port-excluded-range",
    "port-conflict-windows",
    "windows-firewall-block",
    "hyperv-firewall-block",
    "thirdparty-firewall-block",
    "mirrored-mode-limit",
    "mirrored-docker-dnat",
    "mirrored-port-reservation",
    "wrong-namespace-loopback",
    "host-ip-misderived",
    "hosts-file-override",
    "fast-startup",
    "vpn-route",
    "vpn-mtu",
    "subnet-overlap",
    "docker-port-binding",
    "docker-desktop-hostnet",
    "service-not-running",
    "wrong-response",
    "loopback-down",
    "resolver-replaced",
    "dns",
    "debugger-same-user",
    "toolchain",
];

impl Cause {
    /// Every cause, in the order of the list.
    pub fn all() -> impl Iterator<Item = Cause> {
        SLUGS.into_iter().map(Cause)
    }

    /// The cause with this slug.
    pub fn from_slug(slug: &str) -> Option<Cause> {
        Cause::all().find(|cause| cause.0 == slug)
    }

    /// The cause whose scenarios show this one as well: Fast Startup and sleep take WSL's relay away,
    /// and so does what a scenario can do.
    pub fn shown_as(self) -> Cause {
        match self.0 {
            "fast-startup" => Cause("relay-regression"),
            other => Cause(other),
        }
    }

    /// The slug, as scenario files and reports write it.
    pub const fn slug(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
