//! `systemctl` for the units that scenarios name. The nodes run no systemd: firewalld needs D-Bus,
//! not systemd (ledger 4.2.2).

use std::process::ExitCode;

use super::{firewalld, not_modelled};

/// Does what `systemctl` does for firewalld.
pub fn main(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (verb, unit) = match words[..] {
        [verb, unit] | [verb, "-q" | "--quiet", unit] => (verb, unit),
        _ => return not_modelled(&format!("systemctl {}", arguments.join(" "))),
    };
    if unit.trim_end_matches(".service") != "firewalld" {
        return not_modelled(&format!("unit {unit}"));
    }
    let done = match verb {
        "start" => firewalld::start(),
        "stop" => firewalld::stop(),
        "restart" => firewalld::stop().and_then(|()| firewalld::start()),
        "is-active" => {
            let active = firewalld::pid().is_some();
            println!("{}", if active { "active" } else { "inactive" });
            return ExitCode::from(if active { 0 } else { 3 });
        }
        _ => return not_modelled(&format!("systemctl {verb}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("Job for firewalld.service failed: {reason}");
            ExitCode::from(1)
        }
    }
}
