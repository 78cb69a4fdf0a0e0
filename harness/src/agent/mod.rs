//! The agent: one program on every node of every arm, and the host's end of talking to it.

pub mod client;
pub mod command;
#[cfg(target_os = "linux")]
mod connection;
#[cfg(target_os = "linux")]
pub mod container;
pub mod host_link;
pub mod native;
mod platform;
pub mod protocol;
#[cfg(target_os = "linux")]
mod publish;
pub mod requests;
#[cfg(target_os = "linux")]
mod resolver;
#[cfg(target_os = "linux")]
mod role;
#[cfg(target_os = "linux")]
pub mod serve;
mod service;
mod service_log;
#[cfg(target_os = "linux")]
pub mod shims;
#[cfg(target_os = "linux")]
pub(crate) mod windows;
