//! `run-scenarios`, the main job.

use std::{fs, process::ExitCode, sync::Arc};

use harness::{
    report::{difference, json, table},
    run_result::{RunResult, ScenarioResult, Verdict},
    runner::{self, Options},
    scenario::Scenario,
};
use tokio::sync::mpsc;

use super::{catalogue, prepare};
use crate::{
    cli::RunScenarios,
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
    progress::Progress,
};

/// Runs scenarios, tells the results and judges them.
pub fn run(options: &RunScenarios) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&options.names).map_err(Failure::input)?;
    let ready = prepare::prepare(&selected, !options.no_install)?;
    let skips = ready.obstacles(&selected).map_err(Failure::lab)?;
    let runs: Vec<Arc<Scenario>> = selected
        .iter()
        .filter(|scenario| !skips.contains_key(&scenario.name))
        .map(|scenario| Arc::new((*scenario).clone()))
        .collect();
    let how = Options {
        probes: options.probes.into(),
        jobs: options.jobs.unwrap_or_else(Options::default_jobs),
        accept: options.accept,
    };

    let phases: usize = runs.iter().map(|scenario| scenario.phases().len()).sum();
    let progress = Progress::new(u64::try_from(phases).unwrap_or(u64::MAX));
    let run = ready.runtime.block_on(async {
        let (sender, mut events) = mpsc::unbounded_channel();
        let work = runner::run(ready.arm.clone(), ready.stock.clone(), runs, &how, sender);
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
    let Some(mut run) = run else {
        progress.finish();
        eprintln!("interrupted; every lab is taken down");
        return Ok(ExitCode::from(INTERRUPTED));
    };
    for scenario in &selected {
        if let Some(reason) = skips.get(&scenario.name) {
            let result = ScenarioResult::skip(&scenario.name, scenario.cause, reason.clone());
            progress.scenario(&result);
            run.scenarios.push(result);
        }
    }
    run.scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    progress.finish();

    for report in &options.report {
        let text = json::render(&run).map_err(Failure::lab)?;
        fs::write(&report.path, text)
            .map_err(|error| Failure::lab(format!("{}: {error}", report.path.display())))?;
    }
    tell(&run, options);
    for path in &catalogue.stale {
        eprintln!("stale snapshot, its scenario is gone: {}", path.display());
    }
    Ok(ExitCode::from(verdict(&run, options.strict)))
}

fn tell(run: &RunResult, options: &RunScenarios) {
    let repeat = options.to_repeat();
    for scenario in &run.scenarios {
        let failed = matches!(scenario.verdict, Verdict::Fail | Verdict::Error);
        if options.verbose || failed {
            for phase in &scenario.phases {
                println!("{} {}\n{}", scenario.name, phase.name, table::matrix(phase));
            }
        }
        if let Some(difference) = difference::explain(scenario, &repeat) {
            println!("{difference}");
        }
    }
    println!("{}", table::summary(run));
}

/// The exit code, the first that applies.
fn verdict(run: &RunResult, strict: bool) -> u8 {
    let any = |verdict| run.scenarios.iter().any(|scenario| scenario.verdict == verdict);
    if any(Verdict::Error) {
        LAB
    } else if any(Verdict::Fail) || (strict && any(Verdict::Skip)) {
        FAILED
    } else {
        OK
    }
}
