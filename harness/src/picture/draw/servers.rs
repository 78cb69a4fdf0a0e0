//! Who listens where.

use std::collections::BTreeMap;

use super::{
    super::{Server, suppose::SERVER_ASSUMED},
    Draft,
};
use crate::{
    evidence::{
        fact::{Bind, Kind, Listener, Proto, Serving, SettingFile},
        host::Host,
        side::Side,
    },
    scenario::{Listen, ServiceUser},
    target, topology,
};

/// The server that stands for any other.
pub const PLAIN: &str = "go-http";

/// Who has a listener on Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// WSL's relay.
    Relay,
    /// IP Helper, for portproxy.
    Helper,
    /// A program of Windows' own.
    Program,
}

impl Draft<'_> {
    pub(super) fn servers(&mut self) {
        let users = self.users();
        let guests: Vec<Listener> = self.listeners(false);
        let mut servers: Vec<Server> = Vec::new();
        for listener in &guests {
            let both = guests
                .iter()
                .any(|other| other.port == listener.port && other.bind() == Bind::Any4);
            if let Some(listen) = listen(listener, both) {
                let program = program(listener.program.as_deref());
                let user = listener.pid.and_then(|pid| users.get(&pid));
                let user = match user.map(String::as_str) {
                    // Who runs it matters to dlv alone; a second user costs more than it shows.
                    Some(name) if name != "root" && program == "dlv" => ServiceUser::Second,
                    _ => ServiceUser::Root,
                };
                servers.push(Server { program, listen, user, args: Vec::new() });
            }
        }
        let own = self.picture.port;
        let at = servers.iter().position(|server| server.listen.port == own);
        self.picture.server = at.map(|at| servers.remove(at));
        self.picture.others = servers;
        if self.picture.server.is_none() && !self.says_who_listens() {
            self.serving();
        }
        for listener in self.listeners(true) {
            if self.owner(&listener) == Owner::Program
                && let Some(listen) = listen(&listener, true)
            {
                let program = match listener.program.as_deref() {
                    Some(name) if name.starts_with("tinyproxy") => "tinyproxy",
                    // The host's server is the one that the container is to reach.
                    _ if self.picture.boxed => PLAIN,
                    _ => "other-http",
                };
                let program = program.to_owned();
                let user = ServiceUser::Root;
                self.picture.windows.push(Server { program, listen, user, args: Vec::new() });
            }
        }
    }

    /// A program on Windows on the port that the guest asks of Windows is the server, where the
    /// report has none in the guest.
    pub(super) fn server_on_windows(&mut self) {
        let own = self.picture.port;
        let assumed = self.picture.defaults.iter().any(|it| it.starts_with(SERVER_ASSUMED));
        let asked = self.evidence.facts.iter().any(|fact| match &fact.kind {
            Kind::Attempt(it) => {
                let host = self.places.target(&it.to, fact.side);
                fact.side == Side::Guest
                    && matches!(
                        host,
                        Some(target::Host::WindowsGateway | target::Host::WindowsLanIp)
                    )
            }
            _ => false,
        });
        if !(assumed && asked) {
            return;
        }
        if !self.picture.windows.iter().any(|it| it.listen.port == own) {
            let said = self.evidence.all(|fact| match &fact.kind {
                Kind::Serving(it) if fact.side == Side::Windows && it.at.port == Some(own) => {
                    host_to_listen(&it.at.host, own)
                }
                _ => None,
            });
            let said = said.last();
            self.picture.windows.extend(said.map(|listen| Server {
                program: PLAIN.to_owned(),
                listen,
                user: ServiceUser::Root,
                args: Vec::new(),
            }));
        }
        let program = self.picture.windows.iter_mut().find(|it| it.listen.port == own);
        if let Some(program) = program {
            PLAIN.clone_into(&mut program.program);
            self.picture.server = None;
            self.picture.defaults.retain(|it| !it.starts_with(SERVER_ASSUMED));
        }
    }

    /// TCP listeners of one side, on ports that the report is about; servers of the system's own,
    /// such as ssh, change nothing.
    pub(super) fn listeners(&self, windows: bool) -> Vec<Listener> {
        let evidence = self.evidence;
        let named: Vec<u16> = evidence
            .all(|fact| match &fact.kind {
                Kind::Attempt(it) => it.port,
                Kind::PortProxy(it) => it.port(),
                _ => None,
            })
            .chain(evidence.all(|fact| match &fact.kind {
                Kind::PortProxy(it) => it.connect_port.parse().ok(),
                _ => None,
            }))
            .chain(self.proxy_ports())
            .chain([self.picture.port])
            .collect();
        let mut found: Vec<Listener> = Vec::new();
        for fact in &evidence.facts {
            let Kind::Listener(it) = &fact.kind else { continue };
            // On a container's host: a server of the host's own, unless the engine published it.
            let of_host =
                self.picture.boxed && fact.side == Side::Guest && !self.publishes(it.port);
            let of_windows = fact.side == Side::Windows || of_host;
            let matters = named.contains(&it.port) || !of_windows && it.port > 1023;
            let new =
                !found.iter().any(|known| known.address == it.address && known.port == it.port);
            if of_windows == windows && it.proto == Proto::Tcp && matters && new {
                found.push(it.clone());
            }
        }
        found
    }

    /// Ports of proxies that variables of the guest name.
    fn proxy_ports(&self) -> Vec<u16> {
        self.proxies().into_iter().filter_map(|(_, at)| at.port).collect()
    }

    /// Whether the report lists the guest's listeners, so that none on the port means none.
    fn says_who_listens(&self) -> bool {
        let listed =
            |command: &str| {
                self.evidence.document.text().lines().any(|line| {
                    line.trim_start().trim_start_matches(['$', ' ']).starts_with(command)
                })
            };
        let any = self.evidence.all(|fact| match &fact.kind {
            Kind::Listener(_) if fact.side == Side::Guest => Some(()),
            _ => None,
        });
        any.count() > 0 || listed("ss -") || listed("sudo ss -")
    }

    /// What the server says, or the command that starts it; else the plainest one there is.
    fn serving(&mut self) {
        let port = self.picture.port;
        let said: Option<Serving> = self
            .evidence
            .all(|fact| match &fact.kind {
                Kind::Serving(it)
                    if it.at.port.is_none_or(|at| at == port)
                        && (fact.side != Side::Windows || !self.picture.wsl) =>
                {
                    Some(it.clone())
                }
                _ => None,
            })
            .next();
        let told = self.evidence.all(|fact| match &fact.kind {
            Kind::Command(it) => it.at.clone().filter(|at| at.port.is_none_or(|at| at == port)),
            _ => None,
        });
        let published = self.evidence.all(|fact| match &fact.kind {
            // Where a port is published says nothing of where the server inside listens.
            Kind::Publication(it) if !self.picture.boxed => {
                let host = it.host.clone().unwrap_or(Host::Star);
                it.host_port.filter(|at| *at == port).map(|_| host)
            }
            _ => None,
        });
        let host = said.map(|said| said.at.host);
        let host = host.or(told.map(|at| at.host).next()).or(published.into_iter().next());
        let (listen, assumed) = match host {
            Some(host) => (host_to_listen(&host, port), false),
            None => (Some(any_v4(port)), true),
        };
        if assumed {
            self.assume(format!("{SERVER_ASSUMED}: IPv4, all addresses, port {port}"));
        }
        let listen = listen.unwrap_or_else(|| any_v4(port));
        let (program, user) = (PLAIN.to_owned(), ServiceUser::Root);
        self.picture.server = Some(Server { program, listen, user, args: Vec::new() });
    }

    fn users(&self) -> BTreeMap<u32, String> {
        self.evidence
            .all(|fact| match &fact.kind {
                Kind::RunBy(it) => Some((it.pid, it.user.clone())),
                _ => None,
            })
            .collect()
    }

    /// Who has a listener on Windows: by its program, else by what else is known of its address.
    pub(super) fn owner(&self, listener: &Listener) -> Owner {
        if self.picture.boxed {
            return Owner::Program;
        }
        let process = self.evidence.all(|fact| match &fact.kind {
            Kind::Process(it) if it.pid.is_some() && it.pid == listener.pid => Some(it),
            _ => None,
        });
        let process = process.last();
        let program = listener.program.clone().or(process.map(|it| it.program.clone()));
        match program.as_deref() {
            Some("wslrelay" | "wslhost") => Owner::Relay,
            Some("svchost") => Owner::Helper,
            Some(_) => Owner::Program,
            None => {
                let forwarded = self.evidence.all(|fact| match &fact.kind {
                    Kind::PortProxy(it) => it.port().filter(|port| *port == listener.port),
                    _ => None,
                });
                if forwarded.count() > 0 { Owner::Helper } else { Owner::Relay }
            }
        }
    }

    /// The listeners of WSL's relay: those that a rule did not take.
    pub(super) fn relay_has(&self, host: &Host, port: u16) -> bool {
        self.listeners(true).iter().any(|listener| {
            let same = listener.address == *host
                || host.is_any() && listener.address.is_loopback() && !listener.address.is_v6();
            listener.port == port && same && self.owner(listener) == Owner::Relay
        })
    }

    pub(super) fn lan_server(&mut self, port: u16) {
        let address = topology::LAN_IP;
        let listen = Listen { network: "tcp4".into(), host: address.to_string(), port };
        let (program, user) = (PLAIN.to_owned(), ServiceUser::Root);
        self.picture.lan.push(Server { program, listen, user, args: Vec::new() });
    }

    /// A setting of a file.
    pub(super) fn settings(&self, file: &SettingFile) -> Vec<(String, String, String)> {
        self.evidence
            .all(|fact| match &fact.kind {
                Kind::Setting(it) if it.file == *file => {
                    Some((it.section.clone().unwrap_or_default(), it.key.clone(), it.value.clone()))
                }
                _ => None,
            })
            .collect()
    }
}

