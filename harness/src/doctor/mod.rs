//! What the lab needs from this machine, whether it is there, and the exact command that changes
//! what is not.

pub mod check;
mod command;
pub mod find;
pub mod guest;
pub mod install;
pub mod kernel;
pub mod needs;
pub mod platform;
mod report;
pub mod requirement;
#[cfg(target_os = "linux")]
pub mod subid;
#[cfg(not(target_os = "linux"))]
#[path = "no_subid.rs"]
mod subid;

pub use check::{DoctorReport, Finding, State, check};
pub use guest::{GuestHas, GuestNeeds, Lack};
pub use install::{InstallError, install};
pub use kernel::{explain_proc_failure, explain_userns_failure};
pub use needs::{Needs, extras, needs};
pub use platform::Platform;
pub use requirement::{Id, Requirement};
