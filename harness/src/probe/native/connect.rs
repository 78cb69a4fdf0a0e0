//! Connecting to a list of addresses: the best result wins, else the last failure.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{net::TcpStream, task::JoinSet, time::sleep};

use super::socket_error;
use crate::probe::{error::ProbeError, line::Line, strerror::Failure};

/// How long curl waits for one family before it tries the other too (`CURL_HET_DEFAULT`, ledger
/// settled 5).
const HAPPY_EYEBALLS: Duration = Duration::from_millis(200);

/// A connection, or why there is none.
pub(super) type Reached = Result<TcpStream, Failure>;

/// One address after the other, as nc and telnet do. No address at all is a name that did not resolve.
///
/// # Errors
/// When the last failure has an errno that no table knows.
pub(super) async fn in_turn(addresses: &[SocketAddr], line: &Line) -> Result<Reached, ProbeError> {
    let mut last = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(Ok(stream)),
            Err(error) => last = Some(error),
        }
    }
    failed(last, line)
}

/// All addresses, each started when the one before it has failed or has taken too long, as curl does.
///
/// The failure told is the last one, IPv4 after IPv6: which family a version of curl starts with must
/// not change a cell.
///
/// # Errors
/// When that failure has an errno that no table knows.
pub(super) async fn race(addresses: &[SocketAddr], line: &Line) -> Result<Reached, ProbeError> {
    let mut waiting = addresses.iter().copied();
    let mut running = JoinSet::new();
    let mut failures: Vec<(SocketAddr, io::Error)> = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            running.spawn(async move { (address, TcpStream::connect(address).await) });
        }
        let more = waiting.len() > 0;
        let ended = tokio::select! {
            ended = running.join_next() => ended,
            () = sleep(HAPPY_EYEBALLS), if more => continue,
        };
        match ended {
            Some(Ok((_, Ok(stream)))) => return Ok(Ok(stream)),
            Some(Ok((address, Err(error)))) => failures.push((address, error)),
            Some(Err(lost)) => return Err(socket_error(line, "connect", lost.into())),
            None => break,
        }
    }
    let last = failures.into_iter().max_by_key(|(address, _)| address.is_ipv4());
    failed(last.map(|(_, error)| error), line)
}

fn failed(last: Option<io::Error>, line: &Line) -> Result<Reached, ProbeError> {
    let Some(error) = last else { return Ok(Err(Failure::NO_NAME)) };
    match Failure::of_io(&error) {
        Some(failure) => Ok(Err(failure)),
        None => Err(socket_error(line, "connect", error)),
    }
}
