//! From facts to a picture. What the report does not say is assumed, and said.

use std::collections::BTreeSet;

use super::{Helper, Picture, Reported, Theirs, places::Places};
use crate::{
    evidence::{
        Evidence,
        fact::{Kind, Mode, Seen, State},
        side::Side,
    },
    node::Node,
    outcome::Outcome,
    target,
    tool::Tool,
};

mod attempts;
mod config;
mod containers;
mod forwards;
mod relay;
mod servers;

pub use servers::PLAIN;

/// From so many attempts on a report has a matrix, and was collected.
pub const WHOLE: usize = 20;

/// Why there is nothing to draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DrawError(String);

/// From where was tried what the report does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unsaid {
    /// From where people usually do: Windows where there is one, else the server's own machine.
    #[default]
    Usual,
    /// From the other machine.
    Other,
}

/// What is being drawn, and from what.
pub(super) struct Draft<'e> {
    pub evidence: &'e Evidence,
    pub places: Places,
    pub picture: Picture,
    pub unsaid: Unsaid,
}

/// Draws what a report says of the machines.
///
/// # Errors
/// When it says nothing that a lab could have.
pub fn draw(evidence: &Evidence) -> Result<Picture, DrawError> {
    draw_with(evidence, Unsaid::Usual)
}

/// As [`draw`], with this for tries of which the report does not say from where.
///
/// # Errors
/// When it says nothing that a lab could have.
pub fn draw_with(evidence: &Evidence, unsaid: Unsaid) -> Result<Picture, DrawError> {
    let mode = evidence.mode();
    if matches!(mode, Some(Mode::Mirrored | Mode::Virtio | Mode::Wsl1)) {
        let why = "the report is about another networking mode than NAT, which this lab does not \
                   have";
        return Err(DrawError(why.to_owned()));
    }
    let places = Places::of(evidence);
    let wsl = mode.is_none_or(|mode| mode != Mode::None);
    let picture = Picture { wsl, ..Picture::default() };
    let mut draft = Draft { evidence, places, picture, unsaid };
    draft.theirs();
    draft.port()?;
    if mode.is_none() {
        draft.assume("which machine it is: taken for WSL2 in NAT mode");
    }
    draft.containers();
    draft.servers();
    draft.server_on_windows();
    draft.forwards();
    draft.published();
    draft.config();
    draft.attempts();
    draft.relay();
    draft.picture.machines_open = draft.leaves_machines_open();
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
        let proxies: Vec<u16> = self.proxies().iter().filter_map(|(_, at)| at.port).collect();
        for fact in &self.evidence.facts {
            match &fact.kind {
                Kind::Attempt(it) if it.port.is_some_and(|port| proxies.contains(&port)) => {}
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
                Kind::Publication(_) if !self.picture.boxed => {
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
        // Where a proxy is named, what the guest sees is the proxy's own page.
        let proxied = !self.picture.env.is_empty()
            || self.picture.windows_proxy.is_some()
            || self.names_a_proxy();
        let status = |it: &&Reported| match it.seen {
            Seen::Outcome(Outcome::Http(status)) if status >= 400 => {
                // On Windows' loopback somebody else may answer.
                let direct = match it.route.from {
                    Node::Wsl => !proxied,
                    _ => it.route.to.host == target::Host::WslIp,
                };
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

    /// Whether a variable of a proxy is set, even if its value is masked.
    fn names_a_proxy(&self) -> bool {
        self.evidence.facts.iter().any(|fact| match &fact.kind {
            Kind::Variable(it) => {
                let name = it.name.to_ascii_lowercase();
                let set = it.value.as_deref().is_none_or(|value| !value.is_empty());
                name.ends_with("_proxy") && name != "no_proxy" && set
            }
            _ => false,
        })
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
