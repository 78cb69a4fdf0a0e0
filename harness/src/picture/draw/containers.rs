//! A container and its host, as two machines of the lab: the guest and Windows. What is published
//! is a rule of portproxy, which accepts first and connects then, as an engine's proxy does.

use super::{super::Forward, Draft};
use crate::evidence::{
    fact::{Attempt, Fact, Kind, Place, Publication},
    host::Host,
    side::Side,
};

impl Draft<'_> {
    /// Whether the report is about a container on a machine without WSL.
    pub(super) fn containers(&mut self) {
        let asks = |test: &dyn Fn(&Fact, &Attempt) -> bool| {
            self.evidence.facts.iter().any(|fact| match &fact.kind {
                Kind::Attempt(it) => test(fact, it),
                _ => false,
            })
        };
        // Two machines take part: one alone is a machine as any other.
        let inside = asks(&|fact, _| fact.side == Side::Container);
        let outside = asks(&|fact, _| matches!(fact.side, Side::Guest | Side::Windows | Side::Lan));
        let host = asks(&|_, it| it.to == Place::HostAlias);
        if self.picture.wsl || !(inside && outside || host || self.publication().is_some()) {
            return;
        }
        self.picture.boxed = true;
        let off = ["wsl2", "localhostForwarding", "false"].map(str::to_owned);
        self.picture.wslconfig.push(off.into());
        // Its host lets a container in.
        self.picture.defender_off = true;
        self.assume(
            "how a container is rebuilt: wsl stands for it, windows for its host, windows-gateway \
             for host.docker.internal, a rule of portproxy for a published port",
        );
        // The service's port is the one inside.
        let publication = self.publication();
        if let Some(Publication { host_port: Some(out), container_port: Some(inner), .. }) =
            publication
            && out == self.picture.port
        {
            self.picture.port = inner;
        }
    }

    fn publication(&self) -> Option<Publication> {
        let all: Vec<&Publication> = self
            .evidence
            .facts
            .iter()
            .filter_map(|fact| match &fact.kind {
                Kind::Publication(it) if it.host_port.is_some() => Some(it),
                _ => None,
            })
            .collect();
        let port = self.picture.port;
        let own =
            |it: &&&Publication| it.host_port == Some(port) || it.container_port == Some(port);
        all.iter().find(own).or(all.first()).map(|it| (*it).clone())
    }

    /// Whether the engine has this port on the host.
    pub(super) fn publishes(&self, port: u16) -> bool {
        self.evidence.facts.iter().any(|fact| match &fact.kind {
            Kind::Publication(it) => it.host_port == Some(port),
            _ => false,
        })
    }

    pub(super) fn published(&mut self) {
        let Some(it) = self.publication().filter(|_| self.picture.boxed) else { return };
        let Some(listen_port) = it.host_port else { return };
        let local = it.host.as_ref().is_some_and(Host::is_loopback);
        // An engine publishes to everybody in both families.
        let listens = if local { &["127.0.0.1"][..] } else { &["0.0.0.0", "::"] };
        for listen in listens {
            self.picture.rules.push(Forward {
                direction: if listen.contains(':') { "v6tov4" } else { "v4tov4" },
                listen: (*listen).to_owned(),
                listen_port,
                connect: "{wsl-ip}".to_owned(),
                connect_port: self.picture.port,
                late: false,
            });
        }
    }
}
