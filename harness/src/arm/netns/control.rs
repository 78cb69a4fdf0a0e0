//! What the host and the supervisor say to each other: one JSON document a packet, with the agents'
//! sockets attached to a reply.

use std::{
    io::{self, IoSlice, IoSliceMut},
    net::Ipv4Addr,
    os::fd::{AsRawFd, OwnedFd},
    time::Duration,
};

use nix::{
    cmsg_space,
    errno::Errno,
    sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    sys,
    topology::{LabPlan, Supplies},
};

/// A request of the host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToSupervisor {
    /// The uid and gid maps of the new user namespace are written.
    Mapped,
    /// Boot the three nodes of a lab.
    Boot {
        /// The lab's number, chosen by the host.
        lab: u64,
        /// What it looks like.
        plan: LabPlan,
        /// What this machine gives to it.
        supplies: Supplies,
    },
    /// Kill the guest and pull its cable.
    StopWsl {
        /// Which lab.
        lab: u64,
    },
    /// Boot the guest again; its disk is as it was left.
    StartWsl {
        /// Which lab.
        lab: u64,
        /// Its address.
        address: Ipv4Addr,
    },
    /// Kill all nodes of a lab and forget it.
    Destroy {
        /// Which lab.
        lab: u64,
    },
    /// Start an agent whose file system is this machine's, writable only in the given directories
    /// and [`crate::paths::WORKSHOP_TMP`].
    Workshop {
        /// Absolute paths.
        writable: Vec<String>,
    },
    /// Build the links, addresses, routes and rules of a lab by `ip -batch` and `nft -f`, for
    /// comparison.
    Baseline {
        /// Absolute path of `ip`.
        ip: String,
        /// Absolute path of `nft`.
        nft: String,
    },
}

/// A reply of the supervisor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromSupervisor {
    /// The user namespace exists and wants its maps.
    Unshared,
    /// Ready for requests.
    Ready,
    /// Done; the agents' sockets are attached, in the order of [`crate::node::Node::ALL`].
    Done {
        /// For [`ToSupervisor::Baseline`]: how long the namespaces took.
        namespaces: Duration,
        /// And how long what was built in them.
        network: Duration,
    },
    /// It did not work.
    Failed {
        /// What was tried.
        operation: String,
        /// The errno, 0 when there is none.
        errno: i32,
        /// In words.
        reason: String,
    },
}

/// Largest packet; a plan is a few hundred bytes.
const PACKET: usize = 64 * 1024;

/// Sends a document and descriptors.
///
/// # Errors
/// What the kernel says.
pub fn send<T: Serialize>(socket: &OwnedFd, message: &T, fds: &[OwnedFd]) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    let raw: Vec<_> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control = if raw.is_empty() { &rights[..0] } else { &rights[..] };
    let iov = [IoSlice::new(&bytes)];
    loop {
        match sendmsg::<()>(socket.as_raw_fd(), &iov, control, MsgFlags::MSG_NOSIGNAL, None) {
            Err(Errno::EINTR) => {}
            sent => return sent.map(drop).map_err(io::Error::from),
        }
    }
}

/// Receives a document and descriptors; `None` when the other side is gone.
///
/// # Errors
/// What the kernel says, or a packet that is not the document.
pub fn receive<T: DeserializeOwned>(socket: &OwnedFd) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; PACKET];
    let mut space = cmsg_space!([std::os::fd::RawFd; 8]);
    let (length, fds) = loop {
        let mut iov = [IoSliceMut::new(&mut bytes)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        match recvmsg::<()>(socket.as_raw_fd(), &mut iov, Some(&mut space), flags) {
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
            Ok(message) => {
                let mut fds = Vec::new();
                for control in message.cmsgs()? {
                    if let ControlMessageOwned::ScmRights(received) = control {
                        fds.extend(sys::own(received));
                    }
                }
                break (message.bytes, fds);
            }
        }
    };
    if length == 0 {
        return Ok(None);
    }
    let message = serde_json::from_slice(&bytes[..length])?;
    Ok(Some((message, fds)))
}
