//! The search for a cure: remedies of the catalogue and sets of them, each in a fresh lab, the
//! smallest sets first, and of one size the most promising.

use std::{sync::Arc, time::Instant};

use tokio::task::JoinSet;

use super::{
    compare::Comparison,
    promise,
    remedy::{Candidate, candidates, on_machine},
    see::{Bench, Matrix, SeenBoth, matrix, matrix_plan, see_by},
};
use crate::{
    cause::Cause,
    cell::Cell,
    lab::LabError,
    matrix::{MatrixPlan, Probes},
    picture::Picture,
    route::{Route, RoutePattern},
    scenario::{Plan, Scenario, Step},
    tool::Tool,
};

/// The largest set that is tried.
const LARGEST: usize = 3;

/// How many sets are tried at once at first, the most promising ones; then twice as many, and so on.
const FIRST: usize = 2;

/// How many at most.
const AT_ONCE: usize = 16;

/// What was tried, and what it came to.
#[derive(Clone, Debug, Default)]
pub struct Fix {
    /// The smallest set that cures, with all cells as they are then.
    pub cure: Option<Cure>,
    /// What looked right and did not work, alone.
    pub failed: Vec<(Candidate, Why)>,
    /// How many labs were tried.
    pub tried: usize,
    /// Whether the search ended because its time was up.
    pub cut_short: bool,
}

/// Remedies that cure.
#[derive(Clone, Debug)]
pub struct Cure {
    /// Them, in the order in which they are applied.
    pub remedies: Vec<Candidate>,
    /// The matrix afterwards.
    pub matrix: Matrix,
    /// What worked on the faulted machine, by its fault alone, and does not any more: no healthy
    /// machine has it.
    pub gives_up: Vec<RoutePattern>,
}

impl Cure {
    /// All steps in order.
    pub fn steps(&self) -> Vec<Step> {
        self.remedies.iter().flat_map(|remedy| remedy.steps.clone()).collect()
    }
}

/// Why something is no cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// These cells stay bad.
    StaysBad(Vec<RoutePattern>),
    /// It cures, and breaks these.
    Breaks(Vec<RoutePattern>),
    /// It cannot be done on this machine.
    CannotBeDone(String),
}

/// The cells that a cure is about: what must become good, and what must stay so.
struct Aim {
    plan: Arc<MatrixPlan>,
    goals: Vec<(Route, Tool)>,
    /// Good now, and on a healthy machine too.
    good: Vec<(Route, Tool)>,
    /// Good now, by the fault alone.
    odd: Vec<(Route, Tool)>,
}

/// Looks for the smallest set of remedies that turns the goals green and breaks nothing.
///
/// # Errors
/// What the last lab, which measures the cure as a whole, could not do.
pub async fn find(
    bench: &Arc<Bench>,
    catalogue: &[Scenario],
    picture: &Picture,
    causes: &[Cause],
    scenario: &Scenario,
    comparison: &Comparison,
    seen: &SeenBoth,
) -> Result<Fix, LabError> {
    let clock = Instant::now();
    let aim = Arc::new(aim(comparison, seen));
    let remedies = candidates(catalogue, causes, picture);
    let all = matrix_plan(picture);
    let steps = |set: &[usize]| on_machine(set.iter().map(|index| &remedies[*index]), picture);
    let mut fix = Fix::default();
    let mut alone: Vec<Option<Why>> = Vec::new();
    for size in 1..=LARGEST {
        let sets = match size {
            1 => (0..remedies.len()).map(|index| vec![index]).collect(),
            _ => promise::sets(&remedies, &alone, size),
        };
        // What fails alone is told, so each is tried; of sets, as many as it takes.
        let mut count = if size == 1 { sets.len() } else { FIRST };
        let mut rest = sets.as_slice();
        let mut cures: Vec<(&[usize], Cured)> = Vec::new();
        while !rest.is_empty() && !cures.iter().any(|(_, cured)| cured.gives_up.is_empty()) {
            if size > 1 && clock.elapsed() > bench.budget {
                fix.cut_short = true;
                break;
            }
            let (now, later) = rest.split_at(count.min(rest.len()));
            (rest, count) = (later, (count * 2).min(AT_ONCE));
            let work = now.iter().map(|set| steps(set));
            let judged = try_all(bench, scenario, &aim, work.collect()).await;
            fix.tried += judged.len();
            for (set, judged) in now.iter().zip(judged) {
                let why = match judged {
                    Ok(cured) => {
                        cures.push((set, cured));
                        None
                    }
                    Err(why) => Some(why),
                };
                if size == 1 {
                    alone.push(why);
                }
            }
        }
        // The one that gives up least, then the most promising.
        cures.sort_by_key(|(_, cured)| cured.gives_up.len());
        for (set, _) in cures {
            let cells = try_one(bench, scenario, &steps(set), &all, bench.probes).await?;
            // By those who measured the fault: the search asks the twins only.
            if let Ok(Cured { gives_up }) = judge(&aim, &cells) {
                let cure = set.iter().map(|index| remedies[*index].clone()).collect();
                fix.cure = Some(Cure { remedies: cure, matrix: matrix(&cells), gives_up });
                break;
            }
        }
        if fix.cure.is_some() || fix.cut_short {
            break;
        }
    }
    let failed = remedies.into_iter().zip(alone);
    fix.failed = failed.filter_map(|(remedy, why)| Some((remedy, why?))).collect();
    fix.failed.sort_by(|a, b| a.0.from.cmp(&b.0.from));
    Ok(fix)
}

