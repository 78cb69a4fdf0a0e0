//! `run-scenarios`, the main job.

use std::{fs, num::NonZeroUsize, process::ExitCode};

use super::{catalogue, running, with_docker};
use crate::{
    cli::{ArmName, RunScenarios},
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
};
use harness::{
    report::{difference, json, table},
    run_result::{RunResult, Verdict},
    runner::Options,
};

/// Runs scenarios, tells the results and judges them.
pub fn run(options: &RunScenarios) -> Result<ExitCode, Failure> {
    with_docker::build_if(options.arm == ArmName::Docker)?;
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&options.names).map_err(Failure::input)?;
    let how = Options {
        probes: options.probes.into(),
        jobs: match options.arm {
            // There is one such machine.
            ArmName::Windows => NonZeroUsize::MIN,
            _ => options.jobs.unwrap_or_else(Options::default_jobs),
        },
        accept: options.accept,
        compare: true,
    };

    let install = !options.no_install;
    let Some(run) = running::run(options.arm, &options.windows, &selected, install, &how)? else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
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
