//! What a run showed of claims.

use super::register::Show;
use crate::{
    run_result::{RunResult, ScenarioResult, Verdict},
    scenario::ClaimCell,
    verdict::claim_cell,
};

/// What became of a cell in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It shows what the claim needs.
    Holds,
    /// It shows something else: a sentence says what.
    Fails(String),
    /// It was not looked at, and why.
    NotRun(String),
}

impl State {
    /// The word of a table.
    pub const fn word(&self) -> &'static str {
        match self {
            State::Holds => "holds",
            State::Fails(_) => "FAILS",
            State::NotRun(_) => "not run",
        }
    }

    /// What there is to say beyond the word.
    pub fn why(&self) -> Option<&str> {
        match self {
            State::Holds => None,
            State::Fails(why) | State::NotRun(why) => Some(why),
        }
    }
}

/// A run to look claims up in.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a>(pub &'a RunResult);

impl Checked<'_> {
    /// What became of a claim's cell.
    pub fn state(&self, show: &Show<'_>, cell: &ClaimCell) -> State {
        let named = |it: &&ScenarioResult| it.name == show.scenario.name;
        let Some(result) = self.0.scenarios.iter().find(named) else {
            return State::NotRun("not asked for".to_owned());
        };
        if matches!(result.verdict, Verdict::Skip | Verdict::Error) {
            let reason = result.reason.clone().unwrap_or_default();
            return State::NotRun(reason.lines().next().unwrap_or_default().to_owned());
        }
        match claim_cell(show.scenario, show.claim, cell, &result.phases) {
            None => State::Holds,
            Some(failure) => State::Fails(failure.to_string()),
        }
    }
}
