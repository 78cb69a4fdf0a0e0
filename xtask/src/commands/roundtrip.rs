//! `roundtrip`

use std::{fs, process::ExitCode, sync::Arc, time::Duration};

use super::{catalogue, prepare};
use crate::{
    cli::{ArmName, ListFormat, Roundtrip, WindowsOptions},
    count::Count,
    exit::{FAILED, Failure, INTERRUPTED, OK},
    output::show,
};
use harness::{
    repro::{
        Bench,
        pairs::{Dice, choose, compatible, visible},
        roundtrip::{Outcome, all, singles},
        tally::{Tally, json},
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
                let pairs = compatible(&scenarios);
                let count = Count::new(pairs.len(), "pairs looked at");
                let pairs = visible(&bench, &scenarios, pairs, &|| count.next("")).await;
                let mut dice = Dice::new(options.seed);
                trips.extend(choose(&scenarios, &pairs, options.pairs, &mut dice));
            }
            let count = Count::new(trips.len(), "round trips");
            all(&bench, &known, trips, &|outcome| count.next(&outcome.name)).await
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
    let tally = Tally::of(&outcomes);
    let text = match options.format {
        ListFormat::Text => {
            let broken = outcomes.iter().filter(|outcome| !outcome.holds()).map(line);
            let skipped = obstacles.iter().map(|(name, why)| format!("skipped {name}: {why}\n"));
            format!("{}\n{tally}", broken.chain(skipped).collect::<String>())
        }
        ListFormat::Json => {
            let mut all = json(&outcomes);
            all["seed"] = options.seed.into();
            all["skipped"] = obstacles.iter().map(|(name, why)| [name.as_str(), why]).collect();
            format!("{all:#}\n")
        }
    };
    show(&text)?;
    // Fewer pairs than wanted are no proof of as many.
    let enough = outcomes.iter().filter(|it| it.injected.len() > 1).count() == options.pairs;
    if !enough {
        eprintln!("fewer than {} pairs: no more differ", options.pairs);
    }
    Ok(ExitCode::from(if tally.holds() && enough { OK } else { FAILED }))
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
