//! The `docker` arm: each node a container, the same agent inside, spoken to over `docker exec`.
//!
//! Containers are started through `testcontainers`; what it does not offer (exec with a stdin,
//! removal side by side, images) goes through bollard, which it is built on.
//!
//! No docker network takes part. A network with the lab's subnet can exist once on an engine, and
//! labs run side by side; a bridge of the engine's puts its own address, routes and filters beside
//! the lab's, and where the host filters bridges, two labs with the same addresses meet in its
//! connection tracking. So a container starts with no network, and the agents lay the cables
//! between them themselves (see [`crate::agent::container`]), as the netns arm does.

mod attach;
mod base;
mod container;
mod engine;
mod image;
mod layer;
mod owner;
mod tar;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use self::{
    container::Wanted,
    engine::{Engine, apart},
    image::Image,
    owner::Owner,
};
use super::{ArmError, Nodes};
use crate::{
    agent::{client::AgentClient, protocol::Request},
    fixture::Fixtures,
    node::Node,
    topology::{LAN_IP, LabPlan},
};

/// An engine with the image of the nodes. Dropping it removes everything that this run made.
pub struct Docker {
    engine: Engine,
    owner: Owner,
    image: Image,
    /// What the image has, by Debian's names.
    packages: BTreeSet<String>,
    next: AtomicU64,
    labs: Mutex<BTreeMap<u64, Lab>>,
}

/// What a running lab is made of.
struct Lab {
    windows: Container,
    wsl: Option<Container>,
    lan: Container,
    /// How often the guest was booted: a part of its container's name.
    boots: u32,
}

struct Container {
    id: String,
    agent: AgentClient,
}

impl Docker {
    /// Finds the engine, removes what killed runs have left, builds the image where it is not
    /// there, and boots one node to see that this engine can. `program` becomes the agent; `say`
    /// hears what takes long.
    ///
    /// # Errors
    /// What the engine lacks or refuses.
    pub async fn prepare(
        program: &Path,
        fixtures: &Fixtures,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Docker, ArmError> {
        let engine = Engine::connect().await?;
        let owner = Owner::this();
        for left in engine.clean(&owner).await? {
            say(&format!("removed {left}, which a killed run left"));
        }
        let image = image::ensure(&engine, &owner, fixtures, program, say).await?;
        let docker = Docker {
            engine,
            owner,
            image,
            packages: image::packages()?,
            next: AtomicU64::default(),
            labs: Mutex::default(),
        };
        docker.try_out().await?;
        Ok(docker)
    }

    /// Boots one node, so that what this engine refuses is told once and at the beginning.
    async fn try_out(&self) -> Result<(), ArmError> {
        let wanted = self.wanted(Node::Windows, "trial", None);
        let container = container::first(&self.engine, &wanted).await?;
        let tried = attach::agent(&self.engine, &container, Node::Windows).await;
        let removed = self.engine.remove(&container).await;
        tried?;
        removed
    }

    /// What the image has, by Debian's names of packages.
    pub fn packages(&self) -> &BTreeSet<String> {
        &self.packages
    }

    pub(super) async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let booted = self.boot_nodes(number, plan).await;
        if booted.is_err() {
            let mine = format!("reachlab-{}_{number}_", self.owner.run);
            for node in Node::ALL {
                let _ = self.engine.remove(&format!("{mine}{node}_1_")).await;
            }
        }
        booted
    }

    async fn boot_nodes(&self, number: u64, plan: &LabPlan) -> Result<Nodes, ArmError> {
        let clock = Instant::now();
        let name = name_of(number, Node::Windows, 1);
        let wanted = self.wanted(Node::Windows, &name, None);
        // Only created: the others share its volume and may then start beside it.
        let id = container::create(&self.engine, &wanted).await?;
        let windows = async {
            container::start(&wanted).await?;
            let (agent, asks) = attach::agent(&self.engine, &id, Node::Windows).await?;
            Ok((agent, asks, clock.elapsed()))
        };
        let ((agent, asks, windows_took), (wsl, wsl_took), (lan, lan_took)) = tokio::try_join!(
            windows,
            self.node(Node::Wsl, number, 1, &id),
            self.node(Node::Lan, number, 1, &id),
        )?;
        tokio::try_join!(
            wsl.agent.order(Request::Plug { address: plan.wsl_address }),
            lan.agent.order(Request::Plug { address: LAN_IP }),
        )?;
        let times = [windows_took, wsl_took, lan_took];
        let nodes = Nodes {
            lab: number,
            windows: agent.clone(),
            asks,
            wsl: wsl.agent.clone(),
            lan: lan.agent.clone(),
            boot: clock.elapsed(),
            node_boot: Node::ALL.into_iter().zip(times).collect(),
        };
        let windows = Container { id, agent };
        self.labs().insert(number, Lab { windows, wsl: Some(wsl), lan, boots: 1 });
        Ok(nodes)
    }

