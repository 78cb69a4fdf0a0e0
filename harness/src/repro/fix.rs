//! The search for a cure: remedies of the catalogue and sets of them, each in a fresh lab, the
//! smallest sets first.

use std::{sync::Arc, time::Instant};

use tokio::task::JoinSet;

use super::{
    compare::Comparison,
    remedy::{Candidate, candidates},
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

/// How many remedies are combined.
const MOST: usize = 9;

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
    let aim = aim(comparison, seen);
    let remedies = candidates(catalogue, causes, picture);
    let mut fix = Fix::default();
    for size in 1..=LARGEST {
        let sets: Vec<Vec<Candidate>> = match size {
            1 => remedies.iter().map(|one| vec![one.clone()]).collect(),
            _ => sets(&remedies, size),
        };
        if size > 1 && clock.elapsed() > bench.budget {
            fix.cut_short = !sets.is_empty();
            break;
        }
        let mut running = JoinSet::new();
        for (number, set) in sets.iter().enumerate() {
            let (bench, scenario) = (Arc::clone(bench), scenario.clone());
            let (plan, steps) = (Arc::clone(&aim.plan), steps(set));
            let deadline = clock + bench.budget + bench.budget / 2;
            running.spawn(async move {
                if size > 1 && Instant::now() > deadline {
                    return (number, None);
                }
                (number, Some(try_one(&bench, &scenario, &steps, &plan, Probes::Native).await))
            });
        }
        let mut cures: Vec<(usize, Cured)> = Vec::new();
        while let Some(done) = running.join_next().await {
            let (number, result) = match done {
                Ok(done) => done,
                Err(broken) if broken.is_panic() => {
                    std::panic::resume_unwind(broken.into_panic());
                }
                Err(_) => continue,
            };
            let Some(result) = result else {
                fix.cut_short = true;
                continue;
            };
            fix.tried += 1;
            match judge(&aim, result) {
                Ok(cured) => cures.push((number, cured)),
                Err(why) if size == 1 => {
                    fix.failed.push((remedies[number].clone(), why));
                }
                Err(_) => {}
            }
        }
        // The one that gives up least and leaves most cells good, then the catalogue's first.
        cures.sort_by_key(|(number, cured)| {
            (cured.gives_up.len(), std::cmp::Reverse(cured.good), *number)
        });
        if let Some((number, cured)) = cures.first() {
            let set = &sets[*number];
            let steps = steps(set);
            let all = matrix_plan(picture);
            let cells = try_one(bench, scenario, &steps, &all, bench.probes).await?;
            let gives_up = cured.gives_up.clone();
            fix.cure = Some(Cure { remedies: set.clone(), matrix: matrix(&cells), gives_up });
            break;
        }
    }
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

/// Sets of this size, with one remedy of a cause at most: those of one are alternatives.
fn sets(remedies: &[Candidate], size: usize) -> Vec<Vec<Candidate>> {
    let some = &remedies[..remedies.len().min(MOST)];
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..size {
        let mut larger = Vec::new();
        for set in &sets {
            let start = set.last().map_or(0, |last| last + 1);
            for next in start..some.len() {
                if set.iter().all(|taken| some[*taken].cause != some[next].cause) {
                    let mut set = set.clone();
                    set.push(next);
                    larger.push(set);
                }
            }
        }
        sets = larger;
    }
    sets.into_iter().map(|set| set.into_iter().map(|index| some[index].clone()).collect()).collect()
}

fn steps(set: &[Candidate]) -> Vec<Step> {
    set.iter().flat_map(|remedy| remedy.steps.clone()).collect()
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
    /// How many cells are good.
    good: usize,
    gives_up: Vec<RoutePattern>,
}

/// What it comes to, where it is a cure.
fn judge(aim: &Aim, result: Result<Vec<Cell>, LabError>) -> Result<Cured, Why> {
    let cells = match result {
        Ok(cells) => matrix(&cells),
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default().to_owned();
            return Err(Why::CannotBeDone(line));
        }
    };
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
    let good = cells.values().filter(|outcome| outcome.is_good()).count();
    Ok(Cured { good, gives_up: bad(&aim.odd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_take_one_remedy_of_a_cause() {
        let one = |slug: &str, from: &str| Candidate {
            from: from.to_owned(),
            cause: Cause::from_slug(slug).expect("a cause"),
            steps: Vec::new(),
        };
        let remedies =
            [one("dns", "a"), one("dns", "b"), one("vpn-mtu", "c"), one("vpn-route", "d")];
        let names = |size| {
            let names = |set: Vec<Candidate>| {
                set.into_iter().map(|it| it.from).collect::<Vec<_>>().concat()
            };
            sets(&remedies, size).into_iter().map(names).collect::<Vec<_>>()
        };
        assert_eq!(names(2), ["ac", "ad", "bc", "bd", "cd"]);
        assert_eq!(names(3), ["acd", "bcd"]);
    }
}
