//! Programs that a Linux node's PATH finds in the lab: what a person types on a WSL machine, where
//! the real program would need an init system or a password.

mod daemon;
mod firewalld;
mod networkd;
mod sudo;
mod systemctl;

use std::process::ExitCode;

/// The names that this program is linked under in a node.
pub const NAMES: [&str; 2] = ["sudo", "systemctl"];

/// Runs the shim of that name; `None` when there is none.
pub fn run(name: &str, arguments: &[String]) -> Option<ExitCode> {
    match name {
        "sudo" => Some(sudo::main(arguments)),
        "systemctl" => Some(systemctl::main(arguments)),
        _ => None,
    }
}

/// Says that something is not modelled. Never a silent success.
fn not_modelled(what: &str) -> ExitCode {
    eprintln!("reachlab: {what} is not modelled in the lab");
    ExitCode::from(64)
}