fn any_v4(port: u16) -> Listen {
    Listen { network: "tcp4".into(), host: "0.0.0.0".into(), port }
}

fn program(name: Option<&str>) -> String {
    match name {
        Some("dlv") => "dlv",
        Some("tinyproxy") => "tinyproxy",
        _ => PLAIN,
    }
    .to_owned()
}

/// How a Go server comes to have this socket. `split`: another one has IPv4 on the same port.
fn listen(listener: &Listener, split: bool) -> Option<Listen> {
    let (network, host) = match listener.bind() {
        Bind::Any4 => ("tcp4", "0.0.0.0".to_owned()),
        Bind::Any6 if split && listener.address != Host::Star => ("tcp6", String::new()),
        Bind::Any6 => ("tcp", String::new()),
        Bind::Loopback4 => ("tcp", listener.address.v4()?.to_string()),
        Bind::Loopback6 => ("tcp", "[::1]".to_owned()),
        Bind::One => ("tcp4", topology::wsl_address(0).to_string()),
    };
    Some(Listen { network: network.to_owned(), host, port: listener.port })
}

/// What a server that says this address listens on.
fn host_to_listen(host: &Host, port: u16) -> Option<Listen> {
    let (network, host) = match host {
        Host::V4(address) if address.is_unspecified() => ("tcp4", "0.0.0.0".to_owned()),
        Host::V4(address) if address.is_loopback() => ("tcp", address.to_string()),
        Host::V6(address) if address.is_loopback() => ("tcp", "[::1]".to_owned()),
        Host::Name(name) if name == "localhost" => ("tcp", "localhost".to_owned()),
        Host::Star | Host::V6(_) => ("tcp", String::new()),
        Host::V4(_) | Host::Name(_) | Host::Masked(_) => return None,
    };
    Some(Listen { network: network.to_owned(), host, port })
}
