//! One command a file.

#[cfg(target_os = "linux")]
mod bench;
#[cfg(not(target_os = "linux"))]
#[path = "no_bench.rs"]
mod bench;
#[cfg(target_os = "linux")]
mod bundle;
#[cfg(not(target_os = "linux"))]
#[path = "no_bundle.rs"]
mod bundle;
mod claims;
mod clean;
mod collect;
mod diagnose;
mod doctor;
mod explain;
mod ladder;
mod learn;
mod list;
mod measure;
mod merge;
#[cfg(target_os = "linux")]
mod netns;
#[cfg(not(target_os = "linux"))]
#[path = "no_netns.rs"]
mod netns;
mod parity;
mod prepare;
#[cfg(target_os = "linux")]
mod rehearse;
#[cfg(not(target_os = "linux"))]
#[path = "no_rehearse.rs"]
mod rehearse;
mod repro;
mod roundtrip;
mod run_scenarios;
mod running;
mod test;
mod with_docker;

use std::{path::PathBuf, process::ExitCode};

use harness::catalogue::Catalogue;

use crate::{
    cli::{Command, Source},
    exit::Failure,
};

/// Runs a command.
pub fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::RunScenarios(options) => run_scenarios::run(&options),
        Command::List(options) => list::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Claims(options) => claims::run(&options),
        Command::Ladder(options) => ladder::run(&options),
        Command::Collect(options) => collect::run(&options),
        Command::Repro(options) => repro::run(&options),
        Command::Roundtrip(options) => roundtrip::run(&options),
        Command::Diagnose(options) => diagnose::run(&options),
        Command::Learn(options) => learn::run(&options),
        Command::Doctor(options) => doctor::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Parity(options) => parity::run(&options),
        Command::Merge(options) => merge::run(&options),
        Command::Clean => clean::run(),
        Command::Measure(options) => measure::run(&options),
        Command::Bundle(options) => bundle::run(&options),
        Command::Rehearse(options) => rehearse::run(&options),
        Command::Test(options) => test::run(&options),
    }
}

/// The project's directory, wherever the command is typed.
fn root() -> PathBuf {
    harness::fixture::project()
}

fn directory(source: &Source) -> PathBuf {
    source.scenarios.clone().unwrap_or_else(|| root().join("scenarios"))
}

fn catalogue(source: &Source) -> Result<Catalogue, Failure> {
    Catalogue::load(&directory(source)).map_err(Failure::input)
}