    /// Ends the guest's processes, removes its container, and pulls its cable.
    pub(super) async fn stop_wsl(&self, number: u64) -> Result<(), ArmError> {
        let stopped = self
            .labs()
            .get_mut(&number)
            .and_then(|lab| lab.wsl.take().map(|wsl| (wsl, lab.windows.agent.clone())));
        let Some((wsl, windows)) = stopped else { return Ok(()) };
        wsl.agent.order(Request::KeepDisk).await?;
        self.engine.remove(&wsl.id).await?;
        Ok(windows.order(Request::Unplug).await?)
    }

    pub(super) async fn start_wsl(
        &self,
        number: u64,
        address: Ipv4Addr,
    ) -> Result<AgentClient, ArmError> {
        let found = self.labs().get_mut(&number).map(|lab| {
            lab.boots += 1;
            (lab.windows.id.clone(), lab.boots)
        });
        let (windows, boots) = found.ok_or(ArmError::Gone)?;
        let (wsl, _) = self.node(Node::Wsl, number, boots, &windows).await?;
        let agent = wsl.agent.clone();
        if let Some(lab) = self.labs().get_mut(&number) {
            lab.wsl = Some(wsl);
        }
        agent.order(Request::Plug { address }).await?;
        Ok(agent)
    }

    /// Removes a lab's containers, in the background where there is a runtime; else, or when the
    /// run ends first, the end of this arm does.
    pub(super) fn destroy(&self, number: u64) {
        let Some(lab) = self.labs().remove(&number) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        for container in [Some(lab.windows), lab.wsl, Some(lab.lan)].into_iter().flatten() {
            let engine = self.engine.clone();
            runtime.spawn(async move { engine.remove(&container.id).await });
        }
    }

    /// Boots a node beside windows, which returns with how long it took.
    async fn node(
        &self,
        node: Node,
        lab: u64,
        boots: u32,
        windows: &str,
    ) -> Result<(Container, Duration), ArmError> {
        let clock = Instant::now();
        let name = name_of(lab, node, boots);
        let wanted = self.wanted(node, &name, Some(windows));
        let id = container::create(&self.engine, &wanted).await?;
        let started = async {
            container::start(&wanted).await?;
            attach::agent(&self.engine, &id, node).await
        };
        match started.await {
            Ok((agent, _)) => Ok((Container { id, agent }, clock.elapsed())),
            Err(error) => {
                let _ = self.engine.remove(&id).await;
                Err(error)
            }
        }
    }

    fn wanted<'a>(&'a self, node: Node, name: &'a str, windows: Option<&'a str>) -> Wanted<'a> {
        Wanted { owner: &self.owner, image: &self.image, name, node, windows }
    }

    fn labs(&self) -> MutexGuard<'_, BTreeMap<u64, Lab>> {
        self.labs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a node's container: of a lab, by how often the node was booted.
fn name_of(lab: u64, node: Node, boots: u32) -> String {
    format!("{lab}_{node}_{boots}")
}

impl Drop for Docker {
    fn drop(&mut self) {
        // Also what was on its way when the run was interrupted. A connection of its own, because
        // the runtime of the run may be gone.
        let swept = apart(async {
            let engine = Engine::connect().await?;
            engine.sweep(|labels| labels.get(owner::RUN) == Some(&self.owner.run)).await
        });
        match swept {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "not everything was removed"),
            Err(error) => tracing::warn!(%error, "not everything was removed"),
        }
    }
}

/// Removes what killed runs have left, and nothing else. Returns the names of what was removed.
///
/// # Errors
/// When there is no engine, or it refuses.
pub fn clean() -> Result<Vec<String>, ArmError> {
    let cleaned = apart(async { Engine::connect().await?.clean(&Owner::this()).await });
    cleaned.map_err(|source| ArmError::Io { operation: "start a runtime", source })?
}
