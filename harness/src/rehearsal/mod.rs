//! The rehearsal: the Windows build of this program runs under Wine inside the lab's windows node,
//! where programs of Windows are stand-ins that lead into the lab. What it sees is the model's, so
//! it proves the Windows code and nothing about Windows.

#[cfg(target_os = "linux")]
mod distros;
#[cfg(target_os = "linux")]
pub mod door;
pub mod frames;
#[cfg(target_os = "linux")]
pub mod interop;
#[cfg(target_os = "linux")]
mod kill;
#[cfg(target_os = "linux")]
mod lan;
#[cfg(target_os = "linux")]
pub mod make;
pub mod order;
#[cfg(target_os = "linux")]
mod ping;
#[cfg(target_os = "linux")]
pub mod stage;
pub mod tongue;
