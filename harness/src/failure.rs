//! An expectation that does not hold.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{route::RoutePattern, scenario::PhaseName};

/// The rules of a verdict, by what breaks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// A phase has no result.
    PhaseMissing,
    /// A route or cell that a rule needs was not measured.
    Unmeasured,
    /// In the control, something that is not the lab's service answers.
    WrongServer,
    /// A `breaks` route is bad before the fault.
    BadInControl,
    /// The fault's matrix is the control's.
    FaultChangesNothing,
    /// A `breaks` route stays good under the fault.
    NotBroken,
    /// A `keeps` route is bad.
    NotKept,
    /// A remedy's matrix is the fault's.
    RemedyChangesNothing,
    /// What a remedy claims to restore is bad.
    NotRestored,
    /// What a remedy claims to restore was never broken.
    NothingToRestore,
    /// A remedy newly breaks what its `costs` do not name.
    UndeclaredCost,
    /// A `costs` entry names nothing that the remedy newly breaks.
    FalseCost,
    /// A claim's cell shows something else.
    FalseClaim,
    /// A command probe ended otherwise.
    Probe,
    /// The real tool and its twin saw different things.
    Disagreement,
    /// The matrices are not those of the reviewed snapshot, or there is none.
    Snapshot,
}

/// An expectation that does not hold. Displays as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which rule.
    pub kind: FailureKind,
    /// In which phase; `None` where it is about all of them.
    pub phase: Option<PhaseName>,
    /// On which route, and with which tool where one cell is meant.
    pub route: Option<RoutePattern>,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub observed: String,
    /// What sets the two apart, a line each: a cell through the phases, or a line of a diff.
    pub difference: Vec<String>,
    sentence: String,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, sentence: impl Into<String>) -> Self {
        Failure {
            kind,
            phase: None,
            route: None,
            expected: String::new(),
            observed: String::new(),
            difference: Vec::new(),
            sentence: sentence.into(),
        }
    }

    pub(crate) fn phase(mut self, phase: &PhaseName) -> Self {
        self.phase = Some(phase.clone());
        self
    }

    pub(crate) fn route(mut self, route: RoutePattern) -> Self {
        self.route = Some(route);
        self
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    pub(crate) fn observed(mut self, observed: impl Into<String>) -> Self {
        self.observed = observed.into();
        self
    }

    pub(crate) fn difference(mut self, lines: Vec<String>) -> Self {
        self.difference = lines;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
