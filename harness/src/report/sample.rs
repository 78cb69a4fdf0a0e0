//! A run with every ending, for the tests of all reports.

use crate::{
    machine_report::{RanOn, sample::machine},
    outcome::Outcome,
    run_result::{RunResult, ScenarioResult},
    verdict::{judge, sample},
};

/// One that passed, one that failed, one that was skipped and one that could not be run.
pub(crate) fn run(arm: &str) -> RunResult {
    let scenario = sample::scenario(sample::TEXT);
    let cause = scenario.cause;
    let phases = sample::results(&scenario);
    let mut spoiled = phases.clone();
    spoiled[2].cells[7].outcome = Outcome::Timeout;
    let failures = judge(&scenario, &spoiled);
    let mut broken = phases[..1].to_vec();
    broken[0].log = vec!["wsl: <ip> link".to_owned()];
    RunResult {
        arm: arm.to_owned(),
        wall_ms: 1540,
        machines: vec![],
        scenarios: vec![
            ScenarioResult::judged("good", cause, phases, vec![]),
            ScenarioResult::judged("bad", cause, spoiled, failures),
            ScenarioResult::skip("later", cause, "no firewalld: `apt install` it".to_owned()),
            ScenarioResult::error("broken", cause, "wsl: cannot <boot>\nmore".to_owned(), broken),
        ],
    }
}

/// The same of an arm whose shards ran on two machines that are made up.
pub(crate) fn sharded() -> RunResult {
    let on = |update, names: &[&str]| RanOn {
        machine: machine(update),
        scenarios: names.iter().map(|&name| name.to_owned()).collect(),
    };
    RunResult { machines: vec![on(1, &["bad", "broken"]), on(2, &["good"])], ..run("windows") }
}
