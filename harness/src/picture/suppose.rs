//! What a cause takes, where the report does not list the state itself: the least that makes it, one
//! way after the other. Each is tried in a lab, and what is taken is said as an assumption.

use super::{FirewalldZone, Forward, Helper, Picture, Server, draw::PLAIN, places::NOBODY};
use crate::{
    cause::Cause,
    node::Node,
    scenario::{Listen, ServiceUser},
    target::Host,
    topology::LAN_IP,
};

/// What a draft says of a server that the report does not describe.
pub(super) const SERVER_ASSUMED: &str = "where the server listens";

/// How what a diagnosis adds is told.
const BY_DIAGNOSIS: &str = "by the diagnosis";

/// The port of a proxy that the report does not name.
const PROXY_PORT: u16 = 7890;

/// A state that a cause takes.
struct Supposition {
    /// As it is told.
    said: &'static str,
    /// Puts it into a picture; false where the report leaves no room for it.
    put: fn(&mut Picture) -> bool,
}

const fn when(said: &'static str, put: fn(&mut Picture) -> bool) -> Supposition {
    Supposition { said, put }
}

/// The ways in which a cause comes about in this lab, the most usual one first.
fn ways(cause: Cause) -> Vec<Supposition> {
    match cause.slug() {
        "firewalld-block" => vec![when("firewalld runs, with its default zone", |picture| {
            let open = picture.firewalld.is_none();
            picture.firewalld.get_or_insert_with(FirewalldZone::default);
            open
        })],
        "loopback-bind" => vec![
            when("the server listens on 127.0.0.1", |picture| {
                picture.server_is_open() && picture.listen("tcp", "127.0.0.1")
            }),
            when("the server is a program on Windows that listens on 127.0.0.1", |picture| {
                picture.asked_of_windows() && picture.on_windows("127.0.0.1")
            }),
        ],
        "relay-dual-stack" => {
            vec![when("the server has one socket for both families", |picture| {
                picture.server_is_open() && picture.listen("tcp", "")
            })]
        }
        "localhost-ipv6-mismatch" => vec![
            when(
                "the client takes localhost for ::1 alone, as if hosts had only that",
                |picture| {
                    let open = picture.guest_localhost.is_none();
                    picture.guest_localhost.get_or_insert_with(|| vec!["::1".to_owned()]);
                    open
                },
            ),
            when("the server listens on [::1] alone", |picture| {
                picture.server_is_open() && picture.listen("tcp", "[::1]")
            }),
        ],
        "localhost-forwarding-off" | "wslconfig-misplaced-key" => {
            vec![when(".wslconfig has localhostForwarding=false", |picture| {
                let open = picture.wsl && picture.wslconfig.is_empty();
                picture
                    .wslconfig
                    .push(["wsl2", "localhostForwarding", "false"].map(str::to_owned).into());
                open
            })]
        }
        "relay-regression" => vec![when(
            "WSL's relay is gone; the lab ends its process by hand, for it has no WSL that loses it",
            Picture::loses_relay,
        )],
        "fast-startup" => vec![when(
            "WSL's relay is gone; the lab ends its process by hand, for nothing sleeps there",
            Picture::loses_relay,
        )],
        "iphlpsvc-stopped" => vec![
            when("the service iphlpsvc does not run", |picture| {
                picture.stops_helper() && !picture.rules.is_empty()
            }),
            when("a rule leads to WSL, and the service iphlpsvc does not run", |picture| {
                picture.stops_helper() && picture.rule("0.0.0.0", "{wsl-ip}")
            }),
        ],
        "stale-portproxy" => vec![
            when("a rule leads from 127.0.0.1 to an address that nobody has", |picture| {
                picture.rule("127.0.0.1", NOBODY)
            }),
            when("a rule leads from all addresses to an address that nobody has", |picture| {
                picture.rule("0.0.0.0", NOBODY)
            }),
            when("nobody has the address any more to which the rules lead", |picture| {
                let before = picture.rules.clone();
                for rule in &mut picture.rules {
                    NOBODY.clone_into(&mut rule.connect);
                }
                before != picture.rules
            }),
        ],
        "portproxy-port-conflict" => vec![
            when(
                "a rule has the port already and leads to an address that nobody has",
                |picture| picture.rule("0.0.0.0", NOBODY),
            ),
            when("a rule has the port already and leads back to itself", |picture| {
                picture.rule("0.0.0.0", "127.0.0.1")
            }),
            when("a program on Windows has 127.0.0.1 already", |picture| picture.squatter()),
        ],
        "portproxy-target-loopback" => {
            vec![when("a rule leads to 127.0.0.1", |picture| picture.rule("0.0.0.0", "127.0.0.1"))]
        }
        "port-conflict-windows" | "relay-phantom-port" => {
            vec![when("a program on Windows has 127.0.0.1 already", |picture| picture.squatter())]
        }
        "windows-firewall-block" => vec![
            when("a program on Windows listens on all addresses", |picture| {
                picture.asked_of_windows() && picture.on_windows("0.0.0.0")
            }),
            when("a rule leads from all addresses to WSL", |picture| {
                picture.rule("0.0.0.0", "{wsl-ip}")
            }),
        ],
        "wrong-namespace-loopback" => vec![
            when("the server runs on the other side, on all addresses", |picture| {
                picture.on_windows("0.0.0.0")
            }),
            when("the server runs on the other side, on 127.0.0.1", |picture| {
                picture.on_windows("127.0.0.1")
            }),
        ],
        "host-ip-misderived" => vec![when("the rule leads to Windows' own address", |picture| {
            let before = picture.rules.clone();
            for rule in picture.rules.iter_mut().filter(|rule| rule.connect == "{wsl-ip}") {
                "{windows-gateway}".clone_into(&mut rule.connect);
            }
            before != picture.rules
        })],
        "proxy-intercepts-localhost" => {
            vec![when("http_proxy names a proxy on the LAN", |picture| {
                picture.proxied(&LAN_IP.to_string(), Node::Lan)
            })]
        }
        "proxy-env-wrong-namespace" => {
            vec![when("http_proxy names 127.0.0.1, and the proxy runs on Windows", |picture| {
                picture.proxied("127.0.0.1", Node::Windows)
            })]
        }
        "hosts-file-override" => {
            vec![when("hosts has another address for localhost, which nobody has", |picture| {
                let open = picture.guest_localhost.is_none();
                picture.guest_localhost.get_or_insert_with(|| vec![NOBODY.to_owned()]);
                open
            })]
        }
        "loopback-down" => vec![when("the loopback interface is down", |picture| {
            !std::mem::replace(&mut picture.loopback_down, true)
        })],
        "resolver-replaced" | "dns" => {
            vec![when("resolv.conf names a server that nobody is", |picture| {
                let open = picture.nameservers.is_none();
                picture.nameservers.get_or_insert_with(|| vec!["127.0.0.53".to_owned()]);
                open
            })]
        }
        "docker-port-binding" => vec![
            when("the port is published on the host's loopback alone", |picture| {
                picture.rules.retain(|rule| !rule.listen.contains(':'));
                for rule in &mut picture.rules {
                    "127.0.0.1".clone_into(&mut rule.listen);
                }
                picture.boxed && !picture.rules.is_empty()
            }),
            when("the server inside listens on 127.0.0.1", |picture| {
                picture.boxed && picture.server_is_open() && picture.listen("tcp", "127.0.0.1")
            }),
            when("the server inside listens on another port than is published", |picture| {
                let Some(other) = picture.port.checked_add(1) else { return false };
                for rule in &mut picture.rules {
                    rule.connect_port = other;
                }
                picture.boxed && !picture.rules.is_empty()
            }),
            when("the port is not published", |picture| {
                let rules = std::mem::take(&mut picture.rules);
                picture.boxed && !rules.is_empty()
            }),
        ],
        "service-not-running" => vec![when("the server does not run", |picture| {
            picture.server_is_open() && picture.server.take().is_some()
        })],
        _ => Vec::new(),
    }
}

