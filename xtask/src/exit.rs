//! Exit codes, a contract: 130 interrupted, 2 wrong input, 3 the lab could not be built, 1 an
//! expectation failed, 0 all hold.

use std::{fmt::Display, process::ExitCode};

use harness::run_result::{RunResult, Verdict};
use miette::Report;

/// Everything holds.
pub const OK: u8 = 0;
/// An expectation failed.
pub const FAILED: u8 = 1;
/// Wrong usage or input.
pub const INPUT: u8 = 2;
/// The lab could not be built.
pub const LAB: u8 = 3;
/// Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// What runs came to, the first that applies.
pub fn of(runs: &[RunResult], strict: bool) -> ExitCode {
    let any = |verdict| {
        runs.iter().flat_map(|run| &run.scenarios).any(|scenario| scenario.verdict == verdict)
    };
    ExitCode::from(if any(Verdict::Error) {
        LAB
    } else if any(Verdict::Fail) || (strict && any(Verdict::Skip)) {
        FAILED
    } else {
        OK
    })
}

/// Why a command came to nothing.
pub struct Failure {
    code: u8,
    report: Report,
}

impl Failure {
    /// Wrong usage or input.
    pub fn input(report: impl Into<Report>) -> Failure {
        Failure { code: INPUT, report: report.into() }
    }

    /// The lab could not be built.
    pub fn lab(error: impl Display) -> Failure {
        Failure { code: LAB, report: miette::miette!("{error}") }
    }

    /// Ctrl-C.
    pub fn interrupted(error: impl Display) -> Failure {
        Failure { code: INTERRUPTED, report: miette::miette!("{error}") }
    }

    /// Prints it and gives its exit code.
    pub fn report(self) -> ExitCode {
        eprintln!("{:?}", self.report);
        ExitCode::from(self.code)
    }
}
