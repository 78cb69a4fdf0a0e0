//! Running scenarios with their progress shown: what `run-scenarios` and `claims` share.

use std::{pin::pin, sync::Arc};

use harness::{
    run_result::{RunResult, ScenarioResult},
    runner::{self, Options},
    scenario::Scenario,
};
use tokio::sync::mpsc;

use super::prepare;
use crate::{
    cli::{ArmName, WindowsOptions},
    exit::Failure,
    progress::Progress,
};

/// Runs these scenarios, by name in the result; what this machine cannot run is skipped. `None`
/// when it was interrupted: every lab is taken down then.
pub fn run(
    arm: ArmName,
    windows: &WindowsOptions,
    selected: &[&Scenario],
    install: bool,
    how: &Options,
) -> Result<Option<RunResult>, Failure> {
    let ready = prepare::prepare(arm, windows, selected, install)?;
    let skips = match ready.obstacles(selected) {
        Ok(skips) => skips,
        Err(error) => {
            ready.runtime.block_on(ready.arm.close()).map_err(Failure::lab)?;
            return Err(Failure::lab(error));
        }
    };
    let runs: Vec<Arc<Scenario>> = selected
        .iter()
        .filter(|scenario| !skips.contains_key(&scenario.name))
        .map(|scenario| Arc::new((*scenario).clone()))
        .collect();

    if ready.arm.real().is_some_and(|real| !real.machine().elevated) {
        let names: Vec<&str> = runs.iter().map(|scenario| scenario.name.as_str()).collect();
        eprintln!(
            "not elevated: {} of {} scenarios run without an administrator's terminal: {}",
            names.len(),
            selected.len(),
            names.join(", ")
        );
    }
    let phases: usize = runs.iter().map(|scenario| scenario.phases().len()).sum();
    let progress = Progress::new(u64::try_from(phases).unwrap_or(u64::MAX));
    let run = ready.runtime.block_on(async {
        let (sender, mut events) = mpsc::unbounded_channel();
        let work = runner::run(ready.arm.clone(), ready.stock.clone(), runs, how, sender);
        let watch = async {
            while let Some(event) = events.recv().await {
                progress.show(&event);
            }
        };
        tokio::select! {
            (run, ()) = async { tokio::join!(work, watch) } => Some(run),
            // Dropping the work takes every lab down.
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    // Also after an interruption: this machine is put back, where it was the lab. Whoever presses
    // Ctrl-C meanwhile is told so, and waits for it.
    let interrupted = ready.runtime.block_on(async {
        let mut closing = pin!(ready.arm.close());
        tokio::select! {
            closed = &mut closing => closed.map(|()| false),
            _ = tokio::signal::ctrl_c() => closing.await.map(|()| true),
        }
    });
    let interrupted = interrupted.map_err(Failure::lab)?;
    let Some(mut run) = run.filter(|_| !interrupted) else {
        progress.finish();
        eprintln!("interrupted; every lab is taken down");
        return Ok(None);
    };
    for scenario in selected {
        if let Some(reason) = skips.get(&scenario.name) {
            let result = ScenarioResult::skip(&scenario.name, scenario.cause, reason.clone());
            progress.scenario(&result);
            run.scenarios.push(result);
        }
    }
    run.scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    progress.finish();
    Ok(Some(run))
}
