//! Why a cell could not be measured: never an outcome, always a failure of the lab.

use std::{io, time::Duration};

/// A probe that says nothing about its route.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The program ended in a way that no table knows.
    #[error("`{command}` ended ({exit}) with words that the lab does not know: {text}", exit = exit_words(*.exit))]
    UnknownAnswer {
        /// The command line.
        command: String,
        /// The exit code; `None` when it was ended by a signal.
        exit: Option<i32>,
        /// Everything that it printed.
        text: String,
    },
    /// The program is there and could not be started.
    #[error("cannot start `{command}`: {source}")]
    Spawn {
        /// The command line.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// The program started, and its output or end could not be read.
    #[error("cannot follow `{command}`: {source}")]
    Follow {
        /// The command line.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// The program kept running although it has a time limit of its own.
    #[error("`{command}` was still running after {limit:?}; it said: {text}")]
    Stuck {
        /// The command line.
        command: String,
        /// How long it was given.
        limit: Duration,
        /// What it had printed by then.
        text: String,
    },
    /// A system call of a native twin failed for a reason that is not the network's.
    #[error("native `{command}`: {operation}: {source}")]
    Socket {
        /// The line of the program that the twin stands for.
        command: String,
        /// What was tried.
        operation: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The environment names a proxy that the twin does not speak to.
    #[error("native curl: {reason} in the proxy `{value}` is not modelled; use --probes tools")]
    UnsupportedProxy {
        /// The value of the variable.
        value: String,
        /// What is special about it.
        reason: &'static str,
    },
    /// The twin does not exist on this platform.
    #[error("native {tool} is not modelled on this platform")]
    Unsupported {
        /// Which one.
        tool: &'static str,
    },
}

fn exit_words(exit: Option<i32>) -> String {
    exit.map_or_else(|| "by a signal".to_owned(), |code| format!("exit code {code}"))
}
