//! What a diagnosis adds to a picture whose report does not list the state itself: the least that
//! its first cause takes, and said as an assumption.

use super::{FirewalldZone, Forward, Helper, Picture, places::NOBODY};
use crate::cause::Cause;

/// What a draft says of a server that the report does not describe.
pub(super) const SERVER_ASSUMED: &str = "where the server listens";

impl Picture {
    /// Takes the first cause at its word, as far as the report leaves that open.
    pub fn suppose(&mut self, cause: Cause) {
        let said = match cause.slug() {
            "firewalld-block" if self.firewalld.is_none() => {
                self.firewalld = Some(FirewalldZone::default());
                "firewalld runs, with its default zone"
            }
            "loopback-bind" if self.server_is_open() => {
                self.listen("tcp", "127.0.0.1");
                "the server listens on 127.0.0.1"
            }
            "relay-dual-stack" if self.server_is_open() => {
                self.listen("tcp", "");
                "the server has one socket for both families"
            }
            "localhost-forwarding-off" if self.wslconfig.is_empty() => {
                let key = ["wsl2", "localhostForwarding", "false"].map(str::to_owned);
                self.wslconfig.push(key.into());
                ".wslconfig has localhostForwarding=false"
            }
            "iphlpsvc-stopped" if self.helper == Helper::Running && !self.rules.is_empty() => {
                self.helper = Helper::Stopped;
                "the service iphlpsvc does not run"
            }
            "stale-portproxy" if self.rules.is_empty() => {
                self.rules.push(Forward {
                    direction: "v4tov4",
                    listen: "127.0.0.1".to_owned(),
                    listen_port: self.port,
                    connect: NOBODY.to_owned(),
                    connect_port: self.port,
                    late: false,
                });
                "a rule leads from 127.0.0.1 to an address that nobody has"
            }
            "service-not-running" if self.server_is_open() => {
                self.server = None;
                "the server does not run"
            }
            _ => return,
        };
        let about_server = said.starts_with("the server");
        self.defaults.retain(|it| !about_server || !it.starts_with(SERVER_ASSUMED));
        self.defaults.push(format!("by the diagnosis ({cause}): {said}"));
    }

    fn server_is_open(&self) -> bool {
        self.defaults.iter().any(|it| it.starts_with(SERVER_ASSUMED))
    }

    fn listen(&mut self, network: &str, host: &str) {
        if let Some(server) = &mut self.server {
            network.clone_into(&mut server.listen.network);
            host.clone_into(&mut server.listen.host);
        }
    }
}
