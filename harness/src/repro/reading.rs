//! What a report may mean, and which of it the labs bear out.
//!
//! A report that lists everything has one reading. Others leave open where the server listens, from
//! where something was tried, or the very state that its cause takes; then each way of filling that
//! in is a lab, and the one with most of the reported cells is taken. What is filled in is said.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    Reading, ReproError,
    compare::{Agreement, Comparison, compare},
    see::{self, Bench, SeenBoth},
};
use crate::{
    cause::Cause,
    evidence::Evidence,
    matrix::Probes,
    picture::{self, DrawError, Picture, Unsaid},
};

/// How many causes of a diagnosis may fill in what is open.
const CAUSES: usize = 3;
/// How many readings are tried; more would say what anybody likes to hear.
const MOST: usize = 14;

/// The pictures of a report: as it stands, then with what its causes take.
///
/// # Errors
/// When it says nothing that a lab could have.
pub(super) fn pictures(evidence: &Evidence, causes: &[Cause]) -> Result<Vec<Picture>, DrawError> {
    let first = picture::draw(evidence)?;
    let mut plain = vec![first];
    if plain[0].machines_open {
        plain.push(picture::draw_with(evidence, Unsaid::Other)?);
    }
    let mut all = plain.clone();
    // Where nothing that was tried could bear a cause out, the first one alone is taken at its word.
    let most = if all[0].reported.is_empty() { 1 } else { CAUSES };
    for cause in causes.iter().take(most) {
        all.extend(plain.iter().flat_map(|picture| picture.supposed(*cause)));
    }
    all.truncate(MOST);
    Ok(all)
}

/// A reading, measured.
pub(super) struct Chosen {
    pub reading: Reading,
    pub seen: SeenBoth,
    pub comparison: Comparison,
}

/// How well a lab shows what was reported; more is better.
fn merit(picture: &Picture, comparison: &Comparison) -> (bool, bool, usize, usize) {
    let count = |agreement| comparison.cells.iter().filter(|it| it.agrees == agreement).count();
    let differs = comparison.cells.len() - count(Agreement::Differs);
    // Nothing is reported: then the cause at its word says more than a machine without a fault.
    let supposed = comparison.cells.is_empty() && picture.is_supposed();
    (comparison.came_back(), supposed, differs, count(Agreement::Same))
}

/// Takes the first reading that shows all that was reported, exactly; else the best one.
///
/// # Errors
/// What the lab of the chosen one could not do.
pub(super) async fn choose(
    bench: &Arc<Bench>,
    mut readings: Vec<Reading>,
) -> Result<Chosen, ReproError> {
    let others = readings.split_off(1.min(readings.len()));
    let Some(first) = readings.pop() else {
        return Err(ReproError::Unsound("no reading".to_owned()));
    };
    let measured = async |reading: Reading| -> Result<Chosen, ReproError> {
        let seen = see::both(bench, &reading.scenario, &reading.picture).await?;
        let comparison = compare(&reading.picture, &seen);
        Ok(Chosen { reading, seen, comparison })
    };
    let chosen = measured(first).await?;
    let (same, all) = chosen.comparison.share();
    if others.is_empty() || chosen.comparison.came_back() && same == all {
        return Ok(chosen);
    }
    let mut running = JoinSet::new();
    for (number, reading) in others.iter().cloned().enumerate() {
        let bench = Arc::clone(bench);
        running.spawn(async move {
            let Reading { picture, scenario } = &reading;
            let seen = see::both_by(&bench, scenario, picture, Probes::Native).await.ok()?;
            Some((number, merit(picture, &compare(picture, &seen))))
        });
    }
    let mut best = (merit(&chosen.reading.picture, &chosen.comparison), None);
    let mut tried = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(done) => tried.extend(done),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            Err(_) => {}
        }
    }
    tried.sort_by_key(|(number, _)| *number);
    for (number, merit) in tried {
        if merit > best.0 {
            best = (merit, Some(number));
        }
    }
    match best.1.and_then(|number| others.into_iter().nth(number)) {
        Some(reading) => measured(reading).await,
        None => Ok(chosen),
    }
}
