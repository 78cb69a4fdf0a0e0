//! `run-scenarios`, the main job.

use std::{num::NonZeroUsize, process::ExitCode};

use super::{catalogue, running, with_docker};
use crate::{
    cli::{ArmName, RunScenarios},
    exit::{self, Failure, INTERRUPTED},
};
use harness::{
    report::{Told, difference, table},
    run_result::{RunResult, Verdict},
    runner::Options,
};

/// Runs scenarios, tells the results and judges them.
pub fn run(options: &RunScenarios) -> Result<ExitCode, Failure> {
    with_docker::build_if(options.arm == ArmName::Docker)?;
    let catalogue = catalogue(&options.source)?;
    let mut selected = catalogue.select(&options.names).map_err(Failure::input)?;
    if let Some(shard) = options.shard {
        selected = shard.part(&selected).map_err(Failure::input)?;
    }
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
    let (runs, repeat) = ([run], options.to_repeat());
    for report in &options.report {
        report.write(Told { runs: &runs, repeat: Some(&repeat) }).map_err(Failure::lab)?;
    }
    let [run] = &runs;
    tell(run, options);
    for path in &catalogue.stale {
        eprintln!("stale snapshot, its scenario is gone: {}", path.display());
    }
    Ok(exit::of(&runs, options.strict))
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
        if let Some(difference) =
            difference::explain(scenario, &difference::repeat_command(&scenario.name, &repeat))
        {
            println!("{difference}");
        }
    }
    println!("{}", table::summary(run));
}
