//! From a report to a lab that fails as it does, and to commands that cure it.
//!
//! ```text
//! facts --picture::draw--> Pictures --build--> Scenarios --see--> matrix --compare--> reported / seen
//!                     |                    |
//!                     '--- candidates -----'--fix--> the smallest set that turns the route green
//! ```
//! [`picture`] is what the report says of the machines; [`mod@build`] turns it into
//! a [`Scenario`] that the ordinary loader accepts. Where the report leaves something open there are
//! several, and [`mod@reading`] takes the one that the labs bear out best. [`mod@see`] boots labs,
//! [`mod@compare`] holds cells against what was reported, [`remedy`] fits the catalogue's remedies to this machine and
//! [`mod@fix`] tries them; [`advice`] is what is known besides, also where no lab can show it. [`mod@keep`] makes a regression test of it, [`mod@tell`] says it all.

pub mod advice;
pub mod build;
pub mod compare;
pub mod fix;
pub mod json;
pub mod keep;
pub mod pairs;
mod promise;
pub mod reading;
pub mod remedy;
pub mod roundtrip;
pub mod score;
pub mod see;
pub mod tally;
pub mod tell;

pub use advice::Advice;
pub use build::build;
pub use compare::{Comparison, compare};
pub use fix::{Fix, find};
pub use see::{Bench, see};

use std::sync::Arc;

use crate::{
    cause::Cause,
    diagnosis::{self, Diagnosis},
    evidence::Evidence,
    lab::LabError,
    picture::{self, Picture},
    scenario::Scenario,
};

/// A report as a lab can have it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the report says of the machines, and what is assumed.
    pub picture: Picture,
    /// The lab for that.
    pub scenario: Scenario,
}

/// What a report comes to before anything is booted.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it points to.
    pub diagnosis: Diagnosis,
    /// The labs that it may mean: first the one that takes it at its word, then those with what the
    /// diagnosis adds where it leaves something open.
    pub readings: Vec<Reading>,
}

/// A reproduction and what cures it.
pub struct Reproduction {
    /// What the report points to.
    pub diagnosis: Diagnosis,
    /// The reading that the labs bore out best.
    pub reading: Reading,
    /// How many readings were tried.
    pub readings: usize,
    /// What the labs showed.
    pub seen: see::SeenBoth,
    /// Cell by cell.
    pub comparison: Comparison,
    /// What was tried, and what it came to.
    pub fix: Fix,
    /// What is known of the first cause beside that.
    pub advice: Advice,
}

/// Why nothing could be reproduced.
#[derive(Debug, thiserror::Error)]
pub enum ReproError {
    /// The report says too little to build a lab from, or is about what no lab has.
    #[error("{why}")]
    Nothing {
        /// Why.
        why: picture::DrawError,
        /// What the report points to all the same.
        diagnosis: Box<Diagnosis>,
    },
    /// The scenario that was made cannot be read, which is a mistake of this program.
    #[error("the scenario made from the report is not sound: {0}")]
    Unsound(String),
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
}

/// Which causes a report is taken to have, in the order of their weight.
pub fn causes(diagnosis: &Diagnosis) -> Vec<Cause> {
    diagnosis.findings.iter().map(|finding| finding.cause).collect()
}

/// Reads a report: what it points to, what it says of the machines, and the labs for that.
///
/// # Errors
/// When there is nothing to build from.
pub fn plan(text: &str) -> Result<Plan, ReproError> {
    let evidence = Evidence::read(text);
    let diagnosis = diagnosis::diagnose(&evidence);
    let causes = causes(&diagnosis);
    let pictures = match reading::pictures(&evidence, &causes) {
        Ok(pictures) => pictures,
        Err(why) => return Err(ReproError::Nothing { why, diagnosis: Box::new(diagnosis) }),
    };
    let first = causes.first().copied();
    let mut readings = Vec::new();
    for picture in pictures {
        let scenario = build(&picture, first)?;
        readings.push(Reading { picture, scenario });
    }
    Ok(Plan { diagnosis, readings })
}

/// Boots the labs of a plan, compares them with the report, and looks for a cure in the one that
/// shows it best.
///
/// # Errors
/// What the lab could not do.
pub async fn reproduce(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    plan: Plan,
) -> Result<Reproduction, ReproError> {
    let Plan { diagnosis, readings } = plan;
    let count = readings.len();
    let reading::Chosen { reading, seen, comparison } = reading::choose(bench, readings).await?;
    let causes = causes(&diagnosis);
    let Reading { picture, scenario } = &reading;
    let fix = if comparison.has_symptom() {
        find(bench, catalogue, picture, &causes, scenario, &comparison, &seen).await?
    } else {
        Fix::default()
    };
    let advice = Advice::of(&diagnosis, catalogue, picture);
    Ok(Reproduction { diagnosis, reading, readings: count, seen, comparison, fix, advice })
}
