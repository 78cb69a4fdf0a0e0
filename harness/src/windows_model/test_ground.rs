//! What unit tests put Windows on: a network that stands still, a filter that only remembers. They
//! must never touch the machine they run on.

use std::{
    io,
    sync::{Arc, Mutex},
};

use super::{
    Ground,
    firewall::{PacketFilter, filter::Line},
    network::{
        Adapter, Address, AddressState, Mac, Network, NetworkSource, Route, TcpSocket, adapters,
    },
};

/// A filter that remembers what was put in force last.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorder(Arc<Mutex<Vec<Line>>>);

impl Recorder {
    /// The lines in force, as `nft` has them.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

impl PacketFilter for Recorder {
    fn apply(&self, lines: &[Line]) -> io::Result<()> {
        *self.0.lock().unwrap() = lines.to_vec();
        Ok(())
    }
}

/// A machine as the lab has it, with two listeners and a connection.
#[derive(Clone, Copy, Debug)]
struct Still;

impl NetworkSource for Still {
    fn network(&self) -> io::Result<Network> {
        let adapter = |index, known: &adapters::Known, last| Adapter {
            index,
            alias: known.alias,
            description: known.description,
            mac: Mac([0x00, 0x15, 0x5d, 0x32, 0x10, last]),
            up: true,
        };
        let [switch, ethernet] = &adapters::ADAPTERS;
        let address = |index, alias, text: &str, prefix| Address {
            index,
            alias,
            address: text.parse().unwrap(),
            prefix,
            state: AddressState::Preferred,
        };
        let route = |index, alias, to: &str, prefix, hop: Option<&str>| Route {
            index,
            alias,
            destination: to.parse().unwrap(),
            prefix,
            next_hop: hop.map(|hop| hop.parse().unwrap()),
            metric: if hop.is_some() { 0 } else { 256 },
        };
        Ok(Network {
            adapters: vec![adapter(10, switch, 1), adapter(11, ethernet, 2)],
            addresses: vec![
                address(1, adapters::LOOPBACK, "127.0.0.1", 8),
                address(10, switch.alias, "172.28.16.1", 20),
                address(10, switch.alias, "fe80::1", 64),
                address(11, ethernet.alias, "192.168.50.10", 24),
            ],
            routes: vec![
                route(11, ethernet.alias, "0.0.0.0", 0, Some("192.168.50.1")),
                route(10, switch.alias, "172.28.16.0", 20, None),
            ],
        })
    }

    fn tcp(&self) -> io::Result<Vec<TcpSocket>> {
        let socket = |local: &str, remote: &str, state| TcpSocket {
            local: local.parse().unwrap(),
            remote: remote.parse().unwrap(),
            state,
            process: None,
        };
        Ok(vec![
            socket("0.0.0.0:8081", "0.0.0.0:0", "Listen"),
            socket("[::1]:8080", "[::]:0", "Listen"),
            socket("172.28.16.1:8081", "172.28.21.93:40000", "Established"),
        ])
    }
}

/// A machine that nothing changes.
pub(super) fn still() -> Ground {
    recorded(&Recorder::default())
}

/// The same, with a filter that can be looked at.
pub(super) fn recorded(filter: &Recorder) -> Ground {
    Ground { filter: Box::new(filter.clone()), network: Box::new(Still) }
}
