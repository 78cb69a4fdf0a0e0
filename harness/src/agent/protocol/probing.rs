//! What is said of a probe: the order, what it found, and what a client starts from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    cell::Cell,
    outcome::{Hangup, Outcome, Via},
    route::Route,
    tool::{Impl, Tool},
};

/// A cell to measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeOrder {
    /// With what.
    pub tool: Tool,
    /// The real program or its twin.
    pub implementation: Impl,
    /// What the tool is given: `localhost` or an address without brackets.
    pub host: String,
    /// The TCP port; `ping` ignores it.
    pub port: u16,
    /// How long the tool may take, in milliseconds.
    pub timeout_ms: u64,
    /// What `X-Reachlab-Instance` must say for the answer to be this lab's; `None` takes anybody's.
    pub token: Option<String>,
}

/// A measured cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Who measured: a family that the tool cannot speak is measured by the twin instead.
    pub implementation: Impl,
    /// What it showed.
    pub outcome: Outcome,
    /// How the request travelled.
    pub via: Via,
    /// The program's exit code.
    pub exit_code: Option<i32>,
    /// The errno behind the outcome.
    pub errno: Option<i32>,
    /// How the peer hung up.
    pub hangup: Option<Hangup>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// The command line that repeats the probe by hand.
    pub command: String,
}

impl Probed {
    /// The cell that it fills.
    pub fn cell(&self, route: Route, tool: Tool) -> Cell {
        Cell {
            from: route.from,
            to: route.to,
            tool,
            implementation: self.implementation,
            outcome: self.outcome,
            via: self.via,
            exit_code: self.exit_code,
            errno: self.errno,
            hangup: self.hangup,
            ms: self.ms,
            again: 0,
        }
    }
}

/// What a client on a node starts from, before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bearings {
    /// The host's addresses in `getaddrinfo`'s order, each once; empty when the name does not
    /// resolve.
    pub addresses: Vec<std::net::IpAddr>,
    /// The proxy that curl takes for `http://` to this host, passwords left out.
    pub proxy: Option<String>,
    /// The proxy variables that are set, passwords left out.
    pub variables: BTreeMap<String, String>,
}
