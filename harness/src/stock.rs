//! The stock: services and clients, built where they have to be, as a lab's nodes find them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    agent::{
        client::{AgentClient, CallError},
        protocol::{Output, Request, ServiceOrder},
    },
    arm::windows::bundle,
    cache::Cache,
    fixture::{
        BuildPlan, FixtureError, Fixtures, GoCache, GoProgram, GoToolchain, go_cache, plan,
        toolchain::typed_environment,
    },
    node::Node,
    paths,
    scenario::Service,
    topology::{Extras, GoSupply, Supplies},
};

/// What programs of scenarios import: a directory of `fixtures/programs`.
pub(crate) const IMPORTS: &str = "imports";

/// Names the built `go-client` to the probes.
const GO_CLIENT: (&str, &str) = ("go-client", "REACHLAB_GO_CLIENT");

/// Why a fixture could not be built.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// It cannot be read or planned.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// The cache cannot be had.
    #[error(transparent)]
    Cache(#[from] crate::cache::CacheError),
    /// The workshop's agent could not do its part.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The compiler said no.
    #[error("cannot build {name}: `{command}` ended with exit code {}:\n{}", output.exit, output.stderr.trim_end())]
    Build {
        /// The fixture.
        name: String,
        /// The compiler's command line.
        command: String,
        /// What it said.
        output: Output,
    },
}

/// Fixtures whose programs are built, or are known not to be.
#[derive(Debug)]
pub struct Stock {
    fixtures: Fixtures,
    plans: BTreeMap<String, BuildPlan>,
    directory: Option<PathBuf>,
    /// The command and the build cache that a guest's `go` begins with, where one is wanted.
    go: Option<(PathBuf, GoCache)>,
    /// Where the programs of nodes that did not get them from here are.
    place: Place,
}

/// Where nodes find the built programs.
#[derive(Debug)]
enum Place {
    /// Built here, and shown to the nodes.
    Built,
    /// Part of the nodes' image.
    #[cfg(feature = "docker")]
    Image,
    /// Handed over with the windows arm: in the guest, and in a directory of Windows.
    Bundle(PathBuf),
}

impl Stock {
    /// Plans the fixtures' programs and what guests with `extras` get. Without a Go toolchain none of
    /// them can be had, and a service that needs one is an error when it is ordered.
    ///
    /// # Errors
    /// A fixture or the cache that cannot be read.
    pub fn plan(
        fixtures: Fixtures,
        cache: &Cache,
        go: Option<&GoToolchain>,
        extras: Extras,
    ) -> Result<Stock, StockError> {
        let mut plans = BTreeMap::new();
        let mut directory = None;
        if let Some(go) = go {
            let services = fixtures.services().filter_map(|service| service.source.clone());
            let programs: Vec<GoProgram> = services.chain(fixtures.clients().cloned()).collect();
            for program in programs {
                let plan = plan(&program, cache, go)?;
                directory = plan.output.parent().map(Path::to_owned);
                plans.insert(program.name, plan);
            }
        }
        let go = match go.filter(|_| extras.go) {
            None => None,
            Some(go) => {
                let build_cache = GoCache::plan(fixtures.program(IMPORTS)?, cache, go)?;
                Some((go.program.clone(), build_cache))
            }
        };
        Ok(Stock { fixtures, plans, directory, go, place: Place::Built })
    }

    /// Fixtures whose programs are in the image of the nodes, each under its name.
    #[cfg(feature = "docker")]
    pub fn in_image(fixtures: Fixtures) -> Stock {
        Stock::elsewhere(fixtures, Place::Image)
    }

    /// Fixtures whose programs were built somewhere else: in the guest they lie in
    /// [`bundle::GUEST_PROGRAMS`], for Windows in this directory.
    pub fn in_bundle(fixtures: Fixtures, windows: PathBuf) -> Stock {
        Stock::elsewhere(fixtures, Place::Bundle(windows))
    }

    fn elsewhere(fixtures: Fixtures, place: Place) -> Stock {
        Stock { fixtures, plans: BTreeMap::new(), directory: None, go: None, place }
    }

    /// The fixtures.
    pub fn fixtures(&self) -> &Fixtures {
        &self.fixtures
    }

    /// What labs get: the directory of the built programs, which nodes see as [`paths::FIXTURES`],
    /// and Go.
    pub fn supplies(&self) -> Supplies {
        let go = self.go.as_ref().map(|(program, cache)| GoSupply {
            program: program.clone(),
            cache: cache.dir.clone(),
        });
        Supplies { fixtures: self.directory.clone(), go }
    }

