//! The rehearsal: the Windows build of this program runs under Wine inside the lab's windows node,
//! where programs of Windows are stand-ins that lead into the lab. What it sees is the model's, so
//! it proves the Windows code and nothing about Windows.

#[cfg(target_os = "linux")]
mod distros;
#[cfg(target_os = "linux")]
pub mod door;
#[cfg(target_os = "linux")]
pub mod elevation;
#[cfg(target_os = "linux")]
mod end;
pub mod frames;
#[cfg(target_os = "linux")]
pub mod interop;
#[cfg(target_os = "linux")]
mod lan;
#[cfg(target_os = "linux")]
pub mod make;
pub mod order;
#[cfg(target_os = "linux")]
pub mod parts;
#[cfg(target_os = "linux")]
mod ping;
#[cfg(target_os = "linux")]
pub mod stage;
#[cfg(target_os = "linux")]
mod told;
pub mod tongue;

/// The programs of Windows that lead into the lab.
#[cfg(target_os = "linux")]
const STAND_INS: [&str; 14] = [
    "curl",
    "ipconfig",
    "net",
    "netsh",
    "netstat",
    "ping",
    "powershell",
    "reg",
    "sc",
    "ssh",
    "taskkill",
    "tasklist",
    "whoami",
    "wsl",
];
