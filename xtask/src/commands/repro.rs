//! `repro`

use std::{
    fs,
    io::{self, Read},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use harness::{
    evidence::input,
    repro::{
        self, Bench, ReproError, Reproduction,
        json::{json, json_without_lab},
        keep::keep,
        score,
        tell::{tell, tell_without_lab},
    },
    runner::{self, Options},
    scenario::{Scenario, to_toml},
};
use tokio::sync::mpsc;

use super::{catalogue, prepare};
use crate::{
    cli::{ArmName, ListFormat, Repro, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, OK},
    output::show,
};

/// Reproduces, and looks for a cure. The exit code says whether the symptom came back.
pub fn run(options: &Repro) -> Result<ExitCode, Failure> {
    if options.score {
        return score(options);
    }
    let text = read(&options.report)?;
    let catalogue = catalogue(&options.source)?;
    let mut planned = match repro::plan(&text) {
        Ok(plan) => plan,
        Err(error @ ReproError::Nothing { .. }) => {
            match options.format {
                ListFormat::Text => show(&tell_without_lab(&error, catalogue.all()))?,
                ListFormat::Json => {
                    show(&format!("{:#}\n", json_without_lab(&error, catalogue.all())))?;
                }
            }
            return Ok(ExitCode::from(FAILED));
        }
        Err(error) => return Err(Failure::lab(error)),
    };
    if options.scenario_only {
        let first = planned.readings.first();
        show(&first.map_or(Ok(String::new()), |it| to_toml(&it.scenario)).map_err(Failure::lab)?)?;
        return Ok(ExitCode::from(OK));
    }
    let scenarios: Vec<Scenario> = planned.readings.iter().map(|it| it.scenario.clone()).collect();
    let ready = prepare::prepare(
        ArmName::Netns,
        &WindowsOptions::default(),
        &scenarios.iter().collect::<Vec<_>>(),
        !options.no_install,
    )?;
    // What this machine cannot show is not tried; the report at its word has to be possible.
    let mut obstacle = None;
    let mut able = Vec::new();
    for reading in planned.readings {
        match ready.obstacle(&reading.scenario).map_err(Failure::lab)? {
            None => able.push(reading),
            Some(reason) => obstacle = obstacle.or(Some(reason)),
        }
    }
    planned.readings = able;
    if let (true, Some(reason)) = (planned.readings.is_empty(), obstacle) {
        return Err(Failure::lab(format!("the reproduction {reason}")));
    }
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let bench = Arc::new(Bench::new(arm, stock, options.probes.into()));
    let made = ready.runtime.block_on(async {
        tokio::select! {
            made = repro::reproduce(&bench, catalogue.all(), planned) => Some(made),
            // Dropping the work takes every lab down.
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    let Some(made) = made else { return Ok(ExitCode::from(INTERRUPTED)) };
    let made = made.map_err(Failure::lab)?;
    match options.format {
        ListFormat::Text => show(&tell(&made))?,
        ListFormat::Json => show(&format!("{:#}\n", json(&made)))?,
    }
    if let Some(dir) = &options.save {
        save(dir, &made, &ready)?;
    }
    Ok(ExitCode::from(if made.comparison.came_back() { OK } else { FAILED }))
}

/// The shares of a directory of reports.
fn score(options: &Repro) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    // Any of its remedies may be tried.
    let ready = prepare::prepare(
        ArmName::Netns,
        &WindowsOptions::default(),
        &catalogue.all().iter().collect::<Vec<_>>(),
        !options.no_install,
    )?;
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let bench = Arc::new(Bench::new(arm, stock, options.probes.into()));
    let known = Arc::new(catalogue.all().to_vec());
    let scored = ready.runtime.block_on(async {
        tokio::select! {
            scored = score::score(&bench, &known, &options.report) => Some(scored),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    let Some(scored) = scored else { return Ok(ExitCode::from(INTERRUPTED)) };
    let scored = scored.map_err(|error| {
        Failure::input(miette::miette!("{}: {error}", options.report.display()))
    })?;
    show(&score::table(&scored))?;
    let holds = score::reproduced(&scored) >= options.least;
    Ok(ExitCode::from(if holds { OK } else { FAILED }))
}

pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::input(miette::miette!("{}: {error}", path.display()))
    };
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let limit = u64::try_from(input::LIMIT).unwrap_or(u64::MAX) + 1;
        io::stdin().take(limit).read_to_end(&mut bytes).map_err(|error| wrong(&error))?;
        bytes
    } else {
        fs::read(path).map_err(|error| wrong(&error))?
    };
    input::decode(&bytes).map_err(|error| wrong(&error))
}

/// Writes the scenario, runs it once and accepts what it shows.
fn save(dir: &Path, made: &Reproduction, ready: &harness::ready::Ready) -> Result<(), Failure> {
    let scenario: Scenario =
        keep(dir, made).map_err(|error| Failure::input(miette::miette!("{error}")))?;
    let options = Options {
        probes: harness::matrix::Probes::Tools,
        jobs: Options::default_jobs(),
        accept: true,
        compare: true,
    };
    let (sender, _events) = mpsc::unbounded_channel();
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let run = runner::run(arm, stock, vec![Arc::new(scenario)], &options, sender);
    let result = ready.runtime.block_on(run);
    for scenario in &result.scenarios {
        for failure in &scenario.failures {
            eprintln!("{failure}");
        }
        if let Some(reason) = &scenario.reason {
            eprintln!("{reason}");
        }
        eprintln!("kept in {}: {}", dir.display(), scenario.verdict.name());
    }
    Ok(())
}
