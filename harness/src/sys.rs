//! The calls that no safe wrapper offers. This is the only module of the project with `unsafe`.
#![allow(unsafe_code)]

use std::{
    ffi::CString,
    fs, io,
    os::fd::{FromRawFd, OwnedFd, RawFd},
};

use nix::{
    libc,
    sys::signal::{SigHandler, Signal},
    unistd::{ForkResult, fork},
};

/// Forks a process that has exactly one thread.
///
/// # Errors
/// `Other` when the process has more threads, else what the kernel says.
pub fn fork_single_threaded() -> io::Result<ForkResult> {
    let threads = fs::read_dir("/proc/self/task")?.count();
    if threads != 1 {
        return Err(io::Error::other(format!("refusing to fork with {threads} threads")));
    }
    // SAFETY: with a single thread no lock can be held by a thread that the child lacks, so the
    // child may run any code, not only what is async-signal-safe.
    unsafe { fork() }.map_err(io::Error::from)
}

/// Closes every descriptor from 3 on.
///
/// # Errors
/// What the kernel says.
pub fn close_all_but_stdio() -> io::Result<()> {
    // SAFETY: only called in a forked child that gives up every `OwnedFd` it inherited and never
    // unwinds into the frames that hold them.
    // By number: musl has no function for it.
    let status = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sets (`read_only`) or clears the read-only flag of a mount, with all below it if `recursive`.
///
/// # Errors
/// What the kernel says.
pub fn set_mount_read_only(path: &str, read_only: bool, recursive: bool) -> io::Result<()> {
    let path = CString::new(path)?;
    let flag = libc::MOUNT_ATTR_RDONLY;
    let attributes = libc::mount_attr {
        attr_set: if read_only { flag } else { 0 },
        attr_clr: if read_only { 0 } else { flag },
        propagation: 0,
        userns_fd: 0,
    };
    let flags = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: `path` is a NUL-terminated string and `attributes` a `mount_attr` of the size given,
    // both alive until the call returns.
    let status = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Takes ownership of descriptors that the kernel has just installed (`SCM_RIGHTS`).
pub fn own(received: Vec<RawFd>) -> Vec<OwnedFd> {
    received
        .into_iter()
        // SAFETY: the kernel made these descriptors for this process in the `recvmsg` that returned
        // them; nobody else knows their numbers.
        .map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
        .collect()
}

/// A descriptor that becomes readable when the process ends.
///
/// # Errors
/// `ESRCH` when there is no such process.
pub fn pidfd_open(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes two integers and returns a new descriptor or -1.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = RawFd::try_from(fd).map_err(io::Error::other)?;
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for this process.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Has the kernel collect this process's children itself, orphans that it was given included.
pub fn ignore_children() {
    // SAFETY: SIG_IGN runs no code of this process.
    let _ = unsafe { nix::sys::signal::signal(Signal::SIGCHLD, SigHandler::SigIgn) };
}
