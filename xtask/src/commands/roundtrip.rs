//! `roundtrip`

use std::{fs, process::ExitCode, sync::Arc, time::Duration};

use super::{catalogue, prepare};
use crate::{
    cli::{ArmName, Roundtrip, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, OK},
    output::show,
};
use harness::{
    repro::{
        Bench,
        pairs::{Dice, choose, compatible, visible},
        roundtrip::{Outcome, all, singles, summary},
    },
    scenario::Scenario,
};

/// How long a search for a cure may begin larger sets.
const BUDGET: Duration = Duration::from_secs(120);

/// Goes round with every fault, and with pairs.
pub fn run(options: &Roundtrip) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&options.names).map_err(Failure::input)?;
    let ready = prepare::prepare(
        ArmName::Netns,
        &WindowsOptions::default(),
        &selected,
        !options.no_install,
    )?;
    let obstacles = ready.obstacles(&selected).map_err(Failure::lab)?;
    let able = |scenario: &&&Scenario| !obstacles.contains_key(&scenario.name);
    let scenarios: Vec<Scenario> = selected.iter().filter(able).map(|it| (*it).clone()).collect();
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let mut bench = Bench::new(arm, stock, options.probes.into());
    // Many trips share the processors, and none is waited for.
    bench.budget = BUDGET;
    let bench = Arc::new(bench);
    let known = Arc::new(catalogue.all().to_vec());
    let outcomes = ready.runtime.block_on(async {
        let work = async {
            let mut trips = singles(&scenarios);
            if options.pairs > 0 {
                let pairs = visible(&bench, &scenarios, compatible(&scenarios)).await;
                let mut dice = Dice::new(options.seed);
                trips.extend(choose(&scenarios, &pairs, options.pairs, &mut dice));
            }
            all(&bench, &known, trips).await
        };
        tokio::select! {
            outcomes = work => Some(outcomes),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    let Some(outcomes) = outcomes else { return Ok(ExitCode::from(INTERRUPTED)) };
    if let Some(dir) = &options.reports {
        let write = |outcome: &Outcome| {
            let name: String = outcome
                .name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect();
            fs::write(dir.join(format!("{name}.md")), &outcome.page)
        };
        let wrote = fs::create_dir_all(dir).and_then(|()| outcomes.iter().try_for_each(write));
        wrote.map_err(|error| Failure::input(miette::miette!("{}: {error}", dir.display())))?;
    }
    let mut text = String::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.holds()) {
        text += &line(outcome);
    }
    for (name, reason) in &obstacles {
        text += &format!("skipped {name}: {reason}\n");
    }
    text += &format!("\n{}", summary(&outcomes));
    show(&text)?;
    let holds = outcomes.iter().all(Outcome::holds);
    Ok(ExitCode::from(if holds { OK } else { FAILED }))
}

fn line(outcome: &Outcome) -> String {
    let names: Vec<&str> = outcome.injected.iter().map(|cause| cause.slug()).collect();
    let found: Vec<String> = outcome
        .found
        .iter()
        .map(|(cause, confidence)| format!("{cause} ({})", confidence.name()))
        .collect();
    let mut text = format!("{}: {}\n", outcome.name, names.join(", "));
    text += &format!("  found   {}\n", found.join(", "));
    if let Some(error) = &outcome.error {
        text += &format!("  error   {}\n", error.lines().next().unwrap_or_default());
    }
    for cell in &outcome.differs {
        text += &format!("  differs {cell}\n");
    }
    if !outcome.cured {
        text += "  no cure\n";
    }
    text
}
