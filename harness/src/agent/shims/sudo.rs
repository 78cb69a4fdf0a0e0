//! `sudo COMMAND`: everybody is root in a node, so it only runs the command.

use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use super::not_modelled;

/// Replaces this process by the command.
pub fn main(arguments: &[String]) -> ExitCode {
    let mut rest = arguments;
    while let [first, tail @ ..] = rest {
        match first.as_str() {
            "-n" | "--non-interactive" | "-E" | "--preserve-env" => rest = tail,
            "--" => {
                rest = tail;
                break;
            }
            option if option.starts_with('-') => return not_modelled(&format!("sudo {option}")),
            _ => break,
        }
    }
    let [program, arguments @ ..] = rest else {
        eprintln!("usage: sudo [-n] [-E] command [arg ...]");
        return ExitCode::from(1);
    };
    let error = Command::new(program).args(arguments).exec();
    eprintln!("sudo: {program}: {error}");
    ExitCode::from(1)
}
