//! From facts to a picture. What the report does not say is assumed, and said.

use std::collections::BTreeSet;

use super::{Helper, Picture, Reported, Theirs, places::Places};
use crate::{
    evidence::{
        Evidence,
        fact::{Kind, Mode, Place, Seen, State},
        side::Side,
    },
    node::Node,
    outcome::Outcome,
    route::Route,
    target,
    tool::Tool,
};

mod config;
mod forwards;
mod servers;

/// From so many attempts on a report has a matrix, and was collected.
pub const WHOLE: usize = 20;

/// Why there is nothing to draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DrawError(String);

/// What is being drawn, and from what.
pub(super) struct Draft<'e> {
    pub evidence: &'e Evidence,
    pub places: Places,
    pub picture: Picture,
}

/// Draws what a report says of the machines.
///
/// # Errors
/// When it says nothing that a lab could have.
pub fn draw(evidence: &Evidence) -> Result<Picture, DrawError> {
    let mode = evidence.mode();
    if matches!(mode, Some(Mode::Mirrored | Mode::Virtio | Mode::Wsl1)) {
        let why = "the report is about another networking mode than NAT, which this lab does not \
                   have";
        return Err(DrawError(why.to_owned()));
    }
    let places = Places::of(evidence);
    let wsl = mode.is_none_or(|mode| mode != Mode::None);
    let picture = Picture { wsl, ..Picture::default() };
    let mut draft = Draft { evidence, places, picture };
    draft.theirs();
    draft.port()?;
    if mode.is_none() {
        draft.assume("which machine it is: taken for WSL2 in NAT mode");
    }
    draft.servers();
    draft.forwards();
    draft.config();
    draft.attempts();
    draft.limits();
    if draft.picture.reported.is_empty() {
        draft.assume("what exactly fails: no address and tool is named");
    }
    draft.stand_ins();
    Ok(draft.picture)
}

