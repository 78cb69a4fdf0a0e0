//! What a report says of the machines, as far as a lab can have it.
//!
//! `draw.rs` gets a [`Picture`] from facts and states what it assumed; diagnosis reads it where a
//! report is whole, and a reproduction is built from it.

mod draw;
pub mod places;
mod suppose;

pub use draw::{DrawError, PLAIN, Unsaid, WHOLE, draw, draw_with};

use std::collections::BTreeMap;

use crate::{
    evidence::fact::Seen,
    route::Route,
    scenario::{Listen, ServiceUser},
    tool::Tool,
};

/// The machines of a report.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The port that the report is about.
    pub port: u16,
    /// Whether Windows takes part.
    pub wsl: bool,
    /// Whether this Windows is from before build 18970, whose relay took wildcard binds only.
    pub early_relay: bool,
    /// Whether there is no Windows but a container: the guest stands for it, Windows for its host, a
    /// rule of portproxy for a published port.
    pub boxed: bool,
    /// The server on that port; `None` where the report says that nobody listens.
    pub server: Option<Server>,
    /// Other servers of the guest.
    pub others: Vec<Server>,
    /// Programs on Windows that hold a port.
    pub windows: Vec<Server>,
    /// Servers on the LAN.
    pub lan: Vec<Server>,
    /// Rules of portproxy.
    pub rules: Vec<Forward>,
    /// The service behind them.
    pub helper: Helper,
    /// Keys of `.wslconfig`: section, key, value.
    pub wslconfig: Vec<(String, String, String)>,
    /// Keys of `/etc/wsl.conf`.
    pub wsl_conf: Vec<(String, String, String)>,
    /// What localhost is in the guest, where that is not what WSL writes.
    pub guest_localhost: Option<Vec<String>>,
    /// Name servers of the guest, where they are not what WSL writes.
    pub nameservers: Option<Vec<String>>,
    /// Variables of the guest that name a proxy.
    pub env: BTreeMap<String, String>,
    /// The proxy of Windows, which autoProxy hands to the guest, and its exceptions.
    pub windows_proxy: Option<(String, Option<String>)>,
    /// firewalld, where it runs.
    pub firewalld: Option<FirewalldZone>,
    /// Inbound rules of Defender.
    pub defender: Vec<DefenderRule>,
    /// Whether Defender is off.
    pub defender_off: bool,
    /// Whether WSL's relay is gone, though it is on.
    pub relay_lost: bool,
    /// Whether it does not listen because Windows reserves the port.
    pub relay_kept_out: bool,
    /// Whether the guest's loopback is down.
    pub loopback_down: bool,
    /// What was tried and what came of it.
    pub reported: Vec<Reported>,
    /// Whether some of that was tried on a machine that the report does not name.
    pub machines_open: bool,
    /// What the report does not say and what is assumed instead.
    pub defaults: Vec<String>,
    /// What it says and no lab has.
    pub unmodelled: Vec<String>,
    /// The reporter's own names for the lab's addresses.
    pub theirs: Theirs,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Which of the fixtures stands for it.
    pub program: String,
    /// Where it listens.
    pub listen: Listen,
    /// Who runs it.
    pub user: ServiceUser,
    /// What it is told besides.
    pub args: Vec<String>,
}

/// A rule of portproxy, in the lab's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// `v4tov4` and its like.
    pub direction: &'static str,
    /// Where it listens, an address or a placeholder.
    pub listen: String,
    /// The port there.
    pub listen_port: u16,
    /// Where it leads, an address, a placeholder or a name.
    pub connect: String,
    /// The port there.
    pub connect_port: u16,
    /// Whether WSL's relay has its address, so that it must have come later.
    pub late: bool,
}

/// The IP Helper service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Helper {
    /// It runs.
    #[default]
    Running,
    /// It does not.
    Stopped,
    /// It does not, and may not.
    Disabled,
}

/// The zone of eth0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirewalldZone {
    /// Its name, where it is not the default one.
    pub name: Option<String>,
    /// Whether it drops instead of rejecting.
    pub drops: bool,
    /// Ports that it lets in.
    pub ports: Vec<String>,
}

/// An inbound rule of Defender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefenderRule {
    /// Its name.
    pub name: String,
    /// Whether it lets in.
    pub allows: bool,
    /// Ports, as `netsh` takes them.
    pub ports: String,
}

/// Something was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// From where to where.
    pub route: Route,
    /// With what; `None` where it was not said.
    pub tool: Option<Tool>,
    /// What came of it.
    pub seen: Seen,
    /// The line of the report.
    pub quote: String,
}

/// Addresses as the report writes them, for commands that are to be typed there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// The guest's.
    pub wsl: Option<String>,
    /// Windows' on the virtual switch.
    pub gateway: Option<String>,
    /// Windows' on the LAN.
    pub lan: Option<String>,
    /// Where the lab has another address than the report: theirs by the lab's.
    pub other: BTreeMap<String, String>,
}
