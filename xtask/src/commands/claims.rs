//! `claims`

use std::{fs, process::ExitCode};

use harness::{
    claims::{Checked, Filter, Line, State, json, markdown, register, text},
    run_result::{RunResult, Verdict},
    runner::Options,
    scenario::Scenario,
};

use super::{catalogue, running};
use crate::{
    cli::{ArmName, Claims, ListFormat, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
    output::show,
};

/// Lists the article's claims, and looks up in a run what shows them.
pub fn run(options: &Claims) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    let named: Vec<String> = options.scenario.iter().cloned().collect();
    let scenarios = catalogue.select(&named).map_err(Failure::input)?;
    let filter = Filter { numbers: options.numbers.clone(), scenario: options.scenario.clone() };
    let lines = filter.apply(register(&scenarios)).map_err(Failure::input)?;
    for report in &options.report {
        fs::write(&report.path, markdown(&lines))
            .map_err(|error| Failure::lab(format!("{}: {error}", report.path.display())))?;
    }

    let mut run = None;
    if !options.no_run {
        let shown: Vec<&Scenario> = scenarios.into_iter().filter(|it| shows(it, &lines)).collect();
        let how = Options {
            probes: options.probes.into(),
            jobs: options.jobs.unwrap_or_else(Options::default_jobs),
            accept: false,
            compare: true,
        };
        run = match running::run(
            ArmName::Netns,
            &WindowsOptions::default(),
            &shown,
            !options.no_install,
            &how,
        )? {
            Some(run) => Some(run),
            None => return Ok(ExitCode::from(INTERRUPTED)),
        };
    }
    let checked = run.as_ref().map(Checked);
    match options.format {
        ListFormat::Text => show(&text(&lines, checked, !filter.is_open()))?,
        ListFormat::Json => show(&json(&lines, checked).to_string())?,
    }
    Ok(ExitCode::from(run.map_or(OK, |run| verdict(&run, &lines))))
}

fn shows(scenario: &Scenario, lines: &[Line<'_>]) -> bool {
    lines.iter().flat_map(|line| &line.shows).any(|show| show.scenario.name == scenario.name)
}

/// The exit code, the first that applies. What else of a scenario does not hold is not asked here.
fn verdict(run: &RunResult, lines: &[Line<'_>]) -> u8 {
    let checked = Checked(run);
    let mut shows = lines.iter().flat_map(|line| &line.shows);
    let fails = |state: State| matches!(state, State::Fails(_));
    if run.scenarios.iter().any(|scenario| scenario.verdict == Verdict::Error) {
        LAB
    } else if shows.any(|show| show.claim.cells.iter().any(|it| fails(checked.state(show, it)))) {
        FAILED
    } else {
        OK
    }
}
