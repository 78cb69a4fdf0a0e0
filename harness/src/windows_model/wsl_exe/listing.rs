//! What `wsl --list` and `wsl --status` print.

use super::{DISTRO, FAILED, List, printed};
use crate::agent::protocol::Output;

/// `wsl --list`, for a distro that runs or does not.
pub(super) fn list(list: List, running: bool) -> Output {
    match list {
        List::Verbose => {
            let width = DISTRO.len().max("NAME".len()) + 4;
            let row =
                |mark, name, state, version| format!("{mark} {name:<width$}{state:<16}{version}\n");
            let state = if running { "Running" } else { "Stopped" };
            printed(0, row(" ", "NAME", "STATE", "VERSION") + &row("*", DISTRO, state, "2"))
        }
        List::Names { running: true, quiet } if !running => {
            if quiet {
                printed(0, String::new())
            } else {
                printed(FAILED, "There are no running distributions.\n".to_owned())
            }
        }
        List::Names { quiet: true, .. } => printed(0, format!("{DISTRO}\n")),
        List::Names { quiet: false, .. } => {
            printed(0, format!("Windows Subsystem for Linux Distributions:\n{DISTRO} (Default)\n"))
        }
    }
}

/// `wsl --status`.
pub(super) fn status() -> String {
    format!("Default Distribution: {DISTRO}\nDefault Version: 2\n")
}
