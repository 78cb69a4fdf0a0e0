//! Waiting until links carry packets.
//!
//! Two ends that are up are not yet a connection: the kernel notices the carrier in a worker of its
//! own, and only then opens the port of the bridge and puts a queue in place of the one that drops
//! everything. TCP would repeat what is lost meanwhile; a ping of one packet would not.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{LinkFlags, LinkMessage},
};

use crate::netlink::{Netlink, NetlinkError};

/// A worker of the kernel that takes longer does not run.
const LIMIT: Duration = Duration::from_secs(10);

/// How often is looked.
const PERIOD: Duration = Duration::from_micros(200);

/// Waits until the kernel says of each link, by its index, that it is running.
///
/// # Errors
/// When a link cannot be asked about, or does not run in time.
pub fn await_running(route: &Netlink, links: &[u32]) -> Result<(), NetlinkError> {
    let start = Instant::now();
    for index in links {
        let failed = |source| NetlinkError {
            object: format!("see whether link {index} is running"),
            source,
        };
        while !is_running(route, *index).map_err(failed)? {
            if start.elapsed() > LIMIT {
                return Err(failed(io::ErrorKind::TimedOut.into()));
            }
            thread::sleep(PERIOD);
        }
    }
    Ok(())
}

fn is_running(route: &Netlink, index: u32) -> io::Result<bool> {
    let mut link = LinkMessage::default();
    link.header.index = index;
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    let payload = NetlinkPayload::from(RouteNetlinkMessage::GetLink(link));
    let mut request = NetlinkMessage::new(header, payload);
    request.finalize();
    let mut bytes = vec![0; request.buffer_len()];
    request.serialize(&mut bytes);
    let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&route.ask(&bytes)?);
    match answer.map_err(io::Error::other)?.payload {
        NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) => {
            Ok(link.header.flags.contains(LinkFlags::Running))
        }
        NetlinkPayload::Error(error) => Err(error.to_io()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
