//! The command line of reachlab. Thin: everything that can be tested lives in `harness`.

mod cli;
mod commands;
mod count;
mod exit;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // First, so that supervisor and agents log as well.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("REACHLAB_LOG"))
        .with_writer(std::io::stderr)
        .init();
    // A lab's supervisor and agents are this program under another name.
    if let Some(code) = harness::entry::dispatch() {
        return code;
    }
    // A command that a message tells to type stays on one line, so that it can be copied.
    let _ = miette::set_hook(Box::new(|_| {
        Box::new(miette::MietteHandlerOpts::new().wrap_lines(false).build())
    }));
    match commands::run(cli::Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
