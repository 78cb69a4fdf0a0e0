//! The kernel of a network namespace, asked and told over netlink.
//!
//! A socket stays in the namespace it was opened in, and sends many requests at once.

use std::io;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::{Socket, SocketAddr};

pub mod nft;

const ACK: u16 = 4; // NLM_F_ACK
const HEADER: usize = 16;
const NLMSG_ERROR: u16 = 2;

/// Requests of one batch, already encoded.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// What each request that wants an acknowledgement is, by sequence number.
    objects: Vec<String>,
}

impl Batch {
    /// The sequence number of the next request that is named.
    pub fn next_sequence(&self) -> u32 {
        u32::try_from(self.objects.len()).unwrap_or(u32::MAX)
    }

    /// Adds an encoded message; `object` names it in an error. Only messages that carry
    /// `NLM_F_ACK` may be named.
    pub fn push(&mut self, object: Option<String>, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.objects.extend(object);
    }
}

/// A request that the kernel refused.
#[derive(Debug, thiserror::Error)]
#[error("{object}: {source}")]
pub struct NetlinkError {
    /// What was asked for.
    pub object: String,
    /// The kernel's errno.
    pub source: io::Error,
}

/// A socket of one netlink family in one network namespace.
pub struct Netlink(Socket);

impl Netlink {
    /// Opens a socket in the current network namespace.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn open(family: isize) -> io::Result<Netlink> {
        let socket = Socket::new(family)?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Netlink(socket))
    }

    /// Sends one request that wants an answer and no acknowledgement, and returns the answer.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn ask(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        self.0.send(request, 0)?;
        Ok(self.0.recv_from_full()?.0)
    }

    /// Asks rtnetlink for everything of a kind.
    ///
    /// # Errors
    /// What the kernel says, or an answer that does not parse.
    pub fn dump(&self, request: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(request));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.0.send(&bytes, 0)?;
        let mut found = Vec::new();
        loop {
            let (datagram, _) = self.0.recv_from_full()?;
            let mut rest = datagram.as_slice();
            while let Some((length, _, _)) = header_of(rest) {
                let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest);
                match message.map_err(io::Error::other)?.payload {
                    NetlinkPayload::Done(_) => return Ok(found),
                    NetlinkPayload::Error(error) => return Err(error.to_io()),
                    NetlinkPayload::InnerMessage(message) => found.push(message),
                    _ => {}
                }
                rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            }
        }
    }

    /// Sends the batch in one call and waits for every acknowledgement.
    ///
    /// # Errors
    /// The first request that was refused.
    pub fn run(&self, batch: &Batch) -> Result<(), NetlinkError> {
        let fail = |source| NetlinkError { object: "netlink batch".into(), source };
        self.0.send(&batch.bytes, 0).map_err(fail)?;
        let mut pending = batch.objects.len();
        let mut refused = None;
        while pending > 0 {
            let (bytes, _) = self.0.recv_from_full().map_err(fail)?;
            let mut rest = &bytes[..];
            while let Some((length, kind, sequence)) = header_of(rest) {
                if kind == NLMSG_ERROR {
                    let code = field(rest, HEADER).map_or(0, u32::cast_signed);
                    if code != 0 && refused.is_none() {
                        let object = usize::try_from(sequence)
                            .ok()
                            .and_then(|index| batch.objects.get(index))
                            .map_or("netlink batch", String::as_str);
                        let source = io::Error::from_raw_os_error(-code);
                        refused = Some(NetlinkError { object: object.to_owned(), source });
                        // A refused nf_tables batch answers only for what failed.
                        pending = 1;
                    }
                    pending = pending.saturating_sub(1);
                }
                rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

/// The flags of a request that wants an acknowledgement.
pub const fn request_flags(extra: u16) -> u16 {
    1 | ACK | extra
}

fn field(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_ne_bytes)
}

fn header_of(bytes: &[u8]) -> Option<(usize, u16, u32)> {
    let length = usize::try_from(field(bytes, 0)?).ok()?;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    (length >= HEADER).then_some((length, kind, field(bytes, 8)?))
}
