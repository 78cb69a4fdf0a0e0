//! The rules of portproxy, in the lab's addresses.

use super::{
    super::{Forward, places::NOBODY},
    Draft,
};
use crate::{
    evidence::{
        fact::{Kind, PortProxyRule},
        host::Host,
        side::Side,
    },
    target,
};

impl Draft<'_> {
    pub(super) fn forwards(&mut self) {
        self.helper();
        let rules: Vec<PortProxyRule> = self
            .evidence
            .all(|fact| match &fact.kind {
                Kind::PortProxy(rule) => Some(rule.clone()),
                _ => None,
            })
            .collect();
        for rule in rules {
            let Some(listen_port) = rule.port().filter(|_| rule.is_sound()) else {
                self.lacks(format!(
                    "a portproxy rule whose ports netsh cannot serve: {} {} -> {} {}",
                    rule.listen, rule.listen_port, rule.connect, rule.connect_port
                ));
                continue;
            };
            let connect_port = rule.connect_port.parse().unwrap_or(listen_port);
            let listen = self.listen_address(&rule.listen);
            let Some(connect) = self.connect_address(&rule.connect) else { continue };
            let family = |address: &str| if address.contains(':') { "v6" } else { "v4" };
            let direction = match (family(&listen), family(&connect)) {
                ("v4", "v4") => "v4tov4",
                ("v4", _) => "v4tov6",
                (_, "v4") => "v6tov4",
                _ => "v6tov6",
            };
            let late = self.relay_has(&rule.listen, listen_port);
            let forward = Forward { direction, listen, listen_port, connect, connect_port, late };
            let known =
                self.picture.rules.iter_mut().find(|known| {
                    (&known.listen, known.listen_port) == (&forward.listen, listen_port)
                });
            match known {
                // As in the registry: the last one that was typed counts.
                Some(known) => *known = forward,
                None => self.picture.rules.push(forward),
            }
        }
        if !self.picture.rules.is_empty() && self.windows_is_silent() {
            self.assume("who came first: the rules were there before the server");
        }
    }

    fn windows_is_silent(&self) -> bool {
        let listed = self.evidence.all(|fact| match &fact.kind {
            Kind::Listener(_) if fact.side == Side::Windows => Some(()),
            _ => None,
        });
        listed.count() == 0
    }

    fn listen_address(&mut self, host: &Host) -> String {
        match self.places.role(host) {
            Some(target::Host::WindowsLanIp) => "{windows-lan-ip}".to_owned(),
            Some(target::Host::WindowsGateway) => "{windows-gateway}".to_owned(),
            _ => match host {
                Host::V4(address) if address.is_unspecified() || address.is_loopback() => {
                    address.to_string()
                }
                Host::V6(address) => address.to_string(),
                Host::Name(name) if name == "localhost" => "127.0.0.1".to_owned(),
                Host::Star => "0.0.0.0".to_owned(),
                other => {
                    self.assume(format!("portproxy listens at {other}: taken for all addresses"));
                    "0.0.0.0".to_owned()
                }
            },
        }
    }

    fn connect_address(&mut self, host: &Host) -> Option<String> {
        let role = match self.places.role(host) {
            Some(target::Host::WslIp) => "{wsl-ip}",
            Some(target::Host::WindowsGateway) => "{windows-gateway}",
            Some(target::Host::WindowsLanIp) => "{windows-lan-ip}",
            Some(target::Host::Loopback4 | target::Host::Localhost) => "127.0.0.1",
            Some(target::Host::Loopback6) => "::1",
            Some(target::Host::LanIp | target::Host::LanName) => {
                return Some(crate::topology::LAN_IP.to_string());
            }
            None => "",
        };
        if !role.is_empty() {
            return Some(role.to_owned());
        }
        match host {
            Host::V4(address) if address.is_private() && self.places.wsl.is_some() => {
                // The guest's address is known, and this is another one.
                let theirs = address.to_string();
                self.picture.theirs.other.insert(NOBODY.to_owned(), theirs);
                Some(NOBODY.to_owned())
            }
            Host::V4(_) | Host::Masked(_) => {
                self.assume(format!("whose address {host} is: taken for the guest's"));
                if let Host::V4(address) = host {
                    self.picture.theirs.wsl = Some(address.to_string());
                }
                Some("{wsl-ip}".to_owned())
            }
            other => {
                self.lacks(format!("a portproxy rule that leads to the name or address {other}"));
                None
            }
        }
    }
}
