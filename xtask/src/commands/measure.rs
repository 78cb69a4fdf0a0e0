//! `measure`: the questions that only a Windows can answer, asked, and the answers printed.

use std::{num::NonZeroUsize, process::ExitCode};

use harness::{
    report::{Told, answers},
    run_result::Verdict,
    runner::Options,
    scenario::Scenario,
};

use super::{catalogue, root, running};
use crate::{
    cli::{ArmName, Measure, Source},
    exit::{Failure, INTERRUPTED, LAB, OK},
};

/// Where the questions are.
pub const DIRECTORY: &str = "measurements";

/// Asks them. An answer is neither right nor wrong; not to get one is an error.
pub fn run(options: &Measure) -> Result<ExitCode, Failure> {
    let source = Source { scenarios: Some(root().join(DIRECTORY)) };
    let catalogue = catalogue(&source)?;
    let selected: Vec<&Scenario> = catalogue.select(&options.names).map_err(Failure::input)?;
    let how = Options {
        probes: options.probes.into(),
        jobs: match options.arm {
            ArmName::Windows => NonZeroUsize::MIN,
            _ => Options::default_jobs(),
        },
        accept: false,
        compare: false,
    };
    let Some(run) = running::run(options.arm, &options.windows, &selected, true, &how)? else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
    if options.arm != ArmName::Windows {
        println!("this is the model's answer, not that of a Windows");
    }
    print!("{}", answers::render(&run, &selected));
    let runs = [run];
    for report in &options.report {
        report.write(Told { runs: &runs, repeat: None }).map_err(Failure::lab)?;
    }
    let failed = runs[0].scenarios.iter().any(|result| result.verdict == Verdict::Error);
    Ok(ExitCode::from(if failed { LAB } else { OK }))
}
