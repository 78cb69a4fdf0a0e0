//! `parity`: the same scenarios on two arms, cell by cell. An arm is run now, or its report is read.

use std::{path::Path, process::ExitCode};

use harness::{
    parity::{self, Reviewed},
    report::read,
    run_result::{RunResult, Verdict},
    runner::Options,
    scenario::Scenario,
};

use super::{catalogue, directory, running, with_docker};
use crate::{
    cli::{ArmName, Parity, Side, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
};

/// Gets both, and prints what differs.
pub fn run(options: &Parity) -> Result<ExitCode, Failure> {
    let sides = [&options.expected, &options.observed];
    with_docker::build_if(sides.contains(&&Side::Arm(ArmName::Docker)))?;
    let catalogue = catalogue(&options.source)?;
    let mut selected = catalogue.select(&options.names).map_err(Failure::input)?;
    let reviewed = Reviewed::load(&directory(&options.source))
        .map_err(|error| Failure::input(miette::miette!("{error}")))?;
    let mut reports = Vec::new();
    for side in sides {
        let report = match side {
            Side::Arm(_) => None,
            Side::Report(path) => Some(of_one_arm(path)?),
        };
        if let Some(report) = &report {
            selected.retain(|it| has(report, it));
        }
        reports.push(report);
    }
    if selected.is_empty() {
        return Err(Failure::input(miette::miette!("no scenario ran in every report given")));
    }
    let how = Options {
        probes: options.probes.into(),
        jobs: Options::default_jobs(),
        accept: false,
        compare: true,
    };
    let (windows, install) = (WindowsOptions::default(), !options.no_install);
    let mut runs: Vec<RunResult> = Vec::new();
    for (side, report) in sides.into_iter().zip(reports) {
        match (side, report) {
            (_, Some(mut report)) => {
                report.scenarios.retain(|it| selected.iter().any(|other| other.name == it.name));
                runs.push(report);
            }
            (Side::Arm(arm), None) => {
                eprintln!("{}:", arm.name());
                match running::run(*arm, &windows, &selected, install, &how)? {
                    Some(run) => runs.push(run),
                    None => return Ok(ExitCode::from(INTERRUPTED)),
                }
            }
            (Side::Report(_), None) => {}
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

/// The one run in a report.
fn of_one_arm(path: &Path) -> Result<RunResult, Failure> {
    let mut runs = read::file(path).map_err(Failure::input)?;
    match (runs.pop(), runs.is_empty()) {
        (Some(run), true) => Ok(run),
        _ => Err(Failure::input(miette::miette!(
            "{} has results of several arms; compare the report of one",
            path.display()
        ))),
    }
}

/// Whether a report has something of this scenario to compare.
fn has(report: &RunResult, scenario: &Scenario) -> bool {
    let mut all = report.scenarios.iter();
    all.any(|it| it.name == scenario.name && it.verdict != Verdict::Skip)
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
        "{} and {}: {} cells the same way, {} differ, {known} of them known{}",
        first.arm,
        second.arm,
        parity.cells - parity.differences.len().min(parity.cells),
        parity.differences.len(),
        match parity.silent {
            0 => String::new(),
            silent => format!("; {silent} say nothing on one of them"),
        }
    );
}
