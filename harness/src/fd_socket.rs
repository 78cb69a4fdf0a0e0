//! One JSON document a packet, with descriptors attached, over a `SOCK_SEQPACKET` socket, or over a
//! stream whose two ends take turns.

use std::{
    io::{self, IoSlice, IoSliceMut},
    os::fd::{AsRawFd, OwnedFd},
};

use nix::{
    cmsg_space,
    errno::Errno,
    sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::sys;

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
