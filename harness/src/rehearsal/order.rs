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
    /// How the program that asks comes to its end, if not by itself.
    pub end: Option<End>,
    /// A file of the node that gets a [`Told`] a line, for each command.
    pub told: Option<String>,
}

/// An end in the middle of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What ends it.
    pub by: By,
    /// At this command of a stand-in, counted from 1.
    pub at: u32,
    /// Whether the command is still carried out.
    pub carried_out: bool,
}

/// What ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// SIGKILL, as a power cut or a task manager would.
    Kill,
    /// Ctrl-C in its console.
    Interrupt,
}

/// A command of a stand-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Which, counted from 1.
    pub number: u32,
    /// As it was typed.
    pub line: String,
    /// Whether anything of Windows was another afterwards, or may be of the guest.
    pub changes: bool,
}
