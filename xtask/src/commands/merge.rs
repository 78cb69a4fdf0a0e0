//! `merge`: reports of shards, joined.

use std::process::ExitCode;

use harness::{
    merge,
    report::{Told, difference, table},
};

use super::catalogue;
use crate::{
    cli::Merge,
    exit::{self, Failure},
    output::show,
};

/// Joins them, tells what they came to, and ends as the joined run would have ended.
pub fn run(options: &Merge) -> Result<ExitCode, Failure> {
    let mut runs = merge::files(&options.reports).map_err(Failure::input)?;
    if options.complete {
        merge::require_all(&mut runs, catalogue(&options.source)?.all());
    }
    let told = Told { runs: &runs, repeat: None };
    for report in &options.report {
        report.write(told).map_err(Failure::lab)?;
    }
    for run in &runs {
        for scenario in &run.scenarios {
            if let Some(text) = difference::explain(scenario, &told.repeat(run, scenario)) {
                show(&format!("{text}\n"))?;
            }
        }
        show(&format!("{}\n", table::summary(run)))?;
    }
    Ok(exit::of(&runs, options.strict))
}
