//! Running scenarios: every phase in a lab of its own, as many at once as the machine bears.

use std::{cmp::Reverse, num::NonZeroUsize, sync::Arc, time::Instant};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::{
    arm::{Arm, windows::RealWindows},
    lab::LabError,
    machine_report::RanOn,
    matrix::Probes,
    measure::Slots,
    node::Node,
    phase::{Limits, PhaseRun},
    run_result::{PhaseResult, RunResult, ScenarioResult},
    scenario::{Action, PhaseName, Scenario},
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
    /// Compare with snapshots at all; a measurement has none.
    pub compare: bool,
}

impl Options {
    /// Labs mostly wait for time limits, two seconds each, so many more of them than processors are
    /// worth having: with a dozen for each, twins would wait for labs and not for the processor.
    pub fn default_jobs() -> NonZeroUsize {
        processors().saturating_mul(NonZeroUsize::MIN.saturating_add(31))
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
        slots: Arc::new(Slots::new(processors().get())),
    });
    let mut running = JoinSet::new();
    for (scenario, phase) in longest_first(&scenarios) {
        let work = PhaseRun {
            arm: Arc::clone(&arm),
            stock: Arc::clone(&stock),
            scenario: Arc::clone(&scenarios[scenario]),
            limits: Arc::clone(&limits),
            probes: options.probes,
        };
        running.spawn(async move { (scenario, phase, work.run(phase).await) });
    }

    let mut open: Vec<Open> = scenarios.iter().map(|it| Open::new(it.phases().len())).collect();
    let mut results: Vec<Option<ScenarioResult>> = vec![None; scenarios.len()];
    while let Some(done) = running.join_next().await {
        let (index, phase, result) = match done {
            Ok(done) => done,
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole run is.
            Err(_) => continue,
        };
        let scenario = &scenarios[index];
        let name = scenario.phases()[phase].name.clone();
        let _ = events.send(Event::Phase { scenario: scenario.name.clone(), phase: name });
        open[index].0[phase] = Some(result);
        if let Some(phases) = open[index].take_whole() {
            let result = conclude(&arm, scenario, phases, options);
            let _ = events.send(Event::Scenario(Box::new(result.clone())));
            results[index] = Some(result);
        }
    }
    let names = || scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    let ran_on = |real: &RealWindows| RanOn { machine: real.machine().clone(), scenarios: names() };
    RunResult {
        arm: arm.name().to_owned(),
        wall_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        scenarios: results.into_iter().flatten().collect(),
        machines: arm.real().map(ran_on).into_iter().collect(),
    }
}

/// Every phase of every scenario, as indices. What takes longest to set up first: the last one to
/// start decides when the run ends.
fn longest_first(scenarios: &[Arc<Scenario>]) -> Vec<(usize, usize)> {
    let mut order = Vec::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        for (number, phase) in scenario.phases().iter().enumerate() {
            let steps = phase.groups.iter().copied().flatten().map(|step| match step.action {
                Action::Run(_) => cost(step.on),
                _ => 1,
            });
            let probes = scenario.probes.iter().filter(|probe| probe.runs_in(&phase.name));
            let cost: usize = steps.chain(probes.map(|probe| cost(probe.on))).sum();
            order.push((cost, index, number));
        }
    }
    order.sort_by_key(|(cost, index, phase)| (Reverse(*cost), *index, *phase));
    order.into_iter().map(|(_, index, phase)| (index, phase)).collect()
}

/// What a command costs beside a change that the lab makes itself: on Windows it is mostly the model
/// that answers, elsewhere a program starts, firewalld's or Go's among them.
const fn cost(on: Node) -> usize {
    match on {
        Node::Windows => 1,
        Node::Wsl | Node::Lan => 5,
    }
}

/// The phases of a scenario as they come in.
struct Open(Vec<Option<Result<PhaseResult, LabError>>>);

impl Open {
    fn new(phases: usize) -> Open {
        Open((0..phases).map(|_| None).collect())
    }

    /// All phases, once the last is in.
    fn take_whole(&mut self) -> Option<Vec<Result<PhaseResult, LabError>>> {
        let whole = self.0.iter().all(Option::is_some);
        whole.then(|| std::mem::take(&mut self.0).into_iter().flatten().collect())
    }
}

/// Judges a scenario whose phases have all run.
fn conclude(
    arm: &Arm,
    scenario: &Scenario,
    phases: Vec<Result<PhaseResult, LabError>>,
    options: &Options,
) -> ScenarioResult {
    let mut broken = None;
    let mut results = Vec::new();
    for (phase, result) in scenario.phases().iter().zip(phases) {
        match result {
            Ok(result) => results.push(result),
            Err(error) => {
                broken.get_or_insert_with(|| format!("phase {}: {error}", phase.name));
            }
        }
    }
    if let Some(reason) = broken {
        return ScenarioResult::error(&scenario.name, scenario.cause, reason, results);
    }
    let mut failures = verdict::judge(scenario, &results);
    let text = snapshot::render(scenario, &results);
    if !options.compare {
        return ScenarioResult::judged(&scenario.name, scenario.cause, results, failures);
    }
    // What runs under Wine shows the model, as the Linux arms do.
    let windows = arm.real().filter(|real| !real.machine().wine);
    let file = windows.map_or(snapshot::FILE_NAME, |_| snapshot::WINDOWS_FILE_NAME);
    if let Some(real) = windows
        && !options.accept
        && !scenario.dir.join(file).exists()
    {
        let shown = real.review(&scenario.name, &text);
        return ScenarioResult::unrecorded(
            &scenario.name,
            scenario.cause,
            results,
            failures,
            shown,
        );
    }
    let compared = if !options.accept {
        snapshot::check(&scenario.dir, file, &text)
    } else if failures.is_empty() {
        snapshot::accept(&scenario.dir, file, &text)
    } else {
        // A snapshot records what was seen, never something that does not hold.
        Ok(())
    };
    failures.extend(compared.err().as_ref().map(Into::into));
    ScenarioResult::judged(&scenario.name, scenario.cause, results, failures)
}

/// How many processors this process may use.
pub(crate) fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
