//! What a run says: to programs (JSON, JUnit), on a terminal (tables), on a page (Markdown, HTML),
//! and about what failed.

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

use crate::run_result::RunResult;

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
    /// The options for a scenario of this run.
    pub fn repeat(&self, run: &RunResult) -> String {
        match self.repeat {
            Some(options) => options.to_owned(),
            None if run.arm == "netns" => String::new(),
            None => format!(" --arm {}", run.arm),
        }
    }
}
