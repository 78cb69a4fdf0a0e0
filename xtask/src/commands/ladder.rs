//! `ladder`

use std::{process::ExitCode, sync::Arc, time::Duration};

use harness::{
    catalogue::Catalogue,
    ladder::{How, Place, Scenarios, Vantage, Walk, climb_in_lab, render, walk},
    node::Node,
    phase,
    scenario::{Phase, PhaseName, Scenario},
    target::{Host, Target},
    tool::Impl,
};

use super::{catalogue, prepare};
use crate::{
    cli::{ArmName, Ladder, ProbesName, WindowsOptions},
    exit::{FAILED, Failure, INTERRUPTED, LAB, OK},
    output::show,
};

/// How long a probe of a real network may take.
const LIMIT: Duration = Duration::from_secs(3);

/// What is climbed to where nothing is named.
const HERE: &str = "localhost:8080";
const IN_LAB: [Host; 2] = [Host::Localhost, Host::WslIp];

/// Climbs, and says what it found.
pub fn run(options: &Ladder) -> Result<ExitCode, Failure> {
    if options.probes == ProbesName::Both {
        let help = "--probes tools, or --probes native";
        return Err(Failure::input(miette::miette!(help = help, "a ladder is climbed once")));
    }
    match &options.scenario {
        Some(name) => in_lab(name, options),
        None => here(options),
    }
}

fn here(options: &Ladder) -> Result<ExitCode, Failure> {
    let place = match &options.places[..] {
        [] => HERE,
        [one] => one,
        [_, second, ..] => {
            let message = miette::miette!(
                help = "name one HOST:PORT; several targets are for a lab: --scenario NAME",
                "`{second}` is one place too many"
            );
            return Err(Failure::input(message));
        }
    };
    if options.phase.is_some() {
        let help = "add --scenario NAME";
        return Err(Failure::input(miette::miette!(help = help, "--phase is a scenario's")));
    }
    let place: Place = place.parse().map_err(Failure::input)?;
    let title = format!("ladder to {}:{}", place.label, place.port);
    let implementation = implementation(options);
    let how = Arc::new(How { implementation, limit: LIMIT, token: None });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::lab)?;
    let walked = runtime.block_on(async {
        let vantage = Arc::new(Vantage::here());
        tokio::select! {
            walked = walk(&vantage, place.each(), &how) => Some(walked),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    // A resolver that is still silent does not keep anybody waiting.
    runtime.shutdown_background();
    let Some(walked) = walked else { return Ok(ExitCode::from(INTERRUPTED)) };
    let walk = walked.map_err(Failure::lab)?;
    let reached = walk.rows.first().is_some_and(harness::ladder::Row::is_reached);
    // A broken catalogue is no reason to leave somebody without an answer about this machine.
    let scenarios = catalogue(&options.source).as_ref().map(names).unwrap_or_default();
    show(&render(&title, &[walk], &scenarios))?;
    Ok(ExitCode::from(if reached { OK } else { FAILED }))
}

fn in_lab(name: &str, options: &Ladder) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&[name.to_owned()]).map_err(Failure::input)?;
    let Some(scenario) = selected.first().copied() else { return Ok(ExitCode::from(OK)) };
    let phases = scenario.phases();
    let phase = phase(scenario, &phases, options.phase.as_deref())?;
    let targets = targets(&options.places)?;

    let ready = prepare::prepare(
        ArmName::Netns,
        &WindowsOptions::default(),
        &selected,
        !options.no_install,
    )?;
    if let Some(reason) = ready.obstacle(scenario).map_err(Failure::lab)? {
        return Err(Failure::lab(format!("{name} {reason}")));
    }
    let walked = ready.runtime.block_on(async {
        let climb = async {
            let lab = phase::stage(ready.arm.clone(), ready.stock.clone(), scenario, phase).await?;
            climb_in_lab(&lab, &targets, implementation(options)).await
        };
        tokio::select! {
            walked = climb => Some(walked),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    let Some(walked) = walked else {
        eprintln!("interrupted; the lab is taken down");
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let walks = match walked {
        Ok(walks) => walks,
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::from(LAB));
        }
    };
    let title = format!("ladder in {name}, phase {}", phase.name);
    show(&render(&title, &walks, &names(&catalogue)))?;
    Ok(ExitCode::from(if reached(&walks) { OK } else { FAILED }))
}

/// Whether every target answers from Windows and from WSL. The LAN is told of and does not count:
/// NAT keeps it out.
fn reached(walks: &[Walk]) -> bool {
    let lan = harness::ladder::From::Node(Node::Lan);
    let mut rows = walks.iter().filter(|walk| walk.from != lan).flat_map(|walk| &walk.rows);
    rows.all(|row| row.is_reached() || (row.place.is_loopback() && !row.place.is_localhost()))
}

pub(super) fn phase<'a>(
    scenario: &Scenario,
    phases: &'a [Phase<'a>],
    wanted: Option<&str>,
) -> Result<&'a Phase<'a>, Failure> {
    let named = |name: &PhaseName| phases.iter().find(|phase| phase.name == *name);
    let found = match wanted {
        // A survey has cases instead of a fault.
        None => named(&PhaseName::Fault).or(phases.first()),
        Some(text) => text.parse().ok().as_ref().and_then(named),
    };
    found.ok_or_else(|| {
        let all: Vec<String> = phases.iter().map(|phase| phase.name.to_string()).collect();
        let help = format!("one of {}", all.join(", "));
        let wanted = wanted.unwrap_or_default();
        Failure::input(miette::miette!(help = help, "{} has no phase `{wanted}`", scenario.name))
    })
}

fn targets(places: &[String]) -> Result<Vec<Target>, Failure> {
    if places.is_empty() {
        return Ok(IN_LAB.map(Target::from).into());
    }
    let parse =
        |text: &String| text.parse().map_err(|error| Failure::input(miette::miette!("{error}")));
    places.iter().map(parse).collect()
}

fn implementation(options: &Ladder) -> Impl {
    match options.probes {
        ProbesName::Native => Impl::Native,
        ProbesName::Tools | ProbesName::Both => Impl::Tool,
    }
}

fn names(catalogue: &Catalogue) -> Scenarios {
    Scenarios::of(catalogue.all())
}
