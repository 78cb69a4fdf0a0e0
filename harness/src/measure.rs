//! Measuring a matrix: all cells at once, as far as the processors allow.
//!
//! A probe takes a slot while it works and gives it back when it only waits. So a matrix full of
//! dropped packets takes one time limit, many matrices at once take little more, and no probe
//! starves until its time limit passes, which would look like silence.

use std::{collections::BTreeMap, pin::pin, sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

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
    tool::Tool,
};

/// How long a tool may take on a Linux arm.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// After this long a probe has done its work and waits for the network.
const BUSY: Duration = Duration::from_millis(40);

/// The same where silence is expected: it has connected, or tried to.
const BUSY_THEN_SILENT: Duration = Duration::from_millis(15);

/// How many probes a processor bears at once. A heavy one (ncat) takes 50 ms of it.
pub const SLOTS_PER_PROCESSOR: usize = 8;

/// Measures every cell of a phase; `slots` are shared by all labs of a run.
///
/// # Errors
/// The first cell that could not be measured.
pub async fn measure(
    plan: &MatrixPlan,
    lab: &Lab,
    probes: Probes,
    slots: &Arc<Semaphore>,
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
                slots: Arc::clone(slots),
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
    let mut running = JoinSet::new();
    // Slots are given in turn, so what waits longest starts first: silence, then HTTP, which may be
    // met with silence after it connected, then telnet, which watches for a while.
    rest.sort_by_key(|job| match job.order.tool {
        Tool::Curl | Tool::GoClient => 0,
        Tool::Telnet => 1,
        Tool::Nc | Tool::Ping => 2,
    });
    for job in silent.into_iter().chain(rest) {
        running.spawn(job.run());
    }
    while let Some(done) = running.join_next().await {
        match done {
            Ok(measured) => {
                let (index, cell) = measured?;
                cells[index] = Some(cell);
            }
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole run is.
            Err(_) => {}
        }
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
    slots: Arc<Semaphore>,
    agent: AgentClient,
    route: Route,
    order: ProbeOrder,
}

impl Job {
    async fn run(self) -> Result<(usize, Cell), LabError> {
        let tool = self.order.tool;
        let busy = if likely_silent(self.route) { BUSY_THEN_SILENT } else { BUSY };
        // A closed semaphore would mean that the run is over, and nobody would wait for this.
        let slot = self.slots.acquire_owned().await.ok();
        let mut probing = pin!(self.agent.request(Request::Probe(self.order)));
        let early = timeout(busy, probing.as_mut()).await;
        drop(slot);
        let reply = match early {
            Ok(reply) => reply?,
            Err(_) => probing.await?,
        };
        let Reply::Probed(probed) = reply else {
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
