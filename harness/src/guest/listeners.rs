//! The TCP sockets in LISTEN of this network namespace, found as the guest half of WSL's localhost
//! relay finds them: one `NETLINK_SOCK_DIAG` dump of `AF_INET`, then one of `AF_INET6`.
//!
//! A dual-stack socket is in the second dump only, which is why Windows gets no 127.0.0.1 listener
//! for Go's `:8080` (ledger 1.6). Source: microsoft/WSL src/linux/init/localhost.cpp@30-85.

use std::io;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::{
    SockDiagMessage,
    constants::{AF_INET, AF_INET6, IPPROTO_TCP},
    inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags},
};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_SOCK_DIAG};

use crate::agent::protocol::Listener;

/// Why the listeners could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListenersError {
    /// A system call on the netlink socket failed.
    #[error("cannot {operation} a NETLINK_SOCK_DIAG socket: {source}")]
    Socket {
        /// An infinitive: `open`, `write to`.
        operation: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// The kernel refused the dump.
    #[error("the kernel refused to list the {family} TCP listeners: {source}")]
    Refused {
        /// `IPv4` or `IPv6`.
        family: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// The kernel's answer does not parse.
    #[error("the kernel's list of the {family} TCP listeners does not parse: {reason}")]
    Malformed {
        /// `IPv4` or `IPv6`.
        family: &'static str,
        /// Why not.
        reason: String,
    },
}

/// Lists the listeners, IPv4 ones first, each family in the kernel's order.
///
/// # Errors
/// When the kernel has no `inet_diag`, or answers in a way that does not parse.
pub fn list() -> Result<Vec<Listener>, ListenersError> {
    let failed = |operation| move |source| ListenersError::Socket { operation, source };
    let mut socket = Socket::new(NETLINK_SOCK_DIAG).map_err(failed("open"))?;
    socket.bind_auto().map_err(failed("bind"))?;
    socket.connect(&SocketAddr::new(0, 0)).map_err(failed("connect"))?;
    let mut listeners = Vec::new();
    dump(&socket, "IPv4", AF_INET, SocketId::new_v4(), &mut listeners)?;
    match dump(&socket, "IPv6", AF_INET6, SocketId::new_v6(), &mut listeners) {
        // A kernel without IPv6 has no handler for the family, hence no listeners of it.
        Err(ListenersError::Refused { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
        }
        other => other?,
    }
    Ok(listeners)
}

fn dump(
    socket: &Socket,
    family: &'static str,
    af: u8,
    socket_id: SocketId,
    listeners: &mut Vec<Listener>,
) -> Result<(), ListenersError> {
    let failed = |operation| move |source| ListenersError::Socket { operation, source };
    let malformed = |reason: String| ListenersError::Malformed { family, reason };
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    let request = SockDiagMessage::InetRequest(InetRequest {
        family: af,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::empty(),
        states: StateFlags::LISTEN,
        socket_id,
    });
    let mut message = NetlinkMessage::new(header, request.into());
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0).map_err(failed("write to"))?;
    loop {
        let (datagram, _) = socket.recv_from_full().map_err(failed("read from"))?;
        let mut rest = datagram.as_slice();
        while !rest.is_empty() {
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest)
                .map_err(|error| malformed(error.to_string()))?;
            match message.payload {
                NetlinkPayload::Done(_) => return Ok(()),
                NetlinkPayload::Error(error) => {
                    return Err(ListenersError::Refused { family, source: error.to_io() });
                }
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(socket)) => {
                    listeners.push(listener(&socket));
                }
                _ => {}
            }
            // Messages are padded to four bytes; a length of 0 would never end.
            let length = (message.header.length as usize).next_multiple_of(4).max(4);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

fn listener(socket: &InetResponse) -> Listener {
    let id = &socket.header.socket_id;
    Listener {
        address: id.source_address,
        port: id.source_port,
        cookie: u64::from_ne_bytes(id.cookie),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

    use rstest::rstest;
    use socket2::{Domain, Socket, Type};

    use super::*;

    fn on_port(port: u16) -> Vec<Listener> {
        list().unwrap().into_iter().filter(|listener| listener.port == port).collect()
    }

    /// One dual-stack socket on [::], as Go's `:0` opens it.
    fn dual_stack() -> TcpListener {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        socket.set_only_v6(false).unwrap();
        socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into()).unwrap();
        socket.listen(8).unwrap();
        socket.into()
    }

    #[rstest]
    #[case::v4(TcpListener::bind("127.0.0.1:0").unwrap(), Ipv4Addr::LOCALHOST.into())]
    #[case::v6(TcpListener::bind("[::1]:0").unwrap(), Ipv6Addr::LOCALHOST.into())]
    #[case::dual_stack_is_v6_only(dual_stack(), Ipv6Addr::UNSPECIFIED.into())]
    fn finds_a_listener_in_its_family(#[case] socket: TcpListener, #[case] address: IpAddr) {
        let found = on_port(socket.local_addr().unwrap().port());
        assert_eq!(found.iter().map(|found| found.address).collect::<Vec<_>>(), [address]);
    }

    #[test]
    fn another_socket_on_the_same_address_has_another_cookie() {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = first.local_addr().unwrap();
        let before = on_port(address.port());
        drop(first);
        assert_eq!(on_port(address.port()), []);
        let _second = TcpListener::bind(address).unwrap();
        let after = on_port(address.port());
        assert_eq!(after.len(), 1);
        assert_ne!(before[0].cookie, after[0].cookie);
    }

    #[test]
    fn connections_are_not_listeners() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        assert_eq!(on_port(client.local_addr().unwrap().port()), []);
    }
}
