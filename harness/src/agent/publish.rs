//! Putting a file where other runs read it.

use std::{
    fs::{File, Permissions},
    io,
    os::{fd::AsRawFd, unix::fs::PermissionsExt},
    path::Path,
};

use nix::{
    errno::Errno,
    fcntl::{AtFlags, OFlag, open},
    sys::stat::Mode,
    unistd::linkat,
};

/// Copies `from` to `to` by way of a file without a name: a kill at any moment leaves either the
/// whole file or none.
///
/// # Errors
/// What the kernel says. A file that is already there is not an error.
pub fn publish(from: &Path, to: &Path) -> io::Result<()> {
    let directory = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let flags = OFlag::O_TMPFILE | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
    let mut nameless = File::from(open(directory, flags, Mode::from_bits_truncate(0o755))?);
    io::copy(&mut File::open(from)?, &mut nameless)?;
    // Whatever the umask: a node's second user runs it, too.
    nameless.set_permissions(Permissions::from_mode(0o755))?;
    let source = format!("/proc/self/fd/{}", nameless.as_raw_fd());
    let here = nix::fcntl::AT_FDCWD;
    match linkat(here, source.as_str(), here, to, AtFlags::AT_SYMLINK_FOLLOW) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
