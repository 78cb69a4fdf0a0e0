//! Running scenarios: every phase in a lab of its own, as many at once as the machine bears.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    num::NonZeroUsize,
    sync::Arc,
    time::Instant,
};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::{
    arm::Arm,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    measure::{SLOTS_PER_PROCESSOR, measure},
    run_result::{PhaseResult, ProbeResult, RunResult, ScenarioResult},
    scenario::{PhaseName, Scenario},
    snapshot,
    stock::Stock,
    verdict,
};

/// How to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who measures.
    pub probes: Probes,
    /// How many labs may exist at once.
    pub jobs: NonZeroUsize,
    /// Write the snapshots instead of comparing with them.
    pub accept: bool,
}

impl Options {
    /// Labs mostly wait for time limits, so many more of them than processors are worth having.
    pub fn default_jobs() -> NonZeroUsize {
        processors().saturating_mul(NonZeroUsize::MIN.saturating_add(11))
    }
}

/// What happens during a run, for whoever watches.
#[derive(Clone, Debug)]
pub enum Event {
    /// A phase is over.
    Phase {
        /// The scenario.
        scenario: String,
        /// Which phase.
        phase: PhaseName,
    },
    /// A scenario is over.
    Scenario(Box<ScenarioResult>),
}

/// Runs scenarios and judges them. Results are in the order of the scenarios.
pub async fn run(
    arm: Arc<Arm>,
    stock: Arc<Stock>,
    scenarios: Vec<Arc<Scenario>>,
    options: &Options,
    events: mpsc::UnboundedSender<Event>,
) -> RunResult {
    let clock = Instant::now();
    let limits = Arc::new(Limits {
        labs: Semaphore::new(options.jobs.get()),
        busy: Semaphore::new(processors().get() + 1),
        slots: Arc::new(Semaphore::new(processors().get() * SLOTS_PER_PROCESSOR)),
    });
    let mut running = JoinSet::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        let lane = Lane {
            arm: Arc::clone(&arm),
            stock: Arc::clone(&stock),
            scenario: Arc::clone(scenario),
            limits: Arc::clone(&limits),
            options: options.clone(),
            events: events.clone(),
        };
        running.spawn(async move { (index, lane.run().await) });
    }
    let mut results: Vec<Option<ScenarioResult>> = vec![None; scenarios.len()];
    while let Some(done) = running.join_next().await {
        match done {
            Ok((index, result)) => {
                let _ = events.send(Event::Scenario(Box::new(result.clone())));
                results[index] = Some(result);
            }
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            Err(_) => {}
        }
    }
    RunResult {
        arm: arm.name().to_owned(),
        wall_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        scenarios: results.into_iter().flatten().collect(),
    }
}

struct Limits {
    labs: Semaphore,
    /// Labs that boot or take steps.
    busy: Semaphore,
    /// Probes that work.
    slots: Arc<Semaphore>,
}

/// One scenario on its way through its phases.
#[derive(Clone)]
struct Lane {
    arm: Arc<Arm>,
    stock: Arc<Stock>,
    scenario: Arc<Scenario>,
    limits: Arc<Limits>,
    options: Options,
    events: mpsc::UnboundedSender<Event>,
}

impl Lane {
    async fn run(self) -> ScenarioResult {
        let scenario = Arc::clone(&self.scenario);
        let count = scenario.phases().len();
        let mut running = JoinSet::new();
        for index in 0..count {
            let lane = self.clone();
            running.spawn(async move { (index, lane.phase(index).await) });
        }
        let mut phases: Vec<Option<PhaseResult>> = vec![None; count];
        let mut broken = None;
        while let Some(done) = running.join_next().await {
            match done {
                Ok((index, Ok(phase))) => phases[index] = Some(phase),
                Ok((index, Err(error))) => {
                    let name = &scenario.phases()[index].name;
                    broken.get_or_insert_with(|| format!("phase {name}: {error}"));
                }
                Err(panic) if panic.is_panic() => std::panic::resume_unwind(panic.into_panic()),
                Err(_) => {}
            }
        }
        let phases: Vec<PhaseResult> = phases.into_iter().flatten().collect();
        if let Some(reason) = broken {
            return ScenarioResult::error(&scenario.name, scenario.cause, reason, phases);
        }
        let mut failures = verdict::judge(&scenario, &phases);
        let text = snapshot::render(&scenario, &phases);
        let compared = if !self.options.accept {
            snapshot::check(&scenario.dir, snapshot::FILE_NAME, &text)
        } else if failures.is_empty() {
            snapshot::accept(&scenario.dir, snapshot::FILE_NAME, &text)
        } else {
            // A snapshot records what was seen, never something that does not hold.
            Ok(())
        };
        failures.extend(compared.err().as_ref().map(Into::into));
        ScenarioResult::judged(&scenario.name, scenario.cause, phases, failures)
    }

    async fn phase(&self, index: usize) -> Result<PhaseResult, LabError> {
        let scenario = &self.scenario;
        let phases = scenario.phases();
        let phase = &phases[index];
        let file = format!("{}/scenario.toml", scenario.name);
        // A closed semaphore would mean that the run is over; it never is while a lane runs.
        let _lab = self.limits.labs.acquire().await.ok();
        let busy = self.limits.busy.acquire().await.ok();
        let lab = Lab::boot(
            Arc::clone(&self.arm),
            scenario.machine,
            Arc::clone(&self.stock),
            fresh_token(),
        )
        .await?;
        lab.apply(&scenario.setup, &file).await?;
        lab.start_service(crate::node::Node::Wsl, &scenario.service).await?;
        for group in &phase.groups {
            lab.apply(group, &file).await?;
        }
        let mut probes = Vec::new();
        for probe in &scenario.probes {
            if probe.phases.is_empty() || probe.phases.contains(&phase.name) {
                let (_, output) = lab.run(probe.on, &probe.run).await?;
                probes.push(ProbeResult::new(probe, &output));
            }
        }
        let plan = MatrixPlan::of(scenario);
        drop(busy);
        let cells = measure(&plan, &lab, self.options.probes, &self.limits.slots).await?;
        let event = Event::Phase { scenario: scenario.name.clone(), phase: phase.name.clone() };
        let _ = self.events.send(event);
        Ok(PhaseResult {
            name: phase.name.clone(),
            cells,
            probes,
            boot_ms: lab.boot.as_secs_f64() * 1e3,
            log: lab.boot_warnings().await,
        })
    }
}

/// What this run's services answer with, unlike any other server's word.
fn fresh_token() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
