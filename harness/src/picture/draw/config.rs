//! Files, variables and firewalls.

use super::{
    super::{DefenderRule, FirewalldZone, Server},
    Draft,
};
use crate::{
    evidence::{
        fact::{Firewall, Kind, Product, SettingFile, Verdict, Zone},
        host::{Endpoint, Host},
        readers::PROXY_SETTINGS,
        side::Side,
    },
    scenario::{Listen, ServiceUser},
    topology::{LAN_IP, WSL_NAMESERVER},
};

/// Keys of `.wslconfig` that the lab knows; others change nothing that it has.
const KNOWN: [&str; 2] = ["localhostforwarding", "autoproxy"];

impl Draft<'_> {
    pub(super) fn config(&mut self) {
        // The relay came with 18945, loopback binds with 18970.
        let builds = self.evidence.all(|fact| match &fact.kind {
            Kind::Version(it) if it.product == Product::Windows => {
                it.numbers().into_iter().find(|number| *number > 10000)
            }
            _ => None,
        });
        self.picture.early_relay =
            self.picture.wsl && builds.last().is_some_and(|build| build < 18970 && build > 18300);
        self.files();
        self.names();
        self.proxy_of_windows();
        self.variables();
        self.firewalld();
        self.defender();
        let down = self.evidence.all(|fact| match &fact.kind {
            Kind::Link(it) if it.interface == "lo" && fact.side != Side::Windows => it.up,
            _ => None,
        });
        self.picture.loopback_down = down.last() == Some(false);
    }

    fn files(&mut self) {
        let keys = self.settings(&SettingFile::WslConfig);
        for (section, key, value) in keys {
            if KNOWN.contains(&key.to_ascii_lowercase().as_str()) {
                self.picture.wslconfig.push((section, key, value));
            } else if !key.contains(' ') {
                self.lacks(format!(".wslconfig: {key}={value}"));
            }
        }
        self.picture.wsl_conf = self.settings(&SettingFile::WslConf);
    }

    fn names(&mut self) {
        let mut localhost = Vec::new();
        for fact in &self.evidence.facts {
            if let Kind::Hosts(it) = &fact.kind
                && fact.side != Side::Windows
                && (fact.side != Side::Container || !self.picture.wsl)
                && !it.commented
                && it.names.iter().any(|name| name == "localhost")
            {
                localhost.push(it.address.to_string());
            }
        }
        if !localhost.is_empty() && localhost != ["127.0.0.1"] {
            self.picture.guest_localhost = Some(localhost);
        }
        let servers: Vec<String> = self
            .evidence
            .all(|fact| match &fact.kind {
                Kind::Nameserver(it) if fact.side == Side::Guest => Some(it.address.to_string()),
                _ => None,
            })
            .collect();
        let usual = WSL_NAMESERVER.to_string();
        let gateway = self.picture.theirs.gateway.clone().unwrap_or_default();
        if !servers.is_empty() && !servers.iter().any(|it| *it == usual || *it == gateway) {
            self.picture.nameservers = Some(servers);
        }
    }

    /// Variables of the guest that name a proxy, and where that is.
    pub(super) fn proxies(&self) -> Vec<((String, String), Endpoint)> {
        let evidence = self.evidence;
        let named = evidence.all(|fact| match &fact.kind {
            Kind::Variable(it)
                if fact.side != Side::Windows
                    && (fact.side != Side::Container || !self.picture.wsl) =>
            {
                let name = it.name.to_ascii_lowercase();
                let proxy = name.ends_with("_proxy") && name != "no_proxy";
                let value = it.value.clone().filter(|value| !value.is_empty() && proxy)?;
                let with_scheme =
                    if value.contains("://") { value.clone() } else { format!("http://{value}") };
                Some(((it.name.clone(), value), Endpoint::of_url(&with_scheme)?))
            }
            _ => None,
        });
        named.collect()
    }

    fn variables(&mut self) {
        for ((name, value), at) in self.proxies() {
            let handed = self.picture.windows_proxy.as_ref();
            if handed.is_some_and(|(server, _)| value.contains(server.as_str())) {
                // WSL sets it by itself once Windows has it.
                continue;
            }
            let Some(port) = at.port else { continue };
            let local = at.host.is_loopback();
            let here = if local {
                Host::from(std::net::IpAddr::from([127, 0, 0, 1]))
            } else {
                Host::V4(LAN_IP)
            };
            self.picture.env.insert(name, format!("http://{here}:{port}"));
            self.place_proxy(port, local);
        }
        let exceptions = self.evidence.all(|fact| match &fact.kind {
            Kind::Variable(it) if fact.side == Side::Guest => {
                let no = it.name.eq_ignore_ascii_case("no_proxy");
                it.value
                    .clone()
                    .filter(|value| no && !value.is_empty())
                    .map(|v| (it.name.clone(), v))
            }
            _ => None,
        });
        let exceptions: Vec<(String, String)> = exceptions.collect();
        if self.picture.windows_proxy.is_none() {
            self.picture.env.extend(exceptions);
        }
    }

    /// A proxy where the variable says, unless the report says that nobody is there.
    fn place_proxy(&mut self, port: u16, local: bool) {
        let on = if local { "127.0.0.1".to_owned() } else { LAN_IP.to_string() };
        let listen = Listen { network: "tcp".into(), host: on, port };
        let (program, user) = ("tinyproxy".to_owned(), ServiceUser::Root);
        let proxy = Server { program, listen, user, args: Vec::new() };
        if local {
            let known = self.picture.windows.iter().any(|it| it.listen.port == port);
            let guest = self.picture.others.iter().any(|it| it.listen.port == port);
            if !known && !guest && self.picture.wsl {
                self.assume(format!("the proxy on port {port}: it runs on Windows, on 127.0.0.1"));
                self.picture.windows.push(proxy);
            }
        } else if !self.picture.lan.iter().any(|it| it.listen.port == port) {
            self.assume(format!("the proxy on port {port}: it runs on another machine of the LAN"));
            self.picture.lan.push(proxy);
        }
    }

    fn proxy_of_windows(&mut self) {
        let settings = self.settings(&SettingFile::Other(Some(PROXY_SETTINGS.to_owned())));
        let value = |name: &str| {
            settings.iter().find(|(_, key, _)| key == name).map(|(_, _, value)| value.clone())
        };
        let enabled = value("ProxyEnable").is_some_and(|value| value.ends_with('1'));
        let Some(server) = value("ProxyServer").filter(|_| enabled) else { return };
        let Some(at) = Endpoint::parse(&server) else {
            self.lacks(format!("the proxy of Windows, {server}"));
            return;
        };
        let port = at.port.unwrap_or(80);
        let local = at.host.is_loopback();
        let host = if local { "127.0.0.1".to_owned() } else { LAN_IP.to_string() };
        self.picture.windows_proxy = Some((format!("{host}:{port}"), value("ProxyOverride")));
        self.place_proxy(port, local);
    }

    fn firewalld(&mut self) {
        let mut zone: Option<Zone> = None;
        let mut runs = None;
        for fact in &self.evidence.facts {
            let Kind::Firewall(firewall) = &fact.kind else { continue };
            match firewall {
                Firewall::Zone(it) if zone.is_none() => zone = Some(it.clone()),
                Firewall::Running { name, running } if name == "firewalld" => runs = Some(*running),
                _ => {}
            }
        }
        if runs == Some(false) || (zone.is_none() && runs.is_none()) {
            return;
        }
        let zone = zone.unwrap_or_default();
        self.picture.firewalld = Some(FirewalldZone {
            name: Some(zone.name).filter(|name| !name.is_empty() && name != "public"),
            drops: zone.target.is_some_and(|target| target.eq_ignore_ascii_case("drop")),
            ports: zone
                .ports
                .iter()
                .map(|(ports, _)| match ports.is_one() {
                    true => ports.0.start().to_string(),
                    false => format!("{}-{}", ports.0.start(), ports.0.end()),
                })
                .collect(),
        });
    }

    fn defender(&mut self) {
        let mut off = false;
        let mut rules = Vec::new();
        for fact in &self.evidence.facts {
            match &fact.kind {
                Kind::Firewall(Firewall::Profile(it)) if !it.hyper_v => {
                    off |= it.enabled == Some(false);
                }
                Kind::Firewall(Firewall::Rule(it))
                    if fact.side == Side::Windows
                        && !it.hyper_v
                        && it.enabled
                        && it.inbound != Some(false)
                        && !it.ports.is_empty() =>
                {
                    let ports: Vec<String> = it
                        .ports
                        .iter()
                        .map(|ports| match ports.is_one() {
                            true => ports.0.start().to_string(),
                            false => format!("{}-{}", ports.0.start(), ports.0.end()),
                        })
                        .collect();
                    rules.push(DefenderRule {
                        name: it.name.replace('"', "'"),
                        allows: it.verdict == Verdict::Allow,
                        ports: ports.join(","),
                    });
                }
                _ => {}
            }
        }
        self.picture.defender_off = off;
        self.picture.defender = rules;
    }
}
