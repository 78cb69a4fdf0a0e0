//! What the report tells besides: commands, changes, things it speaks of.

use crate::evidence::host::Endpoint;

/// A command that was typed, or that starts the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// As it was typed, without the prompt.
    pub line: String,
    /// The address that its arguments name: `--host 0.0.0.0 --port 3000`, `-p 127.0.0.1:8080:80`.
    pub at: Option<Endpoint>,
}

/// Something was changed, and it helped or did not: "firewall off: works".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The word for it in the lexicon: `firewall-off`, `restart-wsl`.
    pub what: String,
    /// Whether it helped.
    pub helped: bool,
}

/// The report speaks of something that the lexicon knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The word for it in the lexicon: `vpn`, `fast-startup`.
    pub what: String,
    /// Whether the report says that it is *not* so: "no VPN", "fast boot: disabled".
    pub denied: bool,
}
