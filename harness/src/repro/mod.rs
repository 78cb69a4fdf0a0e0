//! From a report to a lab that fails as it does, and to commands that cure it.
//!
//! ```text
//! facts --picture::draw--> Picture --build--> Scenario --see--> matrix --compare--> reported / seen
//!                     |                  |
//!                     '-- candidates ----'--fix--> the smallest set that turns the route green
//! ```
//! [`picture`] is what the report says of the machines; [`mod@build`] turns it into
//! a [`Scenario`] that the ordinary loader accepts. [`mod@see`] boots labs, [`mod@compare`] holds
//! cells against what was reported, [`remedy`] fits the catalogue's remedies to this machine and
//! [`mod@fix`] tries them. [`mod@keep`] makes a regression test of it, [`mod@tell`] says it all.

pub mod build;
pub mod compare;
pub mod fix;
pub mod json;
pub mod keep;
pub mod pairs;
mod promise;
pub mod remedy;
pub mod roundtrip;
pub mod see;
pub mod tally;
pub mod tell;

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

/// A reproduction and what cures it.
pub struct Reproduction {
    /// What the report says of the machines.
    pub picture: Picture,
    /// What it points to.
    pub diagnosis: Diagnosis,
    /// The lab built from it.
    pub scenario: Scenario,
    /// What the labs showed.
    pub seen: see::SeenBoth,
    /// Cell by cell.
    pub comparison: Comparison,
    /// What was tried, and what it came to.
    pub fix: Fix,
}

/// Why nothing could be reproduced.
#[derive(Debug, thiserror::Error)]
pub enum ReproError {
    /// The report says too little to build a lab from, or is about what no lab has.
    #[error(transparent)]
    Nothing(#[from] picture::DrawError),
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

/// Reads a report: what it points to, what it says of the machines, and the lab for that.
///
/// # Errors
/// When there is nothing to build from.
pub fn plan(text: &str) -> Result<(Picture, Diagnosis, Scenario), ReproError> {
    let evidence = Evidence::read(text);
    let diagnosis = diagnosis::diagnose(&evidence);
    let mut picture = picture::draw(&evidence)?;
    if let Some(first) = causes(&diagnosis).first() {
        picture.suppose(*first);
    }
    let scenario = build(&picture, causes(&diagnosis).first().copied())?;
    Ok((picture, diagnosis, scenario))
}

/// Boots the lab of a plan, compares it with the report, and looks for a cure.
///
/// # Errors
/// What the lab could not do.
pub async fn reproduce(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    plan: (Picture, Diagnosis, Scenario),
) -> Result<Reproduction, ReproError> {
    let (picture, diagnosis, scenario) = plan;
    let seen = see::both(bench, &scenario, &picture).await?;
    let comparison = compare(&picture, &seen);
    let fix = if comparison.has_symptom() {
        find(bench, catalogue, &picture, &causes(&diagnosis), &scenario, &comparison, &seen).await?
    } else {
        Fix::default()
    };
    Ok(Reproduction { picture, diagnosis, scenario, seen, comparison, fix })
}
