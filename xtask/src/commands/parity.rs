//! `parity`: the same scenarios on two arms, cell by cell. An arm is run now, or its report is read.
//! Where one of the two is a real Windows, what it shows of the model is recorded.

use std::{path::Path, process::ExitCode};

use harness::{
    catalogue::Catalogue,
    fidelity::{self, Fidelity},
    parity::{self, Reviewed},
    report::read,
    run_result::{RunResult, Verdict},
    runner::Options,
    scenario::Scenario,
};

use super::{catalogue, directory, measure, root, running, with_docker};
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
    record(first, second, options)?;
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

/// Writes what a real Windows shows of the model into the page of a checkout, and says so. Scenarios
/// of somebody else's may have the names of the project's and mean something else: nothing is
/// recorded of those.
fn record(first: &RunResult, second: &RunResult, options: &Parity) -> Result<(), Failure> {
    let Some((model, real)) = Fidelity::recording(first, second) else { return Ok(()) };
    let project = root();
    let own = ["scenarios", measure::DIRECTORY].map(|name| project.join(name));
    let source = directory(&options.source).canonicalize();
    let is_own = own.iter().any(|it| it.canonicalize().ok() == source.as_ref().ok().cloned());
    if !is_own || !project.join(fidelity::PAGE).exists() {
        return Ok(());
    }
    let [scenarios, measurements] = own.map(|it| Catalogue::load(&it).map_err(Failure::input));
    let (scenarios, measurements) = (scenarios?, measurements?);
    let all: Vec<&Scenario> = scenarios.all().iter().chain(measurements.all()).collect();
    let wrong = |error| Failure::input(miette::miette!("{error}"));
    let mut page = Fidelity::load(&project, &all).map_err(wrong)?;
    let changes = page.record(model, real);
    for change in &changes {
        println!("records  {}: {}\n         {}", change.id, change.behaviour, change.windows);
    }
    let rows = match changes.len() {
        0 => "no row changes".to_owned(),
        1 => "1 row changes".to_owned(),
        count => format!("{count} rows change"),
    };
    if options.dry_run || changes.is_empty() {
        println!("{}: {rows}; nothing is written", fidelity::PAGE);
    } else {
        page.save().map_err(wrong)?;
        println!("{}: {rows}; review and commit it", fidelity::PAGE);
    }
    Ok(())
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
