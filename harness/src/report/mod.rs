//! What a run says: to programs (JSON, JUnit), on a terminal (tables), on a page (Markdown, HTML),
//! and about what failed.

pub mod answers;
pub(crate) mod columns;
pub mod difference;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
pub mod table;
pub mod target;
mod view;
pub(crate) mod wrap;

use crate::run_result::{RunResult, ScenarioResult};

/// What a page tells: runs, one of each arm, and how to repeat them.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The runs.
    pub runs: &'a [RunResult],
    /// The options that a repetition needs, each with a blank before it; `None` where only the arm
    /// is known.
    pub repeat: Option<&'a str>,
}

impl Told<'_> {
    /// The command that runs a scenario of this run alone.
    pub fn repeat(&self, run: &RunResult, scenario: &ScenarioResult) -> String {
        let name = &scenario.name;
        match (self.repeat, run.arm.as_str()) {
            (Some(options), _) => difference::repeat_command(name, options),
            (None, "netns") => difference::repeat_command(name, ""),
            (None, "wine-rehearsal") => format!("ci/rehearse {name}"),
            (None, arm) => difference::repeat_command(name, &format!(" --arm {arm}")),
        }
    }
}
