//! A whole report, and what is asked of it.

use crate::{
    evidence::{
        Evidence,
        fact::{Attempt, Kind, Place, Seen},
        side::Side,
        span::Span,
    },
    node::Node,
    outcome::Outcome,
    picture::{Forward, Picture},
    route::Route,
    target,
    tool::Tool,
};

/// What is known of a whole report.
pub(super) struct Whole<'e> {
    pub(super) evidence: &'e Evidence,
    pub(super) picture: Picture,
}

impl Whole<'_> {
    pub(super) fn cell(
        &self,
        from: Node,
        to: target::Host,
        port: Option<u16>,
        tool: Tool,
    ) -> Option<Outcome> {
        let port = port.filter(|port| *port != self.picture.port);
        let route = Route { from, to: target::Target { host: to, port } };
        self.picture.reported.iter().find_map(|it| match it.seen {
            Seen::Outcome(outcome) if it.route == route && it.tool == Some(tool) => Some(outcome),
            _ => None,
        })
    }

    /// Whether a cell of the own port shows one of these.
    pub(super) fn shows(
        &self,
        from: Node,
        to: target::Host,
        tool: Tool,
        outcomes: &[Outcome],
    ) -> bool {
        self.cell(from, to, None, tool).is_some_and(|outcome| outcomes.contains(&outcome))
    }

    /// Whether the reporter complains of a route to there; one who names none complains of all that
    /// fails.
    pub(super) fn complains(&self, of: impl Fn(&Route) -> bool) -> bool {
        let said = self.picture.reported.iter().filter(|it| it.seen == Seen::Fails);
        let mut any = false;
        for it in said {
            any = true;
            if of(&it.route) {
                return true;
            }
        }
        !any
    }

    /// Whether localhost does not answer, from any side.
    pub(super) fn localhost_fails(&self) -> bool {
        self.picture.reported.iter().any(|it| {
            let service = it.tool != Some(Tool::Ping) && it.route.to.port.is_none();
            service && it.route.to.host == target::Host::Localhost && it.seen.is_bad()
        })
    }

    /// Whether the reporter names a route that fails.
    pub(super) fn names_a_failure(&self) -> bool {
        self.picture.reported.iter().any(|it| it.seen == Seen::Fails)
    }

    pub(super) fn complains_of(&self, from: Node, hosts: &[target::Host]) -> bool {
        self.complains(|route| route.from == from && hosts.contains(&route.to.host))
    }

    /// Whether the report asked for WSL's relay and Windows has none. One that runs may have found the
    /// port taken once, after which it does not try again.
    pub(super) fn has_no_relay(&self) -> bool {
        let asked = self.evidence.document.text().contains("IMAGENAME eq wslrelay.exe");
        let runs = |kind: &Kind, _| matches!(kind, Kind::Process(it) if it.program == "wslrelay");
        asked && self.spans(runs).is_empty()
    }

    /// Where facts of a kind stand.
    pub(super) fn spans(&self, is: impl Fn(&Kind, Side) -> bool) -> Vec<Span> {
        let facts = self.evidence.facts.iter();
        facts.filter(|fact| is(&fact.kind, fact.side)).map(|fact| fact.span).collect()
    }

    pub(super) fn listener(&self, port: u16, windows: bool) -> Vec<Span> {
        self.spans(|kind, side| {
            let of_windows = side == Side::Windows;
            matches!(kind, Kind::Listener(it) if it.port == port && of_windows == windows)
        })
    }

    pub(super) fn row(&self, from: Side, to: &Place) -> Vec<Span> {
        self.spans(|kind, side| {
            matches!(kind, Kind::Attempt(Attempt { to: place, .. }) if side == from && place == to)
        })
    }

    pub(super) fn rules(&self, is: impl Fn(&Forward) -> bool) -> Vec<&Forward> {
        self.picture.rules.iter().filter(|rule| is(rule)).collect()
    }

    pub(super) fn rule_spans(&self, rules: &[&Forward]) -> Vec<Span> {
        self.spans(|kind, _| match kind {
            Kind::PortProxy(it) => rules.iter().any(|rule| it.port() == Some(rule.listen_port)),
            _ => false,
        })
    }

    /// Whether somebody who goes through a rule complains.
    pub(super) fn complains_of_rule(&self, rules: &[&Forward]) -> bool {
        self.complains(|route| {
            let port = route.to.port.unwrap_or(self.picture.port);
            route.to.host != target::Host::WslIp
                && route.from != Node::Wsl
                && rules.iter().any(|rule| rule.listen_port == port)
        })
    }

    /// What a rule's own port shows from Windows.
    pub(super) fn through(&self, rule: &Forward, tool: Tool) -> Option<Outcome> {
        let port = Some(rule.listen_port);
        [target::Host::Loopback4, target::Host::Localhost, target::Host::WindowsLanIp]
            .into_iter()
            .find_map(|host| self.cell(Node::Windows, host, port, tool))
    }
}
