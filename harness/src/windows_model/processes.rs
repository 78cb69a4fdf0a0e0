//! Processes of the modelled Windows that have sockets: who owns what `netstat -ano` lists.
//!
//! The model is one process of Linux, so what it listens on is told apart by where: WSL's relay
//! knows its addresses, everything else of the model is the port proxy of IP Helper, which lives in
//! a `svchost.exe` (ledger 4.3.2).

use std::{fs, net::SocketAddr};

use super::network::TcpSocket;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// The name of its program.
    pub image: String,
    /// The services in it.
    pub services: &'static str,
}

/// WSL's relay as Windows sees it. Who starts it, and that nobody starts it again, is told in
/// [`super::Windows::relay_starts`].
#[derive(Debug, Default)]
pub(super) struct RelayProcess {
    /// Whether its process runs.
    pub runs: bool,
    /// Where it listens, as was told last.
    pub listens: Vec<SocketAddr>,
}

/// The `svchost.exe` of IP Helper. Windows gives it another number after each start.
pub const IPHLPSVC: u32 = 3476;

/// The process of WSL's relay. Windows gives it another number after each start.
pub const WSLRELAY: u32 = 8124;

/// The program of WSL's relay.
pub const WSLRELAY_IMAGE: &str = "wslrelay.exe";

/// The number of the process that has a socket.
pub(super) fn owner(socket: &TcpSocket, relay: &RelayProcess) -> u32 {
    match socket.process {
        Some(process) => process,
        None if relay.listens.contains(&socket.local) => WSLRELAY,
        None => IPHLPSVC,
    }
}

/// The process of this number, if it is among the owners of sockets or is a relay that runs.
pub(super) fn find(id: u32, owners: &[u32], relay_runs: bool) -> Option<Process> {
    let process = |image: &str, services| Process { id, image: image.to_owned(), services };
    match id {
        IPHLPSVC if owners.contains(&id) => Some(process("svchost.exe", super::services::NAME)),
        WSLRELAY if relay_runs || owners.contains(&id) => Some(process(WSLRELAY_IMAGE, "N/A")),
        _ if owners.contains(&id) => {
            let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
            Some(process(&format!("{}.exe", name.trim_end()), "N/A"))
        }
        _ => None,
    }
}
