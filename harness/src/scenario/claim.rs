//! What a scenario shows of the article's sentences.

use std::fmt;

use super::{PhaseName, Step};
use crate::{node::Node, outcome::Outcome, route::Route, tool::Tool};

/// A sentence of the article and what the lab shows of it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its number in the ledger, for instance `1.4`.
    pub ledger: String,
    /// A phase of its own, `claim/<name>`.
    pub phase: Option<ClaimPhase>,
    /// The cells that show it; at least one.
    pub cells: Vec<ClaimCell>,
    /// One sentence: what they show.
    pub shows: String,
    /// Whether they rest on a model although their routes do not say so.
    pub modelled: bool,
}

/// A phase that only a claim needs.
#[derive(Clone, Debug)]
pub struct ClaimPhase {
    /// Its phase is `claim/<name>`.
    pub name: String,
    /// Whether the fault is switched on before the steps.
    pub faulted: bool,
    /// What to do.
    pub steps: Vec<Step>,
}

/// What must have been seen in a phase: `PHASE: FROM -> TO TOOL = OUTCOME` or
/// `PHASE: NODE command NAME = exit-N`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCell {
    /// In which phase.
    pub phase: PhaseName,
    /// What.
    pub shown: Shown,
}

/// What shows a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A cell of the matrix.
    Cell {
        /// Which route.
        route: Route,
        /// Which tool.
        tool: Tool,
        /// What it must show.
        outcome: Outcome,
    },
    /// A command probe, which ends as its `expect` says.
    Command {
        /// Where.
        on: Node,
        /// The probe's name.
        probe: String,
        /// Its exit code.
        exit: i32,
    },
}

impl fmt::Display for ClaimCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.shown)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Cell { route, tool, outcome } => write!(f, "{route} {tool} = {outcome}"),
            Shown::Command { on, probe, exit } => write!(f, "{on} command {probe} = exit-{exit}"),
        }
    }
}
