//! What the supervisor could not do, in a form that crosses the control socket.

use std::io;

use nix::errno::Errno;

use super::{control::FromSupervisor, netlink::NetlinkError};

/// An operation of the supervisor that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation}: {source}")]
pub struct Failure {
    operation: String,
    source: io::Error,
}

impl Failure {
    /// A system call that failed with `errno`.
    pub fn new(operation: impl Into<String>, errno: Errno) -> Failure {
        Failure { operation: operation.into(), source: errno.into() }
    }

    /// An I/O operation that failed.
    pub fn io(operation: impl Into<String>, source: io::Error) -> Failure {
        Failure { operation: operation.into(), source }
    }
}

impl From<NetlinkError> for Failure {
    fn from(error: NetlinkError) -> Self {
        Failure { operation: error.object, source: error.source }
    }
}

impl From<Failure> for FromSupervisor {
    fn from(failure: Failure) -> Self {
        FromSupervisor::Failed {
            operation: failure.operation,
            errno: failure.source.raw_os_error().unwrap_or(0),
            reason: failure.source.to_string(),
        }
    }
}
