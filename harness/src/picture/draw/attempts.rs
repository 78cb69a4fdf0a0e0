//! What was tried, in the lab's routes.

use super::{
    super::{Reported, WHOLE},
    Draft, Unsaid,
};
use crate::{
    evidence::{
        fact::{Attempt, Fact, Kind, Place, Seen},
        host::Host,
        side::Side,
    },
    node::Node,
    outcome::Outcome,
    route::Route,
    target,
    tool::Tool,
};

impl Draft<'_> {
    pub(super) fn attempts(&mut self) {
        let evidence = self.evidence;
        for fact in &evidence.facts {
            let Kind::Attempt(attempt) = &fact.kind else { continue };
            if self.is_a_bind(fact) || self.is_vaguer(attempt) {
                continue;
            }
            self.attempt(fact, attempt);
        }
        // "It connects and is reset" is one try, and it failed.
        let all = self.picture.reported.clone();
        self.picture.reported.retain(|it| {
            it.seen != Seen::Works
                || !all
                    .iter()
                    .any(|bad| bad.route == it.route && bad.quote == it.quote && bad.seen.is_bad())
        });
    }

    fn attempt(&mut self, fact: &Fact, attempt: &Attempt) {
        let quote = self.evidence.document.quote(fact.span).to_owned();
        let Some(mut from) = self.node(fact.side, attempt, &quote) else { return };
        let proxied = matches!(attempt.seen, Seen::Outcome(Outcome::ProxyRefused));
        let mut host = match &attempt.to {
            // The address is the proxy's; what was wanted through it, nobody says.
            _ if proxied && self.is_a_proxy(attempt) => Some(target::Host::Localhost),
            to => self.places.target(to, fact.side).or_else(|| self.stand_in(to, attempt, from)),
        };
        if !self.picture.wsl && !self.picture.boxed {
            if host.is_none() && matches!(attempt.to, Place::Unstated) {
                self.assume(format!("tried from another machine: {quote}"));
                from = Node::Windows;
            }
            if from == Node::Windows {
                host = Some(target::Host::WslIp);
            }
        }
        if fact.side == Side::Unknown && host.is_some() {
            self.assume(format!("from where was tried: taken for {from}: {quote}"));
        }
        let Some(host) = host else {
            self.lacks(format!("an address whose machine is not said: {quote}"));
            return;
        };
        let port = attempt.port.filter(|port| *port != self.picture.port && !proxied);
        let route = Route { from, to: target::Target { host, port } };
        let tool = attempt.tool.as_deref().and_then(|name| tool(name, host));
        let seen = attempt.seen;
        // A complaint in words stands beside the cell that shows it.
        let words = |seen: Seen| !matches!(seen, Seen::Outcome(_));
        let known = self
            .picture
            .reported
            .iter()
            .any(|it| it.route == route && it.tool == tool && words(it.seen) == words(seen));
        if !known {
            self.picture.reported.push(Reported { route, tool, seen, quote });
        }
    }

    /// Which node stands for the machine on which something was tried.
    fn node(&mut self, side: Side, attempt: &Attempt, quote: &str) -> Option<Node> {
        let usual = self.unsaid == Unsaid::Usual;
        if self.picture.boxed {
            return Some(match side {
                Side::Container => Node::Wsl,
                Side::Guest | Side::Windows => Node::Windows,
                Side::Lan => Node::Lan,
                // Nobody browses from inside.
                Side::Unknown if attempt.tool.as_deref() == Some("browser") => Node::Windows,
                Side::Unknown if attempt.to == Place::HostAlias => Node::Wsl,
                Side::Unknown if self.inside_is_tried() == usual => Node::Wsl,
                Side::Unknown => Node::Windows,
            });
        }
        Some(match side {
            Side::Windows if self.picture.wsl => Node::Windows,
            Side::Guest => Node::Wsl,
            Side::Lan if self.picture.wsl => Node::Lan,
            // Without Windows, the other machine of the lab stands for the one across the wire.
            Side::Lan | Side::Windows => Node::Windows,
            // A container by itself is a machine; what is not its own is across a wire.
            Side::Container if !self.picture.wsl && attempt.to.is_loopback() => Node::Wsl,
            Side::Container if !self.picture.wsl => Node::Windows,
            Side::Container => {
                self.lacks(format!("inside a container: {quote}"));
                return None;
            }
            Side::Unknown if self.picture.wsl == usual => Node::Windows,
            Side::Unknown => Node::Wsl,
        })
    }

    /// Who stands for an address that the lab does not have by itself.
    fn stand_in(&mut self, to: &Place, attempt: &Attempt, from: Node) -> Option<target::Host> {
        let names = matches!(to, Place::Internet | Place::Other(Host::Name(_)))
            && matches!(attempt.host, Some(Host::Name(_)) | None);
        match to {
            Place::HostAlias if self.picture.boxed && from == Node::Wsl => {
                Some(target::Host::WindowsGateway)
            }
            Place::Container if self.picture.boxed && from == Node::Windows => {
                Some(target::Host::WslIp)
            }
            // The one name that the lab's resolvers know.
            _ if names && attempt.seen == Seen::Outcome(Outcome::NoName) => {
                self.assume(format!(
                    "a name that cannot be resolved: {} stands for it",
                    crate::topology::LAN_NAME
                ));
                Some(target::Host::LanName)
            }
            _ => None,
        }
    }

    fn inside_is_tried(&self) -> bool {
        let tried =
            |fact: &Fact| fact.side == Side::Container && matches!(fact.kind, Kind::Attempt(_));
        self.evidence.facts.iter().any(tried)
    }

    fn is_a_proxy(&self, attempt: &Attempt) -> bool {
        self.proxies().iter().any(|(_, at)| {
            at.port == attempt.port && attempt.host.as_ref().is_none_or(|host| *host == at.host)
        })
    }

    /// A program that cannot bind says which address; it connects to nothing.
    fn is_a_bind(&self, attempt: &Fact) -> bool {
        self.evidence.facts.iter().any(|fact| {
            matches!(fact.kind, Kind::BindFailure(_))
                && fact.span.start <= attempt.span.end
                && attempt.span.start <= fact.span.end
        })
    }

    /// A failure without an address, where the report has one with an address: the same, said less
    /// exactly.
    fn is_vaguer(&self, attempt: &Attempt) -> bool {
        let vague = matches!(attempt.to, Place::Unstated) && attempt.seen == Seen::Fails;
        vague
            && self.evidence.facts.iter().any(|fact| match &fact.kind {
                Kind::Attempt(it) => !matches!(it.to, Place::Unstated) && it.seen.is_bad(),
                _ => false,
            })
    }

    /// Whether the report does not say from where something was tried.
    pub(super) fn leaves_machines_open(&self) -> bool {
        self.picture.reported.len() < WHOLE
            && self
                .evidence
                .facts
                .iter()
                .any(|fact| matches!(fact.kind, Kind::Attempt(_)) && fact.side == Side::Unknown)
    }
}

/// The tool of the lab that does what this one does. Most clients take localhost from the hosts
/// file, as Go's does; curl and browsers try both families whatever stands there.
fn tool(name: &str, host: target::Host) -> Option<Tool> {
    match name {
        "ping" => Some(Tool::Ping),
        "nc" | "ncat" | "netcat" | "test-netconnection" | "tnc" | "nmap" => Some(Tool::Nc),
        "telnet" => Some(Tool::Telnet),
        "wget" | "node" | "fetch" | "axios" | "python" | "requests" | "java" | "ruby" | "php"
            if host == target::Host::Localhost =>
        {
            Some(Tool::GoClient)
        }
        "curl" | "wget" | "browser" | "chrome" | "firefox" | "edge" | "http" | "postman"
        | "invoke-webrequest" => Some(Tool::Curl),
        "go-client" | "go" => Some(Tool::GoClient),
        _ => None,
    }
}
