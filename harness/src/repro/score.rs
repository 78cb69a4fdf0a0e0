//! How much of a directory of reports comes back in a lab, and how often a cure is verified.

use std::{fmt::Write as _, fs, path::Path, sync::Arc, time::Instant};

use tokio::{sync::Semaphore, task::JoinSet};

use super::{Bench, ReproError, Reproduction, plan, reproduce};
use crate::{
    diagnosis::{Known, ScoreError, index},
    evidence::input,
    report::columns::align,
    runner,
    scenario::Scenario,
};

/// How many reports are on their way at once, for a processor: they mostly wait for time limits.
const AT_ONCE: usize = 3;

/// What came of a report.
#[derive(Clone, Debug)]
pub struct Scored {
    /// Its file without the suffix.
    pub name: String,
    /// What is known of it.
    pub known: Known,
    /// How it ended.
    pub end: End,
    /// Reported cells that are the same in the lab, of how many.
    pub cells: (usize, usize),
    /// The verified remedies, else what works without any change.
    pub cure: Vec<String>,
    /// Whether there is anything to do in the answer: a cure, or what is known of the cause.
    pub answered: bool,
    /// How long it took, other reports beside it.
    pub seconds: f64,
}

/// How a report ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything that was reported came back.
    Reproduced,
    /// A part of it.
    Partly,
    /// Nothing that fails.
    Not,
    /// No lab could be built from it.
    NoLab,
    /// A lab could not be built.
    Error,
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            End::Reproduced => "reproduced",
            End::Partly => "partly",
            End::Not => "not",
            End::NoLab => "no lab",
            End::Error => "LAB ERROR",
        }
    }
}

/// Reproduces every report of a directory that its `index.json` knows.
///
/// # Errors
/// A file that cannot be read.
pub async fn score(
    bench: &Arc<Bench>,
    catalogue: &Arc<Vec<Scenario>>,
    directory: &Path,
) -> Result<Vec<Scored>, ScoreError> {
    let mut reports = Vec::new();
    for (name, known) in index(directory)? {
        let path = directory.join(format!("{name}.md"));
        let display = path.display().to_string();
        let bytes =
            fs::read(&path).map_err(|error| ScoreError::File { path: display.clone(), error })?;
        let text =
            input::decode(&bytes).map_err(|error| ScoreError::Input { path: display, error })?;
        reports.push((name, known, text));
    }
    let places = Arc::new(Semaphore::new(runner::processors().get() * AT_ONCE));
    let mut running = JoinSet::new();
    for (name, known, text) in reports {
        let (bench, catalogue) = (Arc::clone(bench), Arc::clone(catalogue));
        let places = Arc::clone(&places);
        running.spawn(async move {
            // The semaphore is never closed.
            let _place = places.acquire().await.ok();
            one(&bench, &catalogue, name, known, &text).await
        });
    }
    let mut all = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(done) => all.push(done),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            Err(_) => {}
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

async fn one(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    name: String,
    known: Known,
    text: &str,
) -> Scored {
    let clock = Instant::now();
    let made = match plan(text) {
        Ok(plan) => reproduce(bench, catalogue, plan).await,
        Err(error) => Err(error),
    };
    let mut scored = Scored {
        name,
        known,
        end: End::Error,
        cells: (0, 0),
        cure: Vec::new(),
        answered: false,
        seconds: 0.0,
    };
    match &made {
        Ok(made) => fill(&mut scored, made),
        Err(ReproError::Nothing { diagnosis, .. }) => {
            scored.end = End::NoLab;
            let advice = super::Advice::of(diagnosis, catalogue, &Default::default());
            scored.answered = !advice.steps.is_empty();
        }
        Err(_) => {}
    }
    scored.seconds = clock.elapsed().as_secs_f64();
    scored
}

fn fill(scored: &mut Scored, made: &Reproduction) {
    let comparison = &made.comparison;
    scored.end = match (comparison.came_back(), comparison.has_symptom()) {
        (true, _) => End::Reproduced,
        (_, true) => End::Partly,
        _ => End::Not,
    };
    scored.cells = comparison.share();
    scored.cure = match &made.fix.cure {
        Some(cure) => cure.remedies.iter().map(|it| it.from.clone()).collect(),
        None => comparison.instead.iter().take(1).map(|it| format!("use {}", it.1)).collect(),
    };
    scored.answered = !scored.cure.is_empty() || !made.advice.steps.is_empty();
}

/// How many were reproduced.
pub fn reproduced(all: &[Scored]) -> usize {
    all.iter().filter(|it| it.end == End::Reproduced).count()
}

/// A row a report, and the shares.
pub fn table(all: &[Scored]) -> String {
    let title = ["tier", "report", "cause", "end", "cells", "s", "cure"];
    let mut rows = vec![title.map(str::to_owned).to_vec()];
    for it in all {
        let cure = match (it.cure.is_empty(), it.answered) {
            (false, _) => it.cure.join(" + "),
            (true, true) => "(advice)".to_owned(),
            (true, false) => "-".to_owned(),
        };
        rows.push(vec![
            it.known.tier.clone(),
            it.name.clone(),
            it.known.cause.clone(),
            it.end.name().to_owned(),
            format!("{}/{}", it.cells.0, it.cells.1),
            format!("{:.1}", it.seconds),
            cure,
        ]);
    }
    let mut text = align(&rows);
    let count = |test: &dyn Fn(&Scored) -> bool| all.iter().filter(|it| test(it)).count();
    let _ = writeln!(
        text,
        "\nof {} reports: {} reproduced, {} partly; {} with a verified cure or a way round; {} \
         answered; {} lab errors",
        all.len(),
        reproduced(all),
        count(&|it| it.end == End::Partly),
        count(&|it| !it.cure.is_empty()),
        count(&|it| it.answered),
        count(&|it| it.end == End::Error),
    );
    text
}
