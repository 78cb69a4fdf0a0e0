//! What the supervisor could not do, in a form that crosses the control socket.

use std::io;

use nix::errno::Errno;

use super::control::FromSupervisor;
use crate::netlink::NetlinkError;

/// An operation of the supervisor that failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A system call was refused.
    #[error("cannot {operation}: {source}")]
    Refused {
        /// What was tried.
        operation: String,
        /// Why not.
        source: io::Error,
    },
    /// An agent told why it could not be one.
    #[error("{0}")]
    Told(String),
}

impl Failure {
    /// A system call that failed with `errno`.
    pub fn new(operation: impl Into<String>, errno: Errno) -> Failure {
        Failure::io(operation, errno.into())
    }

    /// An I/O operation that failed.
    pub fn io(operation: impl Into<String>, source: io::Error) -> Failure {
        Failure::Refused { operation: operation.into(), source }
    }

    /// What an agent told before it ended; nothing when it was killed.
    pub fn told(said: String) -> Failure {
        Failure::Told(if said.is_empty() { "an agent ended at once".to_owned() } else { said })
    }
}

impl From<NetlinkError> for Failure {
    fn from(error: NetlinkError) -> Self {
        Failure::Refused { operation: error.object, source: error.source }
    }
}

impl From<Failure> for FromSupervisor {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { operation, source } => FromSupervisor::Failed {
                operation,
                errno: source.raw_os_error().unwrap_or(0),
                reason: source.to_string(),
            },
            Failure::Told(reason) => {
                FromSupervisor::Failed { operation: "boot a node".into(), errno: 0, reason }
            }
        }
    }
}
