//! What a run needs before the first lab: programs on this machine, a supervisor, built services.

use std::{collections::BTreeMap, sync::Arc};

use harness::{
    arm::{Arm, netns::Netns},
    cache::Cache,
    doctor::{self, Id},
    fixture::{Fixtures, GoToolchain},
    scenario::Scenario,
    stock::Stock,
};

use crate::exit::Failure;

/// A machine that is ready to run.
pub struct Ready {
    /// The arm.
    pub arm: Arc<Arm>,
    /// Services and clients.
    pub stock: Arc<Stock>,
    /// What the machine has.
    pub report: doctor::DoctorReport,
    /// The runtime that everything runs on.
    pub runtime: tokio::runtime::Runtime,
}

/// Prepares this machine for these scenarios. Installs what is missing if `install`, where this
/// user may; says what it does on stderr.
pub fn prepare(scenarios: &[&Scenario], install: bool) -> Result<Ready, Failure> {
    let fixtures = Fixtures::load(&Fixtures::default_root()).map_err(Failure::lab)?;
    let needs = doctor::needs(scenarios.iter().copied(), &fixtures).map_err(Failure::lab)?;
    let mut report = doctor::check();
    if install && !report.missing(needs.all()).is_empty() {
        match doctor::install(&report, needs.all(), &mut |line| eprintln!("{line}")) {
            Ok(()) => {}
            // What is still missing is told where it matters: as a skip or a twin.
            Err(error) => eprintln!("not installed: {error}"),
        }
        report = doctor::check();
    }

    // Before any thread: the kernel ties the supervisor's life to the thread that starts it, and
    // this one lives as long as the command.
    let netns = Netns::start().map_err(Failure::lab)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::lab)?;
    let stock = runtime.block_on(stock(&netns, fixtures, report.program(Id::Go)))?;
    Ok(Ready { arm: Arc::new(Arm::Netns(netns)), stock: Arc::new(stock), report, runtime })
}

async fn stock(
    netns: &Netns,
    fixtures: Fixtures,
    go: Option<&std::path::PathBuf>,
) -> Result<Stock, Failure> {
    let cache = Cache::open().map_err(Failure::lab)?;
    let go = go.map(|program| GoToolchain::detect(program, &cache));
    let go = go.transpose().map_err(Failure::lab)?;
    let stock = Stock::plan(fixtures, &cache, go.as_ref()).map_err(Failure::lab)?;
    let unbuilt = stock.unbuilt();
    if !unbuilt.is_empty() {
        eprintln!("building {} (once)", unbuilt.join(", "));
        let writable = vec![cache.dir().display().to_string()];
        let workshop = netns.workshop(writable).await.map_err(Failure::lab)?;
        stock.build(&workshop).await.map_err(Failure::lab)?;
    }
    if let Some(directory) = stock.directory() {
        netns.set_fixtures(directory.to_owned());
    }
    Ok(stock)
}

impl Ready {
    /// The scenarios that this machine cannot run, with the command that would change it.
    pub fn skips(&self, scenarios: &[&Scenario]) -> Result<BTreeMap<String, String>, Failure> {
        let mut skips = BTreeMap::new();
        for scenario in scenarios {
            let needs = doctor::needs([*scenario], self.stock.fixtures()).map_err(Failure::lab)?;
            let missing = self.report.missing(needs.must.iter().copied());
            if !missing.is_empty() {
                let names: Vec<String> =
                    missing.iter().map(|requirement| requirement.id.to_string()).collect();
                let line = self.report.install_line(needs.must).unwrap_or_default();
                skips.insert(scenario.name.clone(), format!("needs {}: {line}", names.join(", ")));
            }
        }
        Ok(skips)
    }
}
