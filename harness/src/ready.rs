//! Making this machine ready to run: programs looked for, a supervisor started, services built.
//! The command line and the tests begin here alike.

#[cfg(target_os = "linux")]
mod netns;
mod windows;

#[cfg(feature = "docker")]
use std::path::PathBuf;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

#[cfg(feature = "docker")]
use crate::arm::docker::Docker;
use crate::{
    arm::{Arm, ArmError},
    cache::CacheError,
    doctor::{self, DoctorReport, GuestNeeds, Id},
    fixture::{FixtureError, Fixtures},
    scenario::Scenario,
    stock::{Stock, StockError},
};

/// Why nothing can be run here.
#[derive(Debug, thiserror::Error)]
pub enum ReadyError {
    /// The lab's supervisor, or its workshop.
    #[error(transparent)]
    Arm(#[from] ArmError),
    /// A service or client.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A build.
    #[error(transparent)]
    Stock(#[from] StockError),
    /// Ctrl-C.
    #[error("interrupted; everything is as it was")]
    Interrupted,
    /// The runtime.
    #[error("cannot start a runtime: {0}")]
    Runtime(std::io::Error),
}

/// A machine that is ready.
pub struct Ready {
    /// What boots the nodes.
    pub arm: Arc<Arm>,
    /// Services and clients.
    pub stock: Arc<Stock>,
    /// What the machine has.
    pub report: DoctorReport,
    /// What everything runs on.
    pub runtime: tokio::runtime::Runtime,
}

impl Ready {
    /// Prepares a container engine instead: the nodes are containers, and what they need is in their
    /// image. `program` becomes their agent.
    ///
    /// # Errors
    /// What the engine lacks or refuses.
    #[cfg(feature = "docker")]
    pub fn prepare_docker(
        program: PathBuf,
        report: DoctorReport,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Ready, ReadyError> {
        let runtime = runtime()?;
        let fixtures = Fixtures::load(&Fixtures::default_root())?;
        let docker = runtime.block_on(Docker::prepare(&program, &fixtures, say))?;
        let stock = Arc::new(Stock::in_image(fixtures));
        Ok(Ready { arm: Arc::new(Arm::Docker(docker)), stock, report, runtime })
    }

    /// Why this machine cannot run a scenario: what is missing, and the command that changes it.
    ///
    /// # Errors
    /// When the scenario names a service that is none.
    pub fn obstacle(&self, scenario: &Scenario) -> Result<Option<String>, ReadyError> {
        if let Some(real) = self.arm.real() {
            let needs = GuestNeeds::of(scenario, self.stock.fixtures())?;
            return Ok(real.obstacle(scenario, &needs));
        }
        let needs = doctor::needs([scenario], self.stock.fixtures())?;
        #[cfg(feature = "docker")]
        if let Arm::Docker(docker) = &*self.arm {
            return Ok(not_in_image(docker, &needs));
        }
        let missing = self.report.missing(needs.must.iter().copied());
        if missing.is_empty() {
            return Ok(None);
        }
        let names: Vec<String> = missing.iter().map(|need| need.id.to_string()).collect();
        let line = self.report.remedy_line(needs.must);
        Ok(Some(format!("needs {}: {line}", names.join(", "))))
    }

    /// The obstacles of several scenarios, by name.
    ///
    /// # Errors
    /// As [`Ready::obstacle`].
    pub fn obstacles(
        &self,
        scenarios: &[&Scenario],
    ) -> Result<BTreeMap<String, String>, ReadyError> {
        let mut obstacles = BTreeMap::new();
        for scenario in scenarios {
            if let Some(reason) = self.obstacle(scenario)? {
                obstacles.insert(scenario.name.clone(), reason);
            }
        }
        Ok(obstacles)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, ReadyError> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(ReadyError::Runtime)
}

/// What a scenario needs and the nodes' image does not have.
#[cfg(feature = "docker")]
fn not_in_image(docker: &Docker, needs: &doctor::Needs) -> Option<String> {
    let packages = needs.must.iter().filter_map(|id| id.requirement().package);
    let names: Vec<&str> = packages.map(|package| package.debian).collect();
    let missing: Vec<&str> =
        names.into_iter().filter(|name| !docker.packages().contains(*name)).collect();
    let text = format!("needs {}, not in fixtures/images/packages", missing.join(", "));
    (!missing.is_empty()).then_some(text)
}

/// Everything that scenarios would like this machine to have.
///
/// # Errors
/// When one names a service that is none.
pub fn wishes(scenarios: &[&Scenario]) -> Result<BTreeSet<Id>, ReadyError> {
    let fixtures = Fixtures::load(&Fixtures::default_root())?;
    Ok(doctor::needs(scenarios.iter().copied(), &fixtures)?.all().collect())
}
