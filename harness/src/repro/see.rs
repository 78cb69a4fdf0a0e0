//! Labs booted for a picture, and what is seen in them.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
    time::Duration,
};

use tokio::sync::Semaphore;

use crate::{
    arm::Arm,
    cell::Cell,
    doctor,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    measure::{Slots, measure},
    node::Node,
    outcome::Outcome,
    picture::Picture,
    route::Route,
    scenario::{Plan, Scenario, Step},
    stock::Stock,
    tool::Tool,
};

/// What labs of a reproduction share.
pub struct Bench {
    /// What boots them.
    pub arm: Arc<Arm>,
    /// Services and clients.
    pub stock: Arc<Stock>,
    /// Who measures.
    pub probes: Probes,
    /// When a search for a cure begins no larger sets any more.
    pub budget: Duration,
    /// Labs that boot or take steps.
    pub busy: Arc<Semaphore>,
    /// Probes that work.
    pub slots: Arc<Slots>,
}

impl Bench {
    /// For this machine.
    pub fn new(arm: Arc<Arm>, stock: Arc<Stock>, probes: Probes) -> Bench {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Bench {
            arm,
            stock,
            probes,
            budget: Duration::from_secs(8),
            busy: Arc::new(Semaphore::new(processors + 1)),
            slots: Arc::new(Slots::new(processors)),
        }
    }
}

/// Outcomes by cell.
pub type Matrix = BTreeMap<(Route, Tool), Outcome>;

/// The control and the fault.
#[derive(Clone, Debug, Default)]
pub struct SeenBoth {
    /// A healthy machine with the same server.
    pub healthy: Matrix,
    /// The machine of the report.
    pub fault: Matrix,
    /// The fault's cells, as measured.
    pub cells: Vec<Cell>,
}

/// What a picture's labs measure: the standard matrix, and every route that the report names.
pub fn matrix_plan(picture: &Picture) -> MatrixPlan {
    let mut routes = Route::standard();
    for reported in &picture.reported {
        if !routes.contains(&reported.route) {
            routes.push(reported.route);
        }
    }
    let mut tools = Tool::STANDARD.to_vec();
    if picture.reported.iter().any(|it| it.tool == Some(Tool::GoClient)) {
        tools.push(Tool::GoClient);
    }
    MatrixPlan::chosen(&routes, &tools)
}

/// Control and fault, side by side.
///
/// # Errors
/// What a lab could not do.
pub async fn both(
    bench: &Bench,
    scenario: &Scenario,
    picture: &Picture,
) -> Result<SeenBoth, LabError> {
    both_by(bench, scenario, picture, bench.probes).await
}

/// As [`both`], measured by these.
///
/// # Errors
/// What a lab could not do.
pub async fn both_by(
    bench: &Bench,
    scenario: &Scenario,
    picture: &Picture,
    probes: Probes,
) -> Result<SeenBoth, LabError> {
    let plan = matrix_plan(picture);
    let Plan::Fault { fault, .. } = &scenario.plan else { return Ok(SeenBoth::default()) };
    let groups: [&[Step]; 1] = [fault];
    let healthy = see_by(bench, scenario, &[], &plan, probes);
    let (healthy, fault) = tokio::join!(healthy, see_by(bench, scenario, &groups, &plan, probes));
    let cells = fault?;
    Ok(SeenBoth { healthy: matrix(&healthy?), fault: matrix(&cells), cells })
}

/// A fresh lab, these steps, and the matrix then.
///
/// # Errors
/// What the lab could not do.
pub async fn see(
    bench: &Bench,
    scenario: &Scenario,
    groups: &[&[Step]],
    plan: &MatrixPlan,
) -> Result<Vec<Cell>, LabError> {
    see_by(bench, scenario, groups, plan, bench.probes).await
}

/// As [`see`], measured by these.
///
/// # Errors
/// What the lab could not do.
pub async fn see_by(
    bench: &Bench,
    scenario: &Scenario,
    groups: &[&[Step]],
    plan: &MatrixPlan,
    probes: Probes,
) -> Result<Vec<Cell>, LabError> {
    // The semaphore is never closed.
    let busy = bench.busy.acquire().await.ok();
    let lab = staged(bench, scenario, groups).await?;
    drop(busy);
    measure(plan, &lab, probes, &bench.slots).await
}

/// A fresh lab with these steps taken.
///
/// # Errors
/// What the lab could not do.
pub async fn staged(
    bench: &Bench,
    scenario: &Scenario,
    groups: &[&[Step]],
) -> Result<Lab, LabError> {
    let mut whole = scenario.clone();
    if let Plan::Fault { fault, .. } = &mut whole.plan {
        *fault = groups.concat();
    }
    let extras = doctor::extras(&whole);
    let token = format!("{:016x}", RandomState::new().build_hasher().finish());
    let (arm, stock) = (Arc::clone(&bench.arm), Arc::clone(&bench.stock));
    let lab = Lab::boot(arm, scenario.machine, stock, token, extras).await?;
    let file = format!("{} (made from a report)", scenario.name);
    lab.apply(&scenario.setup, &file).await?;
    if let Some(service) = &scenario.service {
        lab.start_service(Node::Wsl, service).await?;
    }
    for group in groups {
        lab.apply(group, &file).await?;
    }
    Ok(lab)
}

/// Outcomes by cell; where tool and twin both measured, the first counts.
pub fn matrix(cells: &[Cell]) -> Matrix {
    let mut matrix = Matrix::new();
    for cell in cells {
        matrix.entry((cell.route(), cell.tool)).or_insert(cell.outcome);
    }
    matrix
}
