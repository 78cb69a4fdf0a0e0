//! The twins of nc and telnet.

use std::io;

use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{
    connect::{Reached, in_turn},
    socket_error,
};
use crate::{
    outcome::{Hangup, Outcome},
    probe::{
        error::ProbeError, finding::Finding, line::Line, prober::Job, resolve::getaddrinfo,
        strerror::Failure, watch,
    },
};

/// Connect, and nothing more.
///
/// # Errors
/// See [`ProbeError`].
pub(crate) async fn nc(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    Ok(match reach(job, line).await? {
        Ok(_) => Outcome::Open.into(),
        Err(failure) => failure.into(),
    })
}

/// Connect, then watch whether the peer hangs up.
///
/// # Errors
/// See [`ProbeError`].
pub(crate) async fn telnet(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let begun = Instant::now();
    let stream = match reach(job, line).await? {
        Ok(stream) => stream,
        Err(failure) => return Ok(failure.into()),
    };
    let watched = watch::until_hung_up(begun, begun + job.timeout, hangup(stream)).await;
    let Some(hangup) = watched else { return Ok(Outcome::Open.into()) };
    hangup.map(Finding::dropped).map_err(|source| socket_error(line, "read", source))
}

/// Resolve and connect within the order's time.
async fn reach(job: &Job<'_>, line: &Line) -> Result<Reached, ProbeError> {
    let work = async { in_turn(&getaddrinfo(job.endpoint).await, line).await };
    timeout(job.timeout, work).await.unwrap_or(Ok(Err(Failure::TIMEOUT)))
}

/// Reads what the peer sends until it hangs up.
async fn hangup(mut stream: TcpStream) -> io::Result<Hangup> {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return Ok(Hangup::Fin),
            Ok(_) => {}
            Err(error) => {
                return Failure::of_io(&error).and_then(|failure| failure.hangup).ok_or(error);
            }
        }
    }
}
