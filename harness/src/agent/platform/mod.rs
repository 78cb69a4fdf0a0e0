//! What an agent does in one way on Linux and in another elsewhere.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(super) use linux::{become_user, exit_code, listeners, nameless_file, resolve, text, typed};
#[cfg(not(target_os = "linux"))]
pub(super) use other::{become_user, exit_code, listeners, nameless_file, resolve, text, typed};
