//! The Windows half of the localhost relay, what `wslrelay.exe` is on Windows: a loopback listener
//! for each port that the guest listens on.
//!
//! The guest's sockets arrive by [`Relay::sync`]. A socket that appears starts its port, one that
//! disappears stops it, exactly as the messages of the guest do in microsoft/WSL
//! src/windows/wslrelay/localhost.cpp (ledger settled point 1). The consequences that scenarios show
//! follow from that alone: a port that somebody else holds when its socket appears is never tried
//! again while the socket lives, and nobody is told.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use crate::agent::protocol::Listener;

mod connection;

/// How long a failed accept is left alone.
const RETRY_ACCEPT: Duration = Duration::from_millis(50);

/// The connections of every port. They outlive the listener that took them, and end with the guest.
type Connections = Arc<Mutex<JoinSet<()>>>;

/// The Windows half.
#[derive(Debug)]
pub struct Relay {
    /// The guest half's socket.
    hvsocket: PathBuf,
    /// The guest's sockets at the last scan.
    known: BTreeSet<Listener>,
    ports: BTreeMap<SocketAddr, Port>,
    connections: Connections,
}

/// A port that is listened on.
#[derive(Debug)]
struct Port {
    /// How many guest sockets it stands for.
    sockets: usize,
    accepts: JoinHandle<()>,
}

/// Where Windows listens for a guest socket; `None` when it does not.
///
/// IPv4: only 0.0.0.0 and exactly 127.0.0.1. IPv6: only `::` and `::1`. So neither 127.0.0.2 nor the
/// address of eth0 is relayed, and a dual-stack socket only on `[::1]` (ledger 1.6, F24).
pub fn relayed_at(listener: &Listener) -> Option<SocketAddr> {
    let loopback: IpAddr = match listener.address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED | Ipv4Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED | Ipv6Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(SocketAddr::new(loopback, listener.port))
}

impl Relay {
    /// A relay to the guest half at `hvsocket`, listening nowhere yet. The socket need not exist:
    /// it is connected anew for each client.
    pub fn new(hvsocket: PathBuf) -> Self {
        Relay {
            hvsocket,
            known: BTreeSet::new(),
            ports: BTreeMap::new(),
            connections: Connections::default(),
        }
    }

    /// Takes over a scan of the guest. When it returns, Windows listens for what the scan shows, as
    /// far as the ports are free, and for nothing else.
    ///
    /// Sockets are told apart by their cookie, so a server that was restarted between two scans is
    /// seen to be another one: the lab's scans stand for seconds in which the real one, which
    /// compares addresses once a second, would have seen the port empty.
    pub async fn sync(&mut self, listeners: Vec<Listener>) {
        let listeners: BTreeSet<Listener> = listeners.into_iter().collect();
        let gone: Vec<_> = self.known.difference(&listeners).filter_map(relayed_at).collect();
        let new: Vec<_> = listeners.difference(&self.known).filter_map(relayed_at).collect();
        self.known = listeners;
        for address in gone {
            self.forget_socket(address).await;
        }
        for address in new {
            self.add_socket(address);
        }
    }

    /// The guest is gone: every listener and every connection ends, before this returns.
    pub async fn stop(&mut self) {
        self.known.clear();
        for (_, port) in std::mem::take(&mut self.ports) {
            port.close().await;
        }
        let mut connections = std::mem::take(&mut *lock(&self.connections));
        connections.shutdown().await;
    }

    /// Where Windows listens now.
    pub fn listening(&self) -> impl Iterator<Item = SocketAddr> {
        self.ports.keys().copied()
    }

    fn add_socket(&mut self, address: SocketAddr) {
        match self.ports.entry(address) {
            Entry::Occupied(mut port) => port.get_mut().sockets += 1,
            Entry::Vacant(vacant) => match listen(address) {
                Ok(listener) => {
                    let connections = Arc::clone(&self.connections);
                    let accepts = accept(listener, address, self.hvsocket.clone(), connections);
                    vacant.insert(Port { sockets: 1, accepts: tokio::spawn(accepts) });
                }
                // The source logs this too, and tells neither the guest nor the user.
                Err(error) => tracing::debug!(%address, %error, "the relay cannot bind"),
            },
        }
    }

    async fn forget_socket(&mut self, address: SocketAddr) {
        if let Entry::Occupied(mut port) = self.ports.entry(address) {
            port.get_mut().sockets -= 1;
            if port.get().sockets == 0 {
                port.remove().close().await;
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        for port in self.ports.values() {
            port.accepts.abort();
        }
        // The tasks that accept share the set; the connections must not wait for those to notice.
        lock(&self.connections).abort_all();
    }
}

impl Port {
    /// Stops listening, before it returns.
    async fn close(self) {
        self.accepts.abort();
        // Always a cancellation; what matters is that the socket is dropped by now.
        let _ = self.accepts.await;
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

async fn accept(
    listener: TcpListener,
    address: SocketAddr,
    hvsocket: PathBuf,
    connections: Connections,
) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                let mut connections = lock(&connections);
                while connections.try_join_next().is_some() {}
                connections.spawn(connection::relay(client, address, hvsocket.clone()));
            }
            Err(error) => {
                // Out of descriptors, or a client that left early: the next one may do better.
                tracing::warn!(%address, %error, "the relay cannot accept");
                tokio::time::sleep(RETRY_ACCEPT).await;
            }
        }
    }
}

fn lock(connections: &Mutex<JoinSet<()>>) -> MutexGuard<'_, JoinSet<()>> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