impl Draft<'_> {
    pub(super) fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.picture.defaults.contains(&what) {
            self.picture.defaults.push(what);
        }
    }

    pub(super) fn lacks(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.picture.unmodelled.contains(&what) {
            self.picture.unmodelled.push(what);
        }
    }

    fn theirs(&mut self) {
        let text = |address: Option<std::net::Ipv4Addr>| address.map(|it| it.to_string());
        self.picture.theirs = Theirs {
            wsl: text(self.places.wsl),
            gateway: text(self.places.gateway),
            lan: text(self.places.lan),
            ..Theirs::default()
        };
    }

    /// The port that most of the report is about: said, tried, served, forwarded.
    fn port(&mut self) -> Result<(), DrawError> {
        let mut votes: Vec<(u16, usize)> = Vec::new();
        let mut vote = |port: Option<u16>, weight: usize| {
            let Some(port) = port.filter(|port| *port != 0) else { return };
            match votes.iter_mut().find(|(known, _)| *known == port) {
                Some((_, count)) => *count += weight,
                None => votes.push((port, weight)),
            }
        };
        for fact in &self.evidence.facts {
            match &fact.kind {
                Kind::Attempt(it) => vote(it.port, 6),
                Kind::Serving(it) => vote(it.at.port, 4),
                Kind::PortProxy(it) => vote(it.connect_port.parse().ok(), 3),
                Kind::Listener(it) if fact.side != Side::Windows => vote(Some(it.port), 1),
                Kind::Listener(it) if it.port > 1023 => vote(Some(it.port), 1),
                Kind::Publication(it) => vote(it.host_port, 3),
                Kind::BindFailure(it) => vote(it.wanted.as_ref().and_then(|it| it.port), 4),
                _ => {}
            }
        }
        let most = votes.iter().map(|(_, count)| *count).max();
        let port = votes.iter().find(|(_, count)| Some(*count) == most).map(|(port, _)| *port);
        let speaks =
            self.evidence.facts.iter().any(|fact| {
                !matches!(fact.kind, Kind::Setup(_) | Kind::Version(_) | Kind::Distro(_))
            });
        if port.is_none() && !speaks {
            let why = "the report says nothing that a lab could be built from";
            return Err(DrawError(why.to_owned()));
        }
        if port.is_none() {
            self.assume("the port: 8080");
        }
        self.picture.port = port.unwrap_or(8080);
        Ok(())
    }

    /// What was tried, in the lab's routes.
    fn attempts(&mut self) {
        let evidence = self.evidence;
        for fact in &evidence.facts {
            let Kind::Attempt(attempt) = &fact.kind else { continue };
            let quote = evidence.document.quote(fact.span).to_owned();
            let from = match fact.side {
                Side::Windows if self.picture.wsl => Node::Windows,
                Side::Guest => Node::Wsl,
                Side::Lan if self.picture.wsl => Node::Lan,
                // Without Windows, the other machine of the lab stands for the one across the wire.
                Side::Lan | Side::Windows => Node::Windows,
                Side::Container => {
                    self.lacks(format!("inside a container: {quote}"));
                    continue;
                }
                Side::Unknown if self.picture.wsl => Node::Windows,
                Side::Unknown => Node::Wsl,
            };
            let mut host = self.places.target(&attempt.to, fact.side);
            let mut from = from;
            if !self.picture.wsl && host.is_none() && matches!(attempt.to, Place::Unstated) {
                self.assume(format!("tried from another machine: {quote}"));
                from = Node::Windows;
            }
            if !self.picture.wsl && from == Node::Windows {
                host = Some(target::Host::WslIp);
            }
            if fact.side == Side::Unknown && host.is_some() && from == Node::Wsl
                || fact.side == Side::Unknown && host.is_some() && self.picture.wsl
            {
                self.assume(format!("from where was tried: taken for {from}: {quote}"));
            }
            let Some(host) = host else {
                self.lacks(format!("an address whose machine is not said: {quote}"));
                continue;
            };
            let port = attempt.port.filter(|port| *port != self.picture.port);
            let route = Route { from, to: target::Target { host, port } };
            let tool = attempt.tool.as_deref().and_then(tool);
            let seen = attempt.seen;
            // A complaint in words stands beside the cell that shows it.
            let words = |seen: Seen| !matches!(seen, Seen::Outcome(_));
            let known =
                self.picture.reported.iter().any(|it| {
                    it.route == route && it.tool == tool && words(it.seen) == words(seen)
                });
            if !known {
                self.picture.reported.push(Reported { route, tool, seen, quote });
            }
        }
    }

    /// What the report has and no lab does.
    fn limits(&mut self) {
        let mut said = BTreeSet::new();
        for fact in &self.evidence.facts {
            match &fact.kind {
                Kind::ReservedPorts(it) if it.ports.holds(self.picture.port) => {
                    said.insert(format!(
                        "Windows keeps ports {}-{} from programs",
                        it.ports.0.start(),
                        it.ports.0.end()
                    ));
                }
                // The output of tools has words of everything.
                Kind::Mention(it) if !it.denied && self.picture.reported.len() < WHOLE => {
                    said.insert(format!("the report speaks of {}", it.what));
                }
                Kind::BindFailure(_) => {
                    said.insert("a program that could not bind".to_owned());
                }
                Kind::Publication(_) => {
                    said.insert("a container engine: its published port is a plain server".into());
                }
                _ => {}
            }
        }
        said.into_iter().for_each(|it| self.lacks(it));
    }

    /// What the attempts say of servers that the report does not list.
    fn stand_ins(&mut self) {
        let reported = self.picture.reported.clone();
        let good_on_lan = |it: &&Reported| {
            matches!(it.route.to.host, target::Host::LanIp | target::Host::LanName)
                && (it.seen.is_good() || matches!(it.seen, Seen::Outcome(Outcome::NoName)))
                && it.tool != Some(Tool::Ping)
        };
        if let Some(it) = reported.iter().find(good_on_lan) {
            let port = it.route.to.port.unwrap_or(self.picture.port);
            self.lan_server(port);
        }
        self.by_name();
        let status = |it: &&Reported| match it.seen {
            Seen::Outcome(Outcome::Http(status)) if status >= 400 => {
                // On Windows' loopback somebody else may answer.
                let direct = it.route.from == Node::Wsl || it.route.to.host == target::Host::WslIp;
                (direct && it.route.to.port.is_none()).then_some(status)
            }
            _ => None,
        };
        let status = reported.iter().find_map(|it| status(&it));
        if let (Some(status), Some(server)) = (status, &mut self.picture.server)
            && server.program == servers::PLAIN
        {
            server.args = vec!["--status".to_owned(), status.to_string()];
        }
    }

    /// A server on `[::1]` where the guest's localhost is ::1 alone: sockets and logs do not say so,
    /// but a server that is told the name comes to listen there, and few are told the address.
    fn by_name(&mut self) {
        let only_v6 = self.picture.guest_localhost.as_deref() == Some(&["::1".to_owned()]);
        let Some(server) = self.picture.server.as_mut().filter(|_| only_v6) else { return };
        if server.listen.host == "[::1]" {
            "localhost".clone_into(&mut server.listen.host);
            self.assume("why the server listens on [::1]: it is told the name localhost");
        }
    }

    /// Whether a service runs, as far as it is said.
    pub(super) fn service_state(&self, name: &str) -> Option<State> {
        self.evidence
            .all(|fact| match &fact.kind {
                Kind::Service(it) if it.name == name => Some(it.state),
                _ => None,
            })
            .last()
    }

    pub(super) fn helper(&mut self) {
        self.picture.helper = match self.service_state("iphlpsvc") {
            Some(State::Stopped) => Helper::Stopped,
            Some(State::Disabled) => Helper::Disabled,
            Some(State::Running) | None => Helper::Running,
        };
    }
}

/// The tool of the lab that does what this one does.
fn tool(name: &str) -> Option<Tool> {
    match name {
        "ping" => Some(Tool::Ping),
        "nc" | "ncat" | "netcat" | "test-netconnection" | "tnc" | "nmap" => Some(Tool::Nc),
        "telnet" => Some(Tool::Telnet),
        "curl" | "wget" | "browser" | "chrome" | "firefox" | "edge" | "http" | "postman"
        | "invoke-webrequest" => Some(Tool::Curl),
        "go-client" | "go" => Some(Tool::GoClient),
        _ => None,
    }
}
