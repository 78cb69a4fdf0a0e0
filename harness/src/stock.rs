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
    cache::Cache,
    fixture::{BuildPlan, FixtureError, Fixtures, GoProgram, GoToolchain, plan},
    paths,
    scenario::Service,
};

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
}

impl Stock {
    /// Plans the fixtures' programs. Without a Go toolchain none of them can be had, and a service
    /// that needs one is an error when it is ordered.
    ///
    /// # Errors
    /// A fixture or the cache that cannot be read.
    pub fn plan(
        fixtures: Fixtures,
        cache: &Cache,
        go: Option<&GoToolchain>,
    ) -> Result<Stock, StockError> {
        let mut plans = BTreeMap::new();
        let mut directory = None;
        if let Some(go) = go {
            let services = fixtures.services().filter_map(|service| service.source());
            let programs: Vec<GoProgram> = services.chain(fixtures.clients().cloned()).collect();
            for program in programs {
                let plan = plan(&program, cache, go)?;
                directory = plan.output.parent().map(Path::to_owned);
                plans.insert(program.name, plan);
            }
        }
        Ok(Stock { fixtures, plans, directory })
    }

    /// The fixtures.
    pub fn fixtures(&self) -> &Fixtures {
        &self.fixtures
    }

    /// The directory of the built programs, which nodes see as [`paths::FIXTURES`].
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The programs that are not built yet.
    pub fn unbuilt(&self) -> Vec<&str> {
        let unbuilt = self.plans.values().filter(|plan| !plan.is_built());
        unbuilt.map(|plan| plan.name.as_str()).collect()
    }

    /// Builds what is missing, in a workshop: what a build leaves when it is killed is gone with
    /// the workshop, and a program appears in the cache whole or not at all.
    ///
    /// # Errors
    /// What the compiler says.
    pub async fn build(&self, workshop: &AgentClient) -> Result<(), StockError> {
        for plan in self.plans.values().filter(|plan| !plan.is_built()) {
            let built = Path::new(paths::WORKSHOP_TMP).join(&plan.name);
            let argv = plan.command(&built);
            let command = argv.join(" ");
            let cwd = Some(plan.cwd.display().to_string());
            let mut env = plan.env.clone();
            env.insert("TMPDIR".to_owned(), paths::WORKSHOP_TMP.to_owned());
            let output = workshop.run(Request::Exec { argv, cwd, env }).await?;
            if output.exit != 0 {
                return Err(StockError::Build { name: plan.name.clone(), command, output });
            }
            let from = built.display().to_string();
            let to = plan.output.display().to_string();
            workshop.order(Request::Publish { from, to }).await?;
            plan.prune();
        }
        Ok(())
    }

    /// What an agent starts to have a service.
    ///
    /// # Errors
    /// When there is no such service, it was not built, or it cannot listen like that.
    pub fn order(&self, service: &Service, token: &str) -> Result<ServiceOrder, FixtureError> {
        let program = self.in_node(&service.program);
        let fixture = self.fixtures.service(&service.program)?;
        let mut order = fixture.order(&service.listen, token, program.as_deref())?;
        order.argv.extend(service.args.iter().cloned());
        Ok(order)
    }

    /// What a node's environment says about the clients that were built.
    pub fn client_environment(&self) -> BTreeMap<String, String> {
        let (name, variable) = GO_CLIENT;
        let path = self.in_node(name).map(|path| path.display().to_string());
        path.map(|path| (variable.to_owned(), path)).into_iter().collect()
    }

    fn in_node(&self, name: &str) -> Option<PathBuf> {
        let file = self.plans.get(name)?.output.file_name()?;
        Some(Path::new(paths::FIXTURES).join(file))
    }
}
