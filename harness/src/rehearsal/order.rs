//! What a rehearsal asks of the lab's Windows.

use serde::{Deserialize, Serialize};

use super::tongue::Tongue;

/// How the lab's Windows answers stand-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorOrder {
    /// The loopback port.
    pub port: u16,
    /// The language of Windows.
    pub tongue: Tongue,
    /// Whether who asks is an administrator.
    pub elevated: bool,
    /// When the program that asks is killed, if ever.
    pub kill: Option<Kill>,
}

/// A death in the middle of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kill {
    /// At this command of a stand-in, counted from 1.
    pub at: u32,
    /// Whether the command is still carried out.
    pub carried_out: bool,
}