    /// The programs, by the names of their fixtures.
    pub fn programs(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.plans.iter().map(|(name, plan)| (name.as_str(), plan.output.as_path()))
    }

    /// What is not built yet.
    pub fn unbuilt(&self) -> Vec<&str> {
        let unbuilt = self.plans.values().filter(|plan| !plan.is_built());
        let unbuilt = unbuilt.map(|plan| plan.name.as_str());
        unbuilt.chain(self.unfilled().map(|_| go_cache::NAME)).collect()
    }

    fn unfilled(&self) -> Option<&GoCache> {
        self.go.as_ref().map(|(_, cache)| cache).filter(|cache| !cache.is_filled())
    }

    /// Builds what is missing, in a workshop: what a build leaves when it is killed is gone with
    /// the workshop, and a program appears in the cache whole or not at all.
    ///
    /// # Errors
    /// What the compiler says.
    pub async fn build(&self, workshop: &AgentClient) -> Result<(), StockError> {
        for plan in self.plans.values().filter(|plan| !plan.is_built()) {
            let built = Path::new(paths::WORKSHOP_TMP).join(&plan.name);
            compile(workshop, &plan.name, plan.command(&built), &plan.cwd, &plan.env).await?;
            let from = built.display().to_string();
            let to = plan.output.display().to_string();
            workshop.order(Request::Publish { from, to }).await?;
            plan.prune();
        }
        if let Some(cache) = self.unfilled() {
            cache.create()?;
            let built = Path::new(paths::WORKSHOP_TMP).join(IMPORTS);
            let argv = cache.command(&built);
            compile(workshop, go_cache::NAME, argv, &cache.cwd, &cache.env).await?;
            cache.seal()?;
        }
        Ok(())
    }

    /// What an agent starts to have a service.
    ///
    /// # Errors
    /// When there is no such service, it was not built, or it cannot listen like that.
    pub fn order(
        &self,
        node: Node,
        service: &Service,
        token: &str,
    ) -> Result<ServiceOrder, FixtureError> {
        let fixture = self.fixtures.service(&service.program)?;
        let source = fixture.source.as_ref();
        let program = source.and_then(|source| self.in_node(node, &source.name));
        let mut order = fixture.order(&service.listen, token, program.as_deref())?;
        order.argv.extend(service.args.iter().cloned());
        order.user = service.user.name().to_owned();
        Ok(order)
    }

    /// What the environment of a guest says, beside what WSL injects.
    pub fn guest_environment(&self, extras: Extras) -> BTreeMap<String, String> {
        let mut environment = self.client_environment(Node::Wsl);
        if extras.go {
            environment.extend(typed_environment());
        }
        environment
    }

    /// What a node's environment says about the clients that were built.
    pub fn client_environment(&self, node: Node) -> BTreeMap<String, String> {
        let (name, variable) = GO_CLIENT;
        let path = self.in_node(node, name).map(|path| path.display().to_string());
        path.map(|path| (variable.to_owned(), path)).into_iter().collect()
    }

    fn in_node(&self, node: Node, name: &str) -> Option<PathBuf> {
        match &self.place {
            #[cfg(feature = "docker")]
            Place::Image => Some(Path::new(paths::FIXTURES).join(name)),
            Place::Bundle(windows) => match node {
                Node::Windows => Some(windows.join(format!("{name}.exe"))),
                // Not joined: this may be a Windows, whose paths have other separators.
                Node::Wsl => Some(format!("{}/{name}", bundle::GUEST_PROGRAMS).into()),
                Node::Lan => None,
            },
            Place::Built => {
                let file = self.plans.get(name)?.output.file_name()?;
                Some(Path::new(paths::FIXTURES).join(file))
            }
        }
    }
}

/// Runs the compiler in a workshop, where what it leaves when it is killed is gone with it.
async fn compile(
    workshop: &AgentClient,
    name: &str,
    argv: Vec<String>,
    cwd: &Path,
    env: &BTreeMap<String, String>,
) -> Result<(), StockError> {
    let command = argv.join(" ");
    let cwd = Some(cwd.display().to_string());
    let mut env = env.clone();
    env.insert("TMPDIR".to_owned(), paths::WORKSHOP_TMP.to_owned());
    let output = workshop.run(Request::Exec { argv, cwd, env, limit: None }).await?;
    if output.exit != 0 {
        return Err(StockError::Build { name: name.to_owned(), command, output });
    }
    Ok(())
}
