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
    agent::{
        client::{AgentClient, Asks},
        protocol::Request,
    },
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

/// A node that has booted, what its agent asks, and how long it took.
type Booted = (Container, Asks, Duration);

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
        let (trial, _, _) = docker.node(Node::Windows, "trial".to_owned(), None).await?;
        docker.engine.remove(&trial.id).await?;
        Ok(docker)
    }

    /// What the image has, by Debian's names of packages.
    pub fn packages(&self) -> &BTreeSet<String> {
        &self.packages
    }

    pub(super) async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
        let clock = Instant::now();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = |node: Node| format!("{number}-{node}");
        // The others share its volume.
        let windows =
            container::start(&self.engine, self.wanted(Node::Windows, name(Node::Windows), None));
        let id = windows.await?;
        let first = clock.elapsed();
        let booted = tokio::try_join!(
            async { Ok((attach::agent(&self.engine, &id, Node::Windows).await?, clock.elapsed())) },
            self.node(Node::Wsl, name(Node::Wsl), Some(&id)),
            self.node(Node::Lan, name(Node::Lan), Some(&id)),
        );
        let ((agent, asks), took, wsl, lan) = match booted {
            Ok((((agent, asks), took), wsl, lan)) => ((agent, asks), took, wsl, lan),
            Err(error) => {
                self.abandon(number).await;
                return Err(error);
            }
        };
        let (wsl, _, wsl_took) = wsl;
        let (lan, _, lan_took) = lan;
        let plugged = tokio::try_join!(
            wsl.agent.order(Request::Plug { address: plan.wsl_address }),
            lan.agent.order(Request::Plug { address: LAN_IP }),
        );
        if let Err(error) = plugged {
            self.abandon(number).await;
            return Err(error.into());
        }
        let nodes = Nodes {
            lab: number,
            windows: agent.clone(),
            asks,
            wsl: wsl.agent.clone(),
            lan: lan.agent.clone(),
            boot: clock.elapsed(),
            node_boot: [(Node::Windows, took), (Node::Wsl, wsl_took), (Node::Lan, lan_took)].into(),
        };
        tracing::debug!(number, ?first, boot = ?nodes.boot, "lab booted");
        let windows = Container { id, agent };
        let lab = Lab { windows, wsl: Some(wsl), lan, boots: 1 };
        self.labs().insert(number, lab);
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
            (lab.windows.id.clone(), format!("{number}-wsl-{}", lab.boots))
        });
        let (windows, name) = found.ok_or(ArmError::Gone)?;
        let (wsl, _, _) = self.node(Node::Wsl, name, Some(&windows)).await?;
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
            let engine = Engine { client: self.engine.client.clone() };
            runtime.spawn(async move { engine.remove(&container.id).await });
        }
    }

    /// Removes what there is of a lab that did not come up.
    async fn abandon(&self, number: u64) {
        for name in [Node::Wsl, Node::Lan, Node::Windows] {
            let _ =
                self.engine.remove(&format!("reachlab-{}-{number}-{name}", self.owner.run)).await;
        }
    }

    async fn node(
        &self,
        node: Node,
        name: String,
        windows: Option<&str>,
    ) -> Result<Booted, ArmError> {
        let clock = Instant::now();
        let id = container::start(&self.engine, self.wanted(node, name, windows)).await?;
        match attach::agent(&self.engine, &id, node).await {
            Ok((agent, asks)) => Ok((Container { id, agent }, asks, clock.elapsed())),
            Err(error) => {
                let _ = self.engine.remove(&id).await;
                Err(error)
            }
        }
    }

    fn wanted<'a>(&'a self, node: Node, name: String, windows: Option<&'a str>) -> Wanted<'a> {
        let image = (self.image.repository.as_str(), self.image.tag.as_str());
        Wanted { owner: &self.owner, image, name, node, windows }
    }

    fn labs(&self) -> MutexGuard<'_, BTreeMap<u64, Lab>> {
        self.labs.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
