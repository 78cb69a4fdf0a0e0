//! A lab that stands still for a while is no network that is silent.

use std::{
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    machine,
    processes::{below, command_line, parent},
};

/// Longer than any probe waits.
const STANDSTILL: Duration = Duration::from_millis(2600);

/// How often is tried to hit probes that are under way: what is not there yet is only late.
const RUNS: usize = 4;

/// Waits until a run probes, then stops the agents of its guests for a while.
fn stop_the_guests(run: &mut Child) {
    while run.try_wait().unwrap().is_none() {
        let all = below(run.id());
        if all.iter().any(|pid| command_line(*pid).starts_with("telnet ")) {
            let services = all.iter().filter(|pid| command_line(**pid).contains("/go-http-"));
            let agents: Vec<u32> = services.filter_map(|pid| parent(*pid)).collect();
            let signal = |signal: Signal| {
                for agent in &agents {
                    // One that has ended meanwhile needs none.
                    let _ = kill(Pid::from_raw(i32::try_from(*agent).unwrap()), signal);
                }
            };
            signal(Signal::SIGSTOP);
            sleep(STANDSTILL);
            signal(Signal::SIGCONT);
            return;
        }
        sleep(Duration::from_millis(1));
    }
}

/// How many cells of a report were measured again.
fn measured_again(report: &Value) -> usize {
    let all = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
    let scenarios = all(report, "scenarios");
    let phases = scenarios.iter().flat_map(|it| all(it, "phases"));
    phases.flat_map(|it| all(&it, "cells")).filter(|cell| cell["again"].is_u64()).count()
}

#[test]
fn what_was_silent_while_the_lab_stood_still_is_measured_again() {
    if !machine::has(&["go", "telnet", "curl"]) {
        return;
    }
    for _ in 0..RUNS {
        let directory = TempDir::with_prefix("report-").unwrap();
        let path = directory.path().join("report.json");
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["run-scenarios", "--no-install", "--strict", "relay-lost"]);
        command.arg(format!("--report=json={}", path.display()));
        let mut run = command.stdout(Stdio::piped()).spawn().unwrap();
        stop_the_guests(&mut run);
        let ended = run.wait_with_output().unwrap();
        let stdout = String::from_utf8(ended.stdout).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{stdout}");

        let report = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let again = measured_again(&report);
        let told = stdout.contains(" measured again, for the lab had stood still");
        assert_eq!(told, again > 0, "{stdout}");
        if again > 0 {
            return;
        }
    }
    panic!("no standstill met a probe in {RUNS} runs");
}