fn aim(comparison: &Comparison, seen: &SeenBoth) -> Aim {
    let works = seen.fault.iter().filter(|(_, outcome)| outcome.is_good()).map(|(cell, _)| *cell);
    let healthy = |cell: &(Route, Tool)| seen.healthy.get(cell).is_some_and(|it| it.is_good());
    let (good, odd): (Vec<_>, Vec<_>) = works.partition(healthy);
    let goals = comparison.goals.clone();
    let cells = goals.iter().chain(&good).chain(&odd).copied().collect();
    Aim { plan: Arc::new(MatrixPlan::cells_of(cells)), goals, good, odd }
}

/// Tries them side by side. What they come to is in their order.
async fn try_all(
    bench: &Arc<Bench>,
    scenario: &Scenario,
    aim: &Arc<Aim>,
    sets: Vec<Vec<Step>>,
) -> Vec<Result<Cured, Why>> {
    let mut running = JoinSet::new();
    for (number, steps) in sets.into_iter().enumerate() {
        let (bench, scenario, aim) = (Arc::clone(bench), scenario.clone(), Arc::clone(aim));
        running.spawn(async move {
            let tried = try_one(&bench, &scenario, &steps, &aim.plan, Probes::Native).await;
            let judged = tried.map_err(|error| {
                let text = error.to_string();
                Why::CannotBeDone(text.lines().next().unwrap_or_default().to_owned())
            });
            (number, judged.and_then(|cells| judge(&aim, &cells)))
        });
    }
    let mut judged = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(done) => judged.push(done),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole search is.
            Err(_) => {}
        }
    }
    judged.sort_by_key(|(number, _)| *number);
    judged.into_iter().map(|(_, judged)| judged).collect()
}

async fn try_one(
    bench: &Bench,
    scenario: &Scenario,
    steps: &[Step],
    plan: &MatrixPlan,
    probes: Probes,
) -> Result<Vec<Cell>, LabError> {
    let Plan::Fault { fault, .. } = &scenario.plan else { return Ok(Vec::new()) };
    see_by(bench, scenario, &[fault, steps], plan, probes).await
}

/// What a cure comes to.
struct Cured {
    /// What it gives up.
    gives_up: Vec<RoutePattern>,
}

/// What it comes to, where it is a cure.
fn judge(aim: &Aim, cells: &[Cell]) -> Result<Cured, Why> {
    let cells = matrix(cells);
    let bad = |wanted: &[(Route, Tool)]| {
        let bad = wanted.iter().filter(|cell| !cells.get(cell).is_some_and(|it| it.is_good()));
        let pattern =
            |(route, tool): &(Route, Tool)| RoutePattern { route: *route, tool: Some(*tool) };
        bad.map(pattern).collect::<Vec<_>>()
    };
    let stays_bad = bad(&aim.goals);
    if !stays_bad.is_empty() {
        return Err(Why::StaysBad(stays_bad));
    }
    let breaks = bad(&aim.good);
    if !breaks.is_empty() {
        return Err(Why::Breaks(breaks));
    }
    Ok(Cured { gives_up: bad(&aim.odd) })
}
