//! Measuring a matrix: all cells at once, as far as the processors allow.
//!
//! A probe takes a slot while it works and gives it back when it only waits. So a matrix full of
//! dropped packets takes one time limit, many matrices at once take little more, and no probe
//! starves until its time limit passes, which would look like silence. Probes that are likely to
//! wait have slots of their own: the sooner they start, the sooner a run ends.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

use crate::{
    agent::{
        client::AgentClient,
        protocol::{ProbeOrder, Reply, Request},
    },
    cell::Cell,
    introductions::Introductions,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    node::Node,
    outcome::{Outcome, Via},
    route::Route,
    standstill::Standstill,
    target::Host,
    tool::{Impl, Tool},
};

/// How long a tool may take on a Linux arm.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// The part of its time limit, one in so many, that a probe can lose to a standstill before its
/// silence may be the lab's and not the network's.
const STANDSTILL: u32 = 4;

/// How often a silent cell is measured at most.
const ATTEMPTS: u32 = 3;

/// How many probes of a kind a processor bears at once.
const PER_PROCESSOR: usize = 4;

/// A probe waits, rather than works, when it has taken this many times as long as the fastest of
/// its tool: the others share the processors with it.
const PATIENCE: u32 = 6;

/// What is taken for the fastest while none has ended.
const UNKNOWN: Duration = Duration::from_millis(10);

/// Bounds of how long a probe counts as working.
const WORKING: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(600));

/// What probes of all labs of a run share.
pub struct Slots {
    likely_silent: Semaphore,
    other: Semaphore,
    /// The fastest probe of each tool and implementation, which tells what one costs: 2 ms for
    /// OpenBSD's nc, 50 ms for ncat.
    fastest: Mutex<BTreeMap<(Tool, Impl), Duration>>,
    introductions: Introductions,
}

impl Slots {
    /// For a machine with that many processors.
    pub fn new(processors: usize) -> Slots {
        let slots = processors * PER_PROCESSOR;
        Slots {
            likely_silent: Semaphore::new(slots),
            other: Semaphore::new(slots),
            fastest: Mutex::default(),
            introductions: Introductions::default(),
        }
    }

    /// How long a probe counts as working.
    fn working(&self, kind: (Tool, Impl)) -> Duration {
        let fastest = self.fastest().get(&kind).copied().unwrap_or(UNKNOWN);
        (fastest * PATIENCE).clamp(WORKING.0, WORKING.1)
    }

    fn took(&self, kind: (Tool, Impl), time: Duration) {
        let mut fastest = self.fastest();
        let known = fastest.entry(kind).or_insert(time);
        *known = time.min(*known);
    }

