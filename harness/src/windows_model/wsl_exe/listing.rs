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

/// `wsl --version`, of the release whose source the model follows.
pub(super) fn version() -> String {
    [
        ("WSL version", "2.6.1.0"),
        ("Kernel version", "6.6.87.2-1"),
        ("WSLg version", "1.0.66"),
        ("MSRDC version", "1.2.6353"),
        ("Direct3D version", "1.611.1-81528511"),
        ("DXCore version", "10.0.26100.1-240331-1435.ge-release"),
        ("Windows version", "10.0.26100.4946"),
    ]
    .map(|(name, value)| format!("{name}: {value}\n"))
    .concat()
}
