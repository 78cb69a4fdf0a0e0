//! The first process of a container: it waits for the agent's end and then ends the container.
//!
//! The engine starts an agent beside it (`docker exec`), not below it, so the two share a FIFO: the
//! agent holds its writing end, which the kernel closes when the agent is gone, however it went. An
//! agent ends when the host closes its stdin, or dies; so no container outlives its run.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::AsFd,
    path::Path,
};

use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::stat::Mode,
    unistd::mkfifo,
};

use crate::sys;

const FIFO: &str = "/run/reachlab/life";

/// How long a container waits for its agent, in milliseconds.
const PATIENCE: u16 = 30_000;

/// Waits. Returns the exit code.
pub fn main() -> i32 {
    // Orphans become children of this process, which nobody waits for.
    sys::ignore_children();
    match wait() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    }
}

fn wait() -> io::Result<()> {
    make()?;
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let mut life = File::from(open(FIFO, flags, Mode::empty())?);
    // A byte says that an agent is there; without one for long, its host died before it came.
    if !readable(&life, PollTimeout::from(PATIENCE))? {
        return Ok(());
    }
    let mut byte = [0];
    loop {
        match life.read(&mut byte) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                readable(&life, PollTimeout::NONE)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes hold of the container for as long as the file is open.
///
/// # Errors
/// What the kernel says.
pub fn live() -> io::Result<File> {
    make()?;
    // Waits until the first process reads.
    let mut life = File::from(open(FIFO, OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty())?);
    life.write_all(&[1])?;
    Ok(life)
}

fn make() -> io::Result<()> {
    if let Some(directory) = Path::new(FIFO).parent() {
        std::fs::create_dir_all(directory)?;
    }
    match mkfifo(FIFO, Mode::S_IRUSR | Mode::S_IWUSR) {
        // Whoever comes first makes it.
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

fn readable(file: &File, limit: PollTimeout) -> io::Result<bool> {
    let mut fds = [PollFd::new(file.as_fd(), PollFlags::POLLIN)];
    loop {
        match poll(&mut fds, limit) {
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
            Ok(count) => return Ok(count > 0),
        }
    }
}