    fn fastest(&self) -> MutexGuard<'_, BTreeMap<(Tool, Impl), Duration>> {
        self.fastest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Measures every cell of a phase. Silence is believed of a lab that went on: cells that met it while
/// the lab stood still are measured again.
///
/// # Errors
/// The first cell that could not be measured.
pub async fn measure(
    plan: &MatrixPlan,
    lab: &Lab,
    probes: Probes,
    slots: &Arc<Slots>,
) -> Result<Vec<Cell>, LabError> {
    let mut agents = BTreeMap::new();
    for node in Node::ALL {
        if node == Node::Lan && !lab.has_lan() {
            continue;
        }
        let agent = lab.agent(node).await?;
        slots.introductions.introduce(&agent).await?;
        agents.insert(node, agent);
    }
    // Booting the guest may have started its service.
    lab.settle().await?;
    let (jobs, absent) = jobs(plan, lab, probes, slots, &agents).await?;

    let own = Standstill::watch();
    // What was before is nobody's silence.
    standstill(&own, &agents).await?;
    let mut cells: Vec<Option<Cell>> = vec![None; jobs.len()];
    let mut open = jobs;
    for again in 0..ATTEMPTS {
        for (index, cell) in run(&open).await? {
            cells[index] = Some(Cell { again, ..cell });
        }
        open.retain(|job| cells[job.index].as_ref().is_some_and(|cell| cell.outcome.is_silence()));
        if open.is_empty() {
            break;
        }
        let still = standstill(&own, &agents).await?;
        tracing::debug!(?still, cells = open.len(), "silence");
        if still < lab.timeout() / STANDSTILL {
            break;
        }
    }
    Ok(cells.into_iter().flatten().chain(absent).collect())
}

/// The probes to make, and the cells of machines that are not there.
async fn jobs(
    plan: &MatrixPlan,
    lab: &Lab,
    probes: Probes,
    slots: &Arc<Slots>,
    agents: &BTreeMap<Node, AgentClient>,
) -> Result<(Vec<Job>, Vec<Cell>), LabError> {
    let own_port = lab.port().await;
    let (mut jobs, mut absent): (Vec<Job>, Vec<Cell>) = Default::default();
    for (route, tool) in plan.cells() {
        let host = lab.address(route.to.host).await?;
        let to_lan = matches!(route.to.host, Host::LanIp | Host::LanName);
        let agent = agents.get(&route.from).filter(|_| lab.has_lan() || !to_lan);
        let Some(agent) = agent else {
            absent.push(not_applicable(*route, *tool));
            continue;
        };
        for implementation in probes.implementations() {
            jobs.push(Job {
                index: jobs.len(),
                slots: Arc::clone(slots),
                agent: agent.clone(),
                route: *route,
                order: ProbeOrder {
                    tool: *tool,
                    implementation: *implementation,
                    host: host.clone(),
                    port: route.to.port.unwrap_or(own_port),
                    timeout_ms: u64::try_from(lab.timeout().as_millis()).unwrap_or(u64::MAX),
                    token: Some(lab.token().to_owned()),
                },
            });
        }
    }
    // Slots are given in turn: telnet, which watches for a while, before what ends at once.
    jobs.sort_by_key(|job| job.order.tool != Tool::Telnet);
    Ok((jobs, absent))
}

/// Makes probes, all at once.
async fn run(jobs: &[Job]) -> Result<Vec<(usize, Cell)>, LabError> {
    let mut running: JoinSet<_> = jobs.iter().cloned().map(Job::run).collect();
    let mut cells = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(measured) => cells.push(measured?),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole run is.
            Err(_) => {}
        }
    }
    Ok(cells)
}

/// The longest that this program or an agent stood still since this was asked last.
async fn standstill(
    own: &Standstill,
    agents: &BTreeMap<Node, AgentClient>,
) -> Result<Duration, LabError> {
    let mut longest = own.longest();
    for agent in agents.values() {
        let Reply::Standstill(ms) = agent.request(Request::Standstill).await? else {
            return Err(agent.out_of_turn("say how long it stood still").into());
        };
        longest = longest.max(Duration::from_millis(ms));
    }
    Ok(longest)
}

/// A cell of a machine that this arm does not have.
fn not_applicable(route: Route, tool: Tool) -> Cell {
    Cell {
        from: route.from,
        to: route.to,
        tool,
        implementation: Impl::Tool,
        outcome: Outcome::NotApplicable,
        via: Via::Direct,
        exit_code: None,
        errno: None,
        hangup: None,
        ms: 0.0,
        again: 0,
    }
}

/// Whether a cell may well be met with silence: into Windows from another machine, which is the
/// default of its firewall, and HTTP to its loopback, where a middleman accepts first. Being wrong
/// costs time and changes no outcome.
fn likely_silent(route: Route, tool: Tool) -> bool {
    match route.to.host {
        Host::WindowsGateway | Host::WindowsLanIp => route.from != Node::Windows,
        Host::Localhost | Host::Loopback4 | Host::Loopback6 => {
            route.from == Node::Windows && tool == Tool::Curl
        }
        Host::WslIp | Host::LanIp | Host::LanName => false,
    }
}

#[derive(Clone)]
struct Job {
    index: usize,
    slots: Arc<Slots>,
    agent: AgentClient,
    route: Route,
    order: ProbeOrder,
}

impl Job {
    async fn run(self) -> Result<(usize, Cell), LabError> {
        let tool = self.order.tool;
        let kind = (tool, self.order.implementation);
        let slots = match likely_silent(self.route, tool) {
            true => &self.slots.likely_silent,
            false => &self.slots.other,
        };
        // The semaphores are never closed.
        let slot = slots.acquire().await.ok();
        let clock = Instant::now();
        let mut probing = pin!(self.agent.request(Request::Probe(self.order)));
        let early = timeout(self.slots.working(kind), probing.as_mut()).await;
        drop(slot);
        let reply = match early {
            Ok(reply) => reply?,
            Err(_) => probing.await?,
        };
        self.slots.took(kind, clock.elapsed());
        let Reply::Probed(probed) = reply else {
            return Err(self.agent.out_of_turn("probe").into());
        };
        let cell = probed.cell(self.route, tool);
        Ok((self.index, cell))
    }
}