impl Picture {
    /// This picture with what a cause takes, once for each way in which it comes about and that the
    /// report leaves open.
    pub fn supposed(&self, cause: Cause) -> Vec<Picture> {
        let put = |way: &Supposition| {
            let mut picture = self.clone();
            if !(way.put)(&mut picture) {
                return None;
            }
            let settled = picture.server != self.server;
            picture.defaults.retain(|it| !settled || !it.starts_with(SERVER_ASSUMED));
            picture.defaults.push(format!("{BY_DIAGNOSIS} ({cause}): {}", way.said));
            Some(picture)
        };
        ways(cause).iter().filter_map(put).collect()
    }

    /// Whether a diagnosis added something.
    pub fn is_supposed(&self) -> bool {
        self.defaults.iter().any(|it| it.starts_with(BY_DIAGNOSIS))
    }

    fn server_is_open(&self) -> bool {
        self.defaults.iter().any(|it| it.starts_with(SERVER_ASSUMED))
    }

    fn listen(&mut self, network: &str, host: &str) -> bool {
        let Some(server) = &mut self.server else { return false };
        network.clone_into(&mut server.listen.network);
        host.clone_into(&mut server.listen.host);
        true
    }

    /// Whether somebody asked for an address of Windows from elsewhere.
    fn asked_of_windows(&self) -> bool {
        let hosts = [Host::WindowsGateway, Host::WindowsLanIp];
        self.reported
            .iter()
            .any(|it| it.route.from != Node::Windows && hosts.contains(&it.route.to.host))
    }

