//! `rehearse`: the Windows build of this program, under Wine, in a lab whose Windows its programs
//! lead to. It proves the Windows code, and nothing about Windows.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use harness::{
    doctor,
    fixture::Fixtures,
    ready::Ready,
    rehearsal::{
        order::DoorOrder,
        stage::{Props, Stage, find_wine},
    },
    report::{Told, read},
    scenario::Scenario,
    topology::Extras,
};

use super::{catalogue, directory, netns, root};
use crate::{
    cli::{ProbesName, Rehearse, Source},
    exit::{FAILED, Failure, INPUT, INTERRUPTED, LAB, OK},
};
use clap::ValueEnum;

/// The scenarios that the lab began with.
const CARDS: [&str; 5] =
    ["loopback-bind", "firewalld-block", "stale-portproxy", "localhost-ipv6", "autoproxy"];

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
    let rehearsal = Rehearsal { ready: &ready, props: &props, wine, extras, options };
    ready.runtime.block_on(async {
        tokio::select! {
            code = async {
                if options.kill.is_some() { rehearsal.kills(&names).await } else { rehearsal.scenarios(&names).await }
            } => code,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::from(INTERRUPTED)),
        }
    })
}

struct Rehearsal<'a> {
    ready: &'a Ready,
    props: &'a Props,
    wine: PathBuf,
    extras: Extras,
    options: &'a Rehearse,
}

impl Rehearsal<'_> {
    async fn stage(&self, order: DoorOrder) -> Result<Stage<'_>, Failure> {
        let opened = Stage::open(self.ready, self.props, self.wine.clone(), self.extras, order);
        opened.await.map_err(Failure::lab)
    }

    fn probes(&self) -> String {
        let probes: ProbesName = self.options.probes;
        probes.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Kills the run at every command that it gives this Windows, cleans up, and compares.
    async fn kills(&self, names: &[String]) -> Result<ExitCode, Failure> {
        let step = usize::try_from(self.options.kill.unwrap_or(1).max(1)).unwrap_or(1);
        let mut killed = 0;
        for at in (1..).step_by(step) {
            for carried_out in [true, false] {
                let stage = self.stage(Stage::killing(0, false)).await?;
                let lived_in = stage.live_in().await;
                lived_in.map_err(Failure::lab)?;
                let before = stage.state().await.map_err(Failure::lab)?;
                stage.door(Stage::killing(at, carried_out)).await.map_err(Failure::lab)?;
                let arguments = stage.scenarios(names, "native");
                let ended = stage.run(&arguments).await.map_err(Failure::lab)?;
                // It came to its end alive. There is no snapshot of such a scenario to agree with.
                if [OK, FAILED].map(i32::from).contains(&ended.exit) {
                    let after = stage.state().await.map_err(Failure::lab)?;
                    if killed == 0 || !is_same(&before, &after) {
                        println!("{}{}", ended.stdout, ended.stderr);
                        return Ok(ExitCode::from(FAILED));
                    }
                    println!("killed {killed} times in {} commands; nothing was left", at - 1);
                    return Ok(ExitCode::from(OK));
                }
                stage.door(Stage::killing(0, false)).await.map_err(Failure::lab)?;
                let cleaned = stage.run(&["clean".to_owned()]).await.map_err(Failure::lab)?;
                let after = stage.state().await.map_err(Failure::lab)?;
                let when = if carried_out { "carried out" } else { "not carried out" };
                if cleaned.exit != 0 || !is_same(&before, &after) {
                    println!("killed at command {at}, {when}:\n{}{}", ended.stdout, ended.stderr);
                    println!("clean:\n{}{}", cleaned.stdout, cleaned.stderr);
                    return Ok(ExitCode::from(FAILED));
                }
                killed += 1;
                println!("killed at command {at}, {when}: {}", told(&cleaned.stdout));
            }
        }
        Ok(ExitCode::from(FAILED))
    }

    async fn scenarios(&self, names: &[String]) -> Result<ExitCode, Failure> {
        let order = DoorOrder {
            tongue: self.options.language,
            elevated: !self.options.not_elevated,
            ..DoorOrder::default()
        };
        let stage = self.stage(order).await?;
        let mut arguments = stage.scenarios(names, &self.probes());
        if self.options.measure {
            "measure".clone_into(&mut arguments[0]);
        }
        let before = stage.state().await.map_err(Failure::lab)?;
        let ended = stage.run(&arguments).await.map_err(Failure::lab)?;
        print!("{}", ended.stdout);
        eprint!("{}", ended.stderr);
        let report = stage.report().await.map_err(Failure::lab)?;
        if !self.options.report.is_empty() {
            let runs = read::parse(Path::new("the report of the rehearsal"), &report);
            let runs = runs.map_err(Failure::lab)?;
            for target in &self.options.report {
                target.write(Told { runs: &runs, repeat: None }).map_err(Failure::lab)?;
            }
        }
        let after = stage.state().await.map_err(Failure::lab)?;
        if !is_same(&before, &after) {
            return Ok(ExitCode::from(FAILED));
        }
        let known = [OK, FAILED, INPUT, LAB].map(i32::from);
        let code = if known.contains(&ended.exit) { ended.exit } else { i32::from(LAB) };
        Ok(ExitCode::from(u8::try_from(code).unwrap_or(LAB)))
    }
}

/// What `clean` put back, on one line.
fn told(cleaned: &str) -> String {
    let lines: Vec<&str> =
        cleaned.lines().map(|line| line.trim_start_matches("put back ")).collect();
    lines.join("; ")
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
