//! The matrix of a phase: which cells it has, and measuring them all at once.

use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};

use tokio::{sync::OwnedSemaphorePermit, task::JoinSet, time::timeout};

use crate::{
    agent::protocol::{ProbeOrder, Reply, Request},
    cell::Cell,
    lab::{Lab, LabError},
    node::Node,
    route::{Route, RoutePattern},
    scenario::{Plan, Restores, Scenario},
    tool::{Impl, Tool},
};

/// How long a tool may take on a Linux arm.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// When no cell has ended for this long, the rest wait for their time limit and use no processor.
const QUIET: Duration = Duration::from_millis(60);

/// Which implementation measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Probes {
    /// Real programs; the twin where one is missing.
    #[default]
    Tools,
    /// The twins.
    Native,
    /// Two cells each, which must agree.
    Both,
}

impl Probes {
    const fn implementations(self) -> &'static [Impl] {
        match self {
            Probes::Tools => &[Impl::Tool],
            Probes::Native => &[Impl::Native],
            Probes::Both => &[Impl::Tool, Impl::Native],
        }
    }
}

/// The cells that every phase of a scenario has.
#[derive(Clone, Debug)]
pub struct MatrixPlan {
    cells: Vec<(Route, Tool)>,
}

impl MatrixPlan {
    /// The standard routes and tools, and what the scenario names beyond them: `go-client`, or a
    /// target with a port.
    pub fn of(scenario: &Scenario) -> MatrixPlan {
        let named = named(scenario);
        let standard = Route::standard();
        let mut tools = Tool::STANDARD.to_vec();
        if named.iter().any(|pattern| pattern.tool == Some(Tool::GoClient)) {
            tools.push(Tool::GoClient);
        }
        let mut extra: Vec<Route> =
            named.iter().map(|pattern| pattern.route).filter(|r| !standard.contains(r)).collect();
        extra.sort();
        extra.dedup();
        let routes = standard.into_iter().chain(extra);
        let cells = routes.flat_map(|r| tools.iter().map(move |tool| (r, *tool))).collect();
        MatrixPlan { cells }
    }

    /// Measures every cell at once; a matrix full of dropped packets takes one time limit. The
    /// permit is given back as soon as what remains only waits.
    ///
    /// # Errors
    /// The first cell that could not be measured.
    pub async fn measure(
        &self,
        lab: &Lab,
        probes: Probes,
        permit: OwnedSemaphorePermit,
    ) -> Result<Vec<Cell>, LabError> {
        let mut agents = BTreeMap::new();
        for node in Node::ALL {
            agents.insert(node, lab.agent(node).await?);
        }
        // Booting the guest may have started its service.
        lab.settle().await?;
        let own_port = lab.port().await;
        let mut running = JoinSet::new();
        let mut cells: Vec<Option<Cell>> = Vec::new();
        for (route, tool) in &self.cells {
            let host = lab.address(route.to.host).await?;
            let Some(agent) = agents.get(&route.from) else { continue };
            for implementation in probes.implementations() {
                let (index, route, tool, implementation) =
                    (cells.len(), *route, *tool, *implementation);
                cells.push(None);
                let order = ProbeOrder {
                    to: route.to,
                    tool,
                    implementation,
                    host: host.clone(),
                    port: route.to.port.unwrap_or(own_port),
                    timeout_ms: u64::try_from(TIMEOUT.as_millis()).unwrap_or(u64::MAX),
                    token: lab.token().to_owned(),
                };
                let agent = agent.clone();
                running.spawn(async move {
                    let reply = agent.request(Request::Probe(order)).await?;
                    let Reply::Probed(probed) = reply else {
                        return Err(agent.out_of_turn("probe").into());
                    };
                    let cell = Cell {
                        from: route.from,
                        to: route.to,
                        tool,
                        implementation: probed.implementation,
                        outcome: probed.outcome,
                        via: probed.via,
                        exit_code: probed.exit_code,
                        errno: probed.errno,
                        hangup: probed.hangup,
                        ms: probed.ms,
                    };
                    Ok::<_, LabError>((index, cell))
                });
            }
        }
        let mut permit = Some(permit);
        loop {
            let next = match &permit {
                Some(_) => match timeout(QUIET, running.join_next()).await {
                    Ok(next) => next,
                    Err(_) => {
                        permit = None;
                        continue;
                    }
                },
                None => running.join_next().await,
            };
            match next {
                None => break,
                Some(Ok(measured)) => {
                    let (index, cell) = measured?;
                    cells[index] = Some(cell);
                }
                Some(Err(broken)) if broken.is_panic() => {
                    std::panic::resume_unwind(broken.into_panic());
                }
                Some(Err(_)) => {}
            }
        }
        Ok(cells.into_iter().flatten().collect())
    }
}

/// Every pattern that a scenario names.
fn named(scenario: &Scenario) -> BTreeSet<RoutePattern> {
    let mut named = BTreeSet::new();
    if let Plan::Fault { remedies, signature, .. } = &scenario.plan {
        named.extend(&signature.breaks);
        named.extend(&signature.keeps);
        for remedy in remedies {
            named.extend(&remedy.costs);
            if let Restores::Routes(routes) = &remedy.restores {
                named.extend(routes);
            }
        }
    }
    for cell in scenario.claims.iter().flat_map(|claim| &claim.cells) {
        named.insert(RoutePattern { route: cell.route, tool: Some(cell.tool) });
    }
    named
}
