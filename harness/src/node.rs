//! The hosts of the lab.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A host of the lab, which is also a vantage that probes start from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Node {
    /// The Windows host: modelled on Linux arms, this machine on the Windows arm.
    Windows,
    /// The WSL2 virtual machine with its one distro.
    Wsl,
    /// Another machine on the LAN of the Windows host.
    Lan,
}

impl Node {
    /// Every node, in the order in which tables list them.
    pub const ALL: [Node; 3] = [Node::Windows, Node::Wsl, Node::Lan];

    /// The name used in scenario files, reports and errors.
    pub const fn name(self) -> &'static str {
        match self {
            Node::Windows => "windows",
            Node::Wsl => "wsl",
            Node::Lan => "lan",
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Node {
    type Err = String;

    /// # Errors
    /// Names the allowed words.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Node::ALL
            .into_iter()
            .find(|node| node.name() == text)
            .ok_or_else(|| format!("unknown node `{text}`; one of windows, wsl, lan"))
    }
}
