//! Measuring a matrix: all cells at once, as far as the processors allow.
//!
//! Cells that are likely to be met with silence start first, and cost nothing but their time limit
//! from then on; the rest start when the processors have room for this matrix. So a matrix full of
//! dropped packets takes one time limit, and many matrices at once take little more.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::timeout,
};

use crate::{
    agent::{
        client::AgentClient,
        protocol::{ProbeOrder, Reply, Request},
    },
    cell::Cell,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    node::Node,
    route::Route,
    target::Host,
};

/// How long a tool may take on a Linux arm.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// When no cell has ended for this long, the rest wait for their time limit and use no processor.
const QUIET: Duration = Duration::from_millis(60);

/// The processors that labs share: a permit for each that may be busy at once.
pub type Processors = Arc<Semaphore>;

/// A permit to keep processors busy; `None` once the run is over.
pub async fn processor(processors: &Processors) -> Option<OwnedSemaphorePermit> {
    Arc::clone(processors).acquire_owned().await.ok()
}

/// Measures every cell of a phase. `permit` is the one that the phase was brought about with; it is
/// given back, and another one taken for the bulk of the cells.
///
/// # Errors
/// The first cell that could not be measured.
pub async fn measure(
    plan: &MatrixPlan,
    lab: &Lab,
    probes: Probes,
    processors: &Processors,
    permit: Option<OwnedSemaphorePermit>,
) -> Result<Vec<Cell>, LabError> {
    let mut agents = BTreeMap::new();
    for node in Node::ALL {
        agents.insert(node, lab.agent(node).await?);
    }
    // Booting the guest may have started its service.
    lab.settle().await?;
    let own_port = lab.port().await;
    let (mut silent, mut rest) = (Vec::new(), Vec::new());
    for (route, tool) in plan.cells() {
        let host = lab.address(route.to.host).await?;
        let Some(agent) = agents.get(&route.from) else { continue };
        for implementation in probes.implementations() {
            let job = Job {
                index: silent.len() + rest.len(),
                agent: agent.clone(),
                route: *route,
                order: ProbeOrder {
                    to: route.to,
                    tool: *tool,
                    implementation: *implementation,
                    host: host.clone(),
                    port: route.to.port.unwrap_or(own_port),
                    timeout_ms: u64::try_from(TIMEOUT.as_millis()).unwrap_or(u64::MAX),
                    token: lab.token().to_owned(),
                },
            };
            if likely_silent(*route) { silent.push(job) } else { rest.push(job) }
        }
    }

    let mut cells: Vec<Option<Cell>> = vec![None; silent.len() + rest.len()];
    let mut waiting = start(silent);
    drop(permit);
    let mut permit = processor(processors).await;
    let mut running = start(rest);
    while !running.is_empty() {
        match timeout(QUIET, running.join_next()).await {
            Ok(Some(done)) => keep(done, &mut cells)?,
            Ok(None) => break,
            Err(_) => permit = None,
        }
    }
    drop(permit);
    while let Some(done) = waiting.join_next().await {
        keep(done, &mut cells)?;
    }
    Ok(cells.into_iter().flatten().collect())
}

/// Whether a route leads into Windows from another machine, where the default of its firewall is
/// silence. Being wrong costs time and changes no outcome.
fn likely_silent(route: Route) -> bool {
    route.from != Node::Windows
        && matches!(route.to.host, Host::WindowsGateway | Host::WindowsLanIp)
}

struct Job {
    index: usize,
    agent: AgentClient,
    route: Route,
    order: ProbeOrder,
}

type Running = JoinSet<Result<(usize, Cell), LabError>>;

fn start(jobs: Vec<Job>) -> Running {
    let mut running = JoinSet::new();
    for job in jobs {
        running.spawn(job.run());
    }
    running
}

fn keep(
    done: Result<Result<(usize, Cell), LabError>, tokio::task::JoinError>,
    cells: &mut [Option<Cell>],
) -> Result<(), LabError> {
    match done {
        Ok(measured) => {
            let (index, cell) = measured?;
            cells[index] = Some(cell);
        }
        Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
        // Cancelled: the whole run is.
        Err(_) => {}
    }
    Ok(())
}

impl Job {
    async fn run(self) -> Result<(usize, Cell), LabError> {
        let tool = self.order.tool;
        let Reply::Probed(probed) = self.agent.request(Request::Probe(self.order)).await? else {
            return Err(self.agent.out_of_turn("probe").into());
        };
        let cell = Cell {
            from: self.route.from,
            to: self.route.to,
            tool,
            implementation: probed.implementation,
            outcome: probed.outcome,
            via: probed.via,
            exit_code: probed.exit_code,
            errno: probed.errno,
            hangup: probed.hangup,
            ms: probed.ms,
        };
        Ok((self.index, cell))
    }
}
