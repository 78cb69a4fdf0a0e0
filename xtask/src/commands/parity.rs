//! `parity`: the same scenarios on two arms, cell by cell.

use std::process::ExitCode;

use harness::{
    parity::{self, Reviewed},
    run_result::{RunResult, Verdict},
    runner::Options,
};

use super::{catalogue, directory, running, with_docker};
use crate::{
    cli::{ArmName, Parity, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
};

/// Runs both, and prints what differs.
pub fn run(options: &Parity) -> Result<ExitCode, Failure> {
    let arms = [options.expected, options.observed];
    with_docker::build_if(arms.contains(&ArmName::Docker))?;
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&options.names).map_err(Failure::input)?;
    let reviewed = Reviewed::load(&directory(&options.source))
        .map_err(|error| Failure::input(miette::miette!("{error}")))?;
    let how = Options {
        probes: options.probes.into(),
        jobs: Options::default_jobs(),
        accept: false,
        compare: true,
    };
    let mut runs: Vec<RunResult> = Vec::new();
    for arm in arms {
        eprintln!("{}:", arm.name());
        match running::run(arm, &WindowsOptions::default(), &selected, !options.no_install, &how)? {
            Some(run) => runs.push(run),
            None => return Ok(ExitCode::from(INTERRUPTED)),
        }
    }
    let [first, second] = &runs[..] else { return Ok(ExitCode::from(LAB)) };
    tell(first, second, &reviewed);
    let errors = |run: &RunResult| run.scenarios.iter().any(|it| it.verdict == Verdict::Error);
    Ok(ExitCode::from(if errors(first) || errors(second) {
        LAB
    } else if parity::compare(first, second, &reviewed).holds() {
        OK
    } else {
        FAILED
    }))
}

fn tell(first: &RunResult, second: &RunResult, reviewed: &Reviewed) {
    for run in [first, second] {
        for it in run.scenarios.iter().filter(|it| it.verdict == Verdict::Error) {
            let reason = it.reason.as_deref().unwrap_or_default();
            println!("{} could not be run on {}: {reason}", it.name, run.arm);
        }
    }
    let parity = parity::compare(first, second, reviewed);
    for difference in &parity.differences {
        match &difference.cause {
            Some(cause) => println!("known    {difference}\n         {cause}"),
            None => println!("differs  {difference}"),
        }
    }
    for known in &parity.stale {
        println!(
            "stale    {} {}: {}: no longer differs; take it out of {}",
            known.scenario,
            known.phase,
            known.cell,
            parity::FILE_NAME
        );
    }
    let known = parity.differences.iter().filter(|it| it.cause.is_some()).count();
    println!(
        "{} and {}: {} cells the same way, {} differ, {known} of them known",
        first.arm,
        second.arm,
        parity.cells - parity.differences.len().min(parity.cells),
        parity.differences.len()
    );
}
