//! `Get-NetTCPConnection` as PowerShell's table prints it: address, port, address, port, and the
//! state, whose word is an enumeration's and never translated.

use std::net::{IpAddr, SocketAddr};

/// A socket.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Connection {
    /// Its own end.
    pub local: SocketAddr,
    /// The other end; port 0 where it listens.
    pub remote: SocketAddr,
    /// `Listen`, `Established` and so on.
    pub state: String,
    /// The process that has it, where the table has room for it.
    pub owner: Option<u32>,
}

/// The sockets that the text lists.
pub fn read(text: &str) -> Vec<Connection> {
    text.lines().filter_map(connection).collect()
}

fn connection(line: &str) -> Option<Connection> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [local, local_port, remote, remote_port, state, rest @ ..] = &words[..] else {
        return None;
    };
    let end = |address: &str, port: &str| {
        let address: IpAddr = address.split('%').next()?.parse().ok()?;
        Some(SocketAddr::new(address, port.parse().ok()?))
    };
    Some(Connection {
        local: end(local, local_port)?,
        remote: end(remote, remote_port)?,
        state: (*state).to_owned(),
        // Between them may be the applied setting.
        owner: rest.last().and_then(|word| word.parse().ok()),
    })
}
