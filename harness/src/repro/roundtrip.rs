//! Fault, report, diagnosis, reproduction, cure: the whole way round, for every scenario of the
//! catalogue and for pairs of them.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

use super::{Bench, compare::Agreement, see::staged};
use crate::{
    cause::Cause,
    collect::{Wish, collect_in_lab},
    diagnosis::Confidence,
    matrix::MatrixPlan,
    route::RoutePattern,
    runner,
    scenario::{Plan, Scenario},
};

/// How many trips are on their way at once, for a processor: they mostly wait for time limits.
const AT_ONCE: usize = 12;

/// A lab to go round with.
#[derive(Clone, Debug)]
pub struct Trip {
    /// Which scenarios are in it.
    pub name: String,
    /// The lab.
    pub scenario: Scenario,
    /// What is wrong in it.
    pub injected: Vec<Cause>,
    /// What its reporter complains of.
    pub complaints: Vec<RoutePattern>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The trip.
    pub name: String,
    /// What is wrong in its lab.
    pub injected: Vec<Cause>,
    /// What the diagnosis says of the report.
    pub found: Vec<(Cause, Confidence)>,
    /// Cells of the reproduction that are not as in the faulted lab: cell, reported, seen.
    pub differs: Vec<String>,
    /// How many cells there are.
    pub cells: usize,
    /// Whether a verified fix turned it green.
    pub cured: bool,
    /// What the fix was.
    pub fix: Vec<String>,
    /// Why it ended early.
    pub error: Option<String>,
    /// The report, for who wants to read it.
    pub page: String,
}

impl Outcome {
    /// Injected causes that the diagnosis names.
    pub fn named(&self) -> usize {
        self.injected.iter().filter(|cause| self.found.iter().any(|it| it.0 == **cause)).count()
    }

    /// Causes that it calls certain and that were not injected.
    pub fn wrong(&self) -> Vec<Cause> {
        let certain = self.found.iter().filter(|it| it.1 == Confidence::Certain);
        certain.map(|it| it.0).filter(|cause| !self.injected.contains(cause)).collect()
    }

    /// Whether the reproduction has the same matrix.
    pub fn reproduced(&self) -> bool {
        self.error.is_none() && self.cells > 0 && self.differs.is_empty()
    }

    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.named() == self.injected.len()
            && self.wrong().is_empty()
            && self.reproduced()
            && self.cured
    }
}

/// One trip for each fault of the catalogue.
pub fn singles(catalogue: &[Scenario]) -> Vec<Trip> {
    let trip = |scenario: &Scenario| {
        let Plan::Fault { signature, .. } = &scenario.plan else { return None };
        Some(Trip {
            name: scenario.name.clone(),
            scenario: scenario.clone(),
            injected: vec![scenario.cause],
            complaints: signature.breaks.clone(),
        })
    };
    catalogue.iter().filter_map(trip).collect()
}

/// Goes round.
async fn go(bench: &Arc<Bench>, catalogue: &[Scenario], trip: &Trip) -> Outcome {
    let mut outcome =
        Outcome { name: trip.name.clone(), injected: trip.injected.clone(), ..Outcome::default() };
    if let Err(error) = round(bench, catalogue, trip, &mut outcome).await {
        outcome.error = Some(error);
    }
    outcome
}

/// Goes round with all of them, as many at once as the machine bears. Outcomes are in the order of
/// the trips; `back` hears of each as soon as it is there.
pub async fn all(
    bench: &Arc<Bench>,
    known: &Arc<Vec<Scenario>>,
    trips: Vec<Trip>,
    back: &(dyn Fn(&Outcome) + Sync),
) -> Vec<Outcome> {
    let places = Arc::new(Semaphore::new(runner::processors().get() * AT_ONCE));
    let mut running = JoinSet::new();
    for (number, trip) in trips.into_iter().enumerate() {
        let (bench, known, places) = (Arc::clone(bench), Arc::clone(known), Arc::clone(&places));
        running.spawn(async move {
            // The semaphore is never closed.
            let _place = places.acquire().await.ok();
            (number, go(&bench, &known, &trip).await)
        });
    }
    let mut outcomes = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(done) => {
                back(&done.1);
                outcomes.push(done);
            }
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            Err(_) => {}
        }
    }
    outcomes.sort_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

async fn round(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    trip: &Trip,
    outcome: &mut Outcome,
) -> Result<(), String> {
    outcome.page = page(bench, trip).await?;
    let plan = super::plan(&outcome.page).map_err(|error| error.to_string())?;
    outcome.found = plan.diagnosis.findings.iter().map(|it| (it.cause, it.confidence)).collect();
    let made = super::reproduce(bench, catalogue, plan).await;
    let made = made.map_err(|error| error.to_string())?;
    for cell in made.comparison.cells.iter().filter(|cell| cell.agrees != Agreement::Same) {
        let seen = cell.seen.first().map_or("-".to_owned(), |it| it.1.to_string());
        outcome.differs.push(format!("{}: {} / {seen}", cell.pattern, cell.reported));
    }
    outcome.cells = made.comparison.cells.len();
    outcome.cured = made.fix.cure.is_some();
    if let Some(cure) = made.fix.cure {
        outcome.fix = cure.remedies.into_iter().map(|it| it.from).collect();
    }
    Ok(())
}

/// The report of the faulted lab.
async fn page(bench: &Arc<Bench>, trip: &Trip) -> Result<String, String> {
    let Plan::Fault { fault, .. } = &trip.scenario.plan else {
        return Err("a survey has no fault".to_owned());
    };
    let busy = bench.busy.acquire().await.ok();
    let lab = staged(bench, &trip.scenario, &[fault]).await.map_err(|error| error.to_string())?;
    // Measuring is mostly waiting, and has its own slots.
    drop(busy);
    let port = trip.scenario.service.as_ref().map_or(8080, |service| service.listen.port);
    let wish = Wish { port, complaints: trip.complaints.clone() };
    let plan = MatrixPlan::of(&trip.scenario);
    let page = collect_in_lab(&lab, &wish, &plan, bench.probes, &bench.slots).await;
    page.map(|(_, page)| page).map_err(|error| error.to_string())
}
