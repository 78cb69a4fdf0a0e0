//! `systemctl` for the units that scenarios name. The nodes run no systemd: firewalld needs D-Bus,
//! not systemd (ledger 4.2.2), and systemd-networkd a socket to report to.

use std::process::ExitCode;

use super::{firewalld, networkd, not_modelled};

/// A unit, as far as the shim knows one.
struct Unit {
    name: &'static str,
    start: fn() -> Result<(), String>,
    stop: fn() -> Result<(), String>,
    runs: fn() -> bool,
}

const UNITS: [Unit; 2] = [
    Unit {
        name: "firewalld",
        start: firewalld::start,
        stop: firewalld::stop,
        runs: firewalld::runs,
    },
    Unit {
        name: "systemd-networkd",
        start: networkd::start,
        stop: networkd::stop,
        runs: networkd::runs,
    },
];

/// Does what `systemctl` does for one of the units.
pub fn main(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (verb, name) = match words[..] {
        [verb, unit] | [verb, "-q" | "--quiet", unit] => (verb, unit),
        _ => return not_modelled(&format!("systemctl {}", arguments.join(" "))),
    };
    let Some(unit) = UNITS.iter().find(|unit| unit.name == name.trim_end_matches(".service"))
    else {
        return not_modelled(&format!("unit {name}"));
    };
    let done = match verb {
        "start" => (unit.start)(),
        "stop" => (unit.stop)(),
        "restart" => (unit.stop)().and_then(|()| (unit.start)()),
        "is-active" => {
            let active = (unit.runs)();
            println!("{}", if active { "active" } else { "inactive" });
            return ExitCode::from(if active { 0 } else { 3 });
        }
        _ => return not_modelled(&format!("systemctl {verb}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("Job for {}.service failed: {reason}", unit.name);
            ExitCode::from(1)
        }
    }
}
