//! One command a file.

mod bench;
mod claims;
mod clean;
mod doctor;
mod explain;
mod ladder;
mod list;
mod merge;
mod parity;
mod prepare;
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
        Command::Doctor(options) => doctor::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Parity(options) => parity::run(&options),
        Command::Merge(options) => merge::run(&options),
        Command::Clean => clean::run(),
        Command::Test(options) => test::run(&options),
    }
}

/// The project's directory, wherever the command is typed.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map_or(own.clone(), std::path::Path::to_owned)
}

fn directory(source: &Source) -> PathBuf {
    source.scenarios.clone().unwrap_or_else(|| root().join("scenarios"))
}

fn catalogue(source: &Source) -> Result<Catalogue, Failure> {
    Catalogue::load(&directory(source)).map_err(Failure::input)
}