    /// Whether a server may be on Windows instead of the guest: nobody says where it is.
    fn on_windows(&mut self, host: &str) -> bool {
        if !self.windows.is_empty() || !(self.server_is_open() || self.server.is_none()) {
            return false;
        }
        self.server = None;
        self.windows.push(server(PLAIN, "tcp4", host, self.port));
        true
    }

    fn squatter(&mut self) -> bool {
        let open = self.windows.is_empty() && self.wsl;
        self.windows.push(server("other-http", "tcp4", "127.0.0.1", self.port));
        open
    }

    fn loses_relay(&mut self) -> bool {
        let open = self.wsl && !self.boxed && self.wslconfig.is_empty() && !self.relay_lost;
        self.relay_lost = true;
        open
    }

    fn stops_helper(&mut self) -> bool {
        let open = self.helper == Helper::Running && self.wsl;
        self.helper = Helper::Stopped;
        open
    }

    fn rule(&mut self, listen: &str, connect: &str) -> bool {
        let open = self.rules.is_empty() && self.wsl;
        self.rules.push(Forward {
            direction: "v4tov4",
            listen: listen.to_owned(),
            listen_port: self.port,
            connect: connect.to_owned(),
            connect_port: self.port,
            late: false,
        });
        open
    }

    fn proxied(&mut self, host: &str, on: Node) -> bool {
        if !self.env.is_empty() || self.windows_proxy.is_some() {
            return false;
        }
        for name in ["http_proxy", "https_proxy"] {
            self.env.insert(name.to_owned(), format!("http://{host}:{PROXY_PORT}"));
        }
        let proxy = server("tinyproxy", "tcp", host, PROXY_PORT);
        match on {
            Node::Windows => self.windows.push(proxy),
            Node::Wsl | Node::Lan => self.lan.push(proxy),
        }
        true
    }
}

fn server(program: &str, network: &str, host: &str, port: u16) -> Server {
    let listen = Listen { network: network.into(), host: host.into(), port };
    Server { program: program.into(), listen, user: ServiceUser::Root, args: Vec::new() }
}
