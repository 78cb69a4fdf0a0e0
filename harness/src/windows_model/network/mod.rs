//! The network of the node as Windows shows it: adapters, addresses, routes, TCP sockets. All of it
//! is read from the kernel when somebody asks; what a kernel of Linux cannot know, such as the name
//! of an adapter's driver, is in [`adapters`].

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
};

pub mod adapters;
#[cfg(target_os = "linux")]
mod read;
#[cfg(target_os = "linux")]
mod tcp;

/// A hardware address, printed as Windows does: `00-15-5D-01-02-03`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.map(|byte| format!("{byte:02X}"));
        f.pad(&texts.join("-"))
    }
}

/// A network adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its number.
    pub index: u32,
    /// Its name on Windows.
    pub alias: &'static str,
    /// What its driver says it is.
    pub description: &'static str,
    /// Its hardware address.
    pub mac: Mac,
    /// Whether it carries packets.
    pub up: bool,
}

/// Whether an address can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressState {
    /// It can.
    Preferred,
    /// It should not be used for new connections.
    Deprecated,
    /// Whether another machine has it is not known yet.
    Tentative,
    /// Another machine has it.
    Duplicate,
}

impl AddressState {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            AddressState::Preferred => "Preferred",
            AddressState::Deprecated => "Deprecated",
            AddressState::Tentative => "Tentative",
            AddressState::Duplicate => "Duplicate",
        }
    }
}

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The interface.
    pub index: u32,
    /// The interface's name.
    pub alias: &'static str,
    /// The address.
    pub address: IpAddr,
    /// The length of its network's prefix.
    pub prefix: u8,
    /// Whether it can be used.
    pub state: AddressState,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The interface it leads out of.
    pub index: u32,
    /// The interface's name.
    pub alias: &'static str,
    /// Where to.
    pub destination: IpAddr,
    /// The length of its prefix.
    pub prefix: u8,
    /// The next machine on the way; none when the destination is on the link.
    pub next_hop: Option<IpAddr>,
    /// The smaller the better.
    pub metric: u32,
}

/// A TCP socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpSocket {
    /// This end.
    pub local: SocketAddr,
    /// The other end; unspecified when there is none.
    pub remote: SocketAddr,
    /// Windows' name of its state.
    pub state: &'static str,
    /// The process that has it, where one of the node's own does; the model's are told by address.
    pub process: Option<u32>,
}

/// Adapters, addresses and routes at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The adapters that Windows shows.
    pub adapters: Vec<Adapter>,
    /// Addresses of those and of the loopback.
    pub addresses: Vec<Address>,
    /// Routes out of those and of the loopback.
    pub routes: Vec<Route>,
}

/// Where the state of the network comes from.
pub trait NetworkSource: Send + Sync + fmt::Debug {
    /// Adapters, addresses and routes.
    ///
    /// # Errors
    /// What the system says.
    fn network(&self) -> io::Result<Network>;

    /// The TCP sockets, of both families, listening or not.
    ///
    /// # Errors
    /// What the system says.
    fn tcp(&self) -> io::Result<Vec<TcpSocket>>;
}

/// The network namespace that the process is in.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NetworkNamespace;

#[cfg(target_os = "linux")]
impl NetworkSource for NetworkNamespace {
    fn network(&self) -> io::Result<Network> {
        read::network()
    }

    fn tcp(&self) -> io::Result<Vec<TcpSocket>> {
        tcp::sockets()
    }
}
