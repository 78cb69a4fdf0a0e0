//! The agent: one program on every node of every arm, and the host's end of talking to it.

pub mod protocol;
