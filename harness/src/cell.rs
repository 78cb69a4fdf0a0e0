//! One measured cell of a matrix.

use serde::{Deserialize, Serialize};

use crate::{
    node::Node,
    outcome::{Hangup, Outcome, Via},
    route::Route,
    target::Target,
    tool::{Impl, Tool},
};

/// A route, a tool, and what it saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The vantage.
    pub from: Node,
    /// What was probed.
    pub to: Target,
    /// With what.
    pub tool: Tool,
    /// By the real program or by its twin.
    #[serde(rename = "impl")]
    pub implementation: Impl,
    /// What it showed.
    pub outcome: Outcome,
    /// How the request travelled.
    pub via: Via,
    /// The program's exit code; `None` for a native probe or a program that was stopped.
    pub exit_code: Option<i32>,
    /// The errno behind the outcome, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errno: Option<i32>,
    /// How the peer hung up, for `dropped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hangup: Option<Hangup>,
    /// How long the probe took, in milliseconds.
    pub ms: f64,
    /// How often it was measured before, and met silence while the lab stood still.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub again: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(again: &u32) -> bool {
    *again == 0
}

impl Cell {
    /// The cell's row.
    pub fn route(&self) -> Route {
        Route { from: self.from, to: self.to }
    }
}
