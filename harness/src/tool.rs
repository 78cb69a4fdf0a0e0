//! The client tools that cells are measured with.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A client tool.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// ICMP echo.
    Ping,
    /// TCP connect, then a short watch for the peer to hang up.
    Telnet,
    /// TCP connect only.
    Nc,
    /// An HTTP GET.
    Curl,
    /// An HTTP GET by Go's `net/http`; only where a scenario names it.
    GoClient,
}

impl Tool {
    /// Every tool, in the order in which tables list them.
    pub const ALL: [Tool; 5] = [Tool::Ping, Tool::Telnet, Tool::Nc, Tool::Curl, Tool::GoClient];

    /// The tools of every matrix.
    pub const STANDARD: [Tool; 4] = [Tool::Ping, Tool::Telnet, Tool::Nc, Tool::Curl];

    /// The name used in scenario files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Tool::Ping => "ping",
            Tool::Telnet => "telnet",
            Tool::Nc => "nc",
            Tool::Curl => "curl",
            Tool::GoClient => "go-client",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tool {
    type Err = String;

    /// # Errors
    /// Names the allowed words.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Tool::ALL.into_iter().find(|tool| tool.name() == text).ok_or_else(|| {
            format!("unknown tool `{text}`; one of {}", Tool::ALL.map(Tool::name).join(", "))
        })
    }
}

/// Who performs a probe.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Impl {
    /// The real program found on the node's PATH.
    Tool,
    /// The twin inside the agent, which does what the program does.
    Native,
}

impl Impl {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Impl::Tool => "tool",
            Impl::Native => "native",
        }
    }
}
