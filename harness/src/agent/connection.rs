//! An agent's connection to the host: a socket on stdin, or, where a container engine started it,
//! stdin and stdout.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, OwnedFd},
    os::unix::net::UnixStream as StdStream,
};

use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::stat::{Mode, SFlag, fstat},
    unistd::dup2_stdout,
};
use tokio::net::{UnixStream, unix::pipe};

use super::{
    protocol::FromAgent,
    requests::{Reading, Writing},
};

/// A connection that nobody has read from yet.
pub struct Connection {
    reads: OwnedFd,
    writes: OwnedFd,
    is_socket: bool,
}

impl Connection {
    /// Takes over stdin, and stdout where stdin is no socket. What commands print by mistake then
    /// goes nowhere instead of into the protocol.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn take() -> io::Result<Connection> {
        let reads = io::stdin().as_fd().try_clone_to_owned()?;
        let kind = SFlag::from_bits_truncate(fstat(&reads)?.st_mode) & SFlag::S_IFMT;
        let is_socket = kind == SFlag::S_IFSOCK;
        let writes = if is_socket {
            reads.try_clone()?
        } else {
            let writes = io::stdout().as_fd().try_clone_to_owned()?;
            dup2_stdout(open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?)?;
            writes
        };
        Ok(Connection { reads, writes, is_socket })
    }

    /// Says something before anybody serves.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn say(&self, message: &FromAgent) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        File::from(self.writes.try_clone()?).write_all(&line)
    }

    /// Waits until the host has sent something, or is gone.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn await_request(&self) -> io::Result<()> {
        let mut fds = [PollFd::new(self.reads.as_fd(), PollFlags::POLLIN)];
        loop {
            match poll(&mut fds, PollTimeout::NONE) {
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Both directions, within a runtime.
    ///
    /// # Errors
    /// When they are neither a socket nor pipes.
    pub fn split(&self) -> io::Result<(Reading, Writing)> {
        let (reads, writes) = (self.reads.try_clone()?, self.writes.try_clone()?);
        if self.is_socket {
            let socket = StdStream::from(reads);
            socket.set_nonblocking(true)?;
            let (reads, writes) = UnixStream::from_std(socket)?.into_split();
            return Ok((Box::new(reads), Box::new(writes)));
        }
        let reads = pipe::Receiver::from_owned_fd(reads)?;
        Ok((Box::new(reads), Box::new(pipe::Sender::from_owned_fd(writes)?)))
    }
}
