//! Whether WSL's relay is gone or kept out, as far as a whole report shows it.

use super::{super::WHOLE, Draft};
use crate::{
    evidence::fact::{Kind, Seen},
    node::Node,
    outcome::Outcome,
    target::{self, Target},
    tool::Tool,
};

impl Draft<'_> {
    /// The relay is on and the guest listens, so Windows has to listen for it: where nobody does and
    /// nothing keeps the port from the relay, the relay is gone.
    pub(super) fn relay(&mut self) {
        let whole = self.picture.wsl && !self.picture.boxed && self.picture.reported.len() >= WHOLE;
        let gone = self.relayed_at().is_some_and(|host| self.refused(host) && !self.has_port(host));
        let missing = whole && gone && self.relay_is_on();
        self.picture.relay_lost = missing && !self.port_is_kept();
        self.picture.relay_kept_out = missing && self.port_is_kept();
    }

    /// Where the relay listens for the server.
    fn relayed_at(&self) -> Option<target::Host> {
        let listen = &self.picture.server.as_ref()?.listen;
        let loopback = !matches!(listen.host.as_str(), "" | "0.0.0.0" | "[::]");
        if loopback && self.picture.early_relay {
            return None;
        }
        match listen.host.as_str() {
            "0.0.0.0" | "127.0.0.1" => Some(target::Host::Loopback4),
            "" if listen.network == "tcp4" => Some(target::Host::Loopback4),
            "" | "[::]" | "[::1]" | "localhost" => Some(target::Host::Loopback6),
            _ => None,
        }
    }

    fn refused(&self, host: target::Host) -> bool {
        let to = Target { host, port: None };
        self.picture.reported.iter().any(|it| {
            let there = it.route.from == Node::Windows && it.route.to == to;
            there && it.tool == Some(Tool::Nc) && it.seen == Seen::Outcome(Outcome::Refused)
        })
    }

    /// Whether a listener or a rule on Windows has the server's port at this loopback address.
    fn has_port(&self, host: target::Host) -> bool {
        let (port, v6) = (self.picture.port, host == target::Host::Loopback6);
        let listener = self.listeners(true).iter().any(|it| {
            it.port == port
                && it.address.is_v6() == v6
                && (it.address.is_any() || it.address.is_loopback())
        });
        let rules = &self.picture.rules;
        listener || rules.iter().any(|it| it.listen_port == port && it.listen.contains(':') == v6)
    }

    fn relay_is_on(&self) -> bool {
        !self.picture.wslconfig.iter().any(|(_, key, value)| {
            key.eq_ignore_ascii_case("localhostForwarding") && value.eq_ignore_ascii_case("false")
        })
    }

    /// Whether Windows keeps the port from every program.
    fn port_is_kept(&self) -> bool {
        self.evidence.facts.iter().any(|fact| match &fact.kind {
            Kind::ReservedPorts(it) => it.ports.holds(self.picture.port),
            _ => false,
        })
    }
}
