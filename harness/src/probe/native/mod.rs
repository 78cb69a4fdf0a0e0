//! The native twins: what the programs do, done with sockets of the agent's own.

mod body;
mod connect;
mod http;
#[cfg(target_os = "linux")]
mod icmp;
#[cfg(target_os = "linux")]
mod ping;
mod tcp;

pub(super) use http::curl;
#[cfg(target_os = "linux")]
pub(super) use ping::ping;
pub(super) use tcp::{nc, telnet};

/// ICMP errors come through Linux's error queue; elsewhere there is no twin of ping.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(super) async fn ping(
    _: &super::prober::Job<'_>,
    _: &super::line::Line,
) -> Result<super::finding::Finding, super::ProbeError> {
    Err(super::ProbeError::Unsupported { tool: "ping" })
}

/// The error of a system call that tells nothing about the network.
fn socket_error(
    line: &super::line::Line,
    operation: &'static str,
    source: std::io::Error,
) -> super::ProbeError {
    super::ProbeError::Socket { command: line.to_string(), operation, source }
}
