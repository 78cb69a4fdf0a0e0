//! `rehearse`: the Windows build of this program, under Wine, in labs whose Windows its programs
//! lead to. It proves the Windows code, and nothing about Windows.

mod elevation;
mod ends;
mod parts;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use harness::{
    arm::Arm,
    doctor,
    fixture::Fixtures,
    rehearsal::{
        order::{By, DoorOrder},
        stage::{Props, Stage, find_wine},
    },
    scenario::Scenario,
    stock::Stock,
    topology::Extras,
};

use super::{catalogue, directory, netns, root};
use crate::{
    cli::{ProbesName, Rehearse, Source},
    exit::{Failure, INTERRUPTED},
};
use clap::ValueEnum;

/// The scenarios that the lab began with.
const CARDS: [&str; 5] =
    ["loopback-bind", "firewalld-block", "stale-portproxy", "localhost-ipv6", "autoproxy"];

/// How many labs a processor bears in which a run under Wine mostly waits.
const PER_PROCESSOR: usize = 3;

/// Rehearses.
pub fn run(options: &Rehearse) -> Result<ExitCode, Failure> {
    let Some(wine) = find_wine() else {
        return Err(Failure::lab("Wine is not installed; ci/rehearse installs and builds it all"));
    };
    let source = match options.measure {
        true => Source { scenarios: Some(root().join(super::measure::DIRECTORY)) },
        false => Source { scenarios: options.source.scenarios.clone() },
    };
    let catalogue = catalogue(&source)?;
    let mut names = options.names.clone();
    if names.is_empty() && !options.all && source.scenarios.is_none() {
        names = CARDS.map(str::to_owned).to_vec();
    }
    let selected: Vec<&Scenario> = catalogue.select(&names).map_err(Failure::input)?;
    let built = options.built.clone().unwrap_or_else(|| root().join("target").join("rehearsal"));
    let scenarios = directory(&options.source);
    let questions = root().join(super::measure::DIRECTORY);
    let ready = netns::prepare(&selected, true)?;
    let project = [scenarios, questions, Fixtures::default_root()];
    let props = Props::lay_out(&built, &project).map_err(Failure::lab)?;
    let extras = selected.iter().map(|scenario| doctor::extras(scenario));
    let extras = extras.fold(Extras::default(), |all, one| all | one);
    let jobs = match options.jobs {
        Some(jobs) => jobs.get(),
        None => std::thread::available_parallelism().map_or(1, usize::from) * PER_PROCESSOR,
    };
    let rehearsal = Arc::new(Rehearsal {
        arm: Arc::clone(&ready.arm),
        stock: Arc::clone(&ready.stock),
        props: Arc::new(props),
        wine,
        extras,
        options: options.clone(),
        jobs,
    });
    let ends = [(options.kill, By::Kill), (options.interrupt, By::Interrupt)];
    let end = ends.into_iter().find_map(|(step, by)| Some((step?, by)));
    ready.runtime.block_on(async {
        let work = async {
            match end {
                Some((step, by)) => ends::rehearse(&rehearsal, &selected, by, step).await,
                None => parts::rehearse(&rehearsal, &selected).await,
            }
        };
        tokio::select! {
            code = work => code,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::from(INTERRUPTED)),
        }
    })
}

/// What all labs of a rehearsal share.
struct Rehearsal {
    arm: Arc<Arm>,
    stock: Arc<Stock>,
    props: Arc<Props>,
    wine: PathBuf,
    extras: Extras,
    options: Rehearse,
    /// How many labs there may be at once.
    jobs: usize,
}

impl Rehearsal {
    async fn stage(&self, order: DoorOrder) -> Result<Stage, Failure> {
        let (arm, stock) = (Arc::clone(&self.arm), Arc::clone(&self.stock));
        let (props, wine) = (Arc::clone(&self.props), self.wine.clone());
        let opened = Stage::open(arm, stock, props, wine, self.extras, order);
        opened.await.map_err(Failure::lab)
    }

    fn probes(&self) -> String {
        let probes: ProbesName = self.options.probes;
        probes.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Whether the machine is as it was; tells what is not.
fn is_same(before: &str, after: &str) -> bool {
    let gone = before.lines().filter(|line| !after.lines().any(|it| it == *line));
    let new = after.lines().filter(|line| !before.lines().any(|it| it == *line));
    let told: Vec<String> =
        gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}"))).collect();
    if before != after {
        println!("the stand-in machine is not as it was:\n{}", told.join("\n"));
    }
    before == after
}
