//! A machine made ready for the `netns` arm.

use std::{path::PathBuf, sync::Arc};

use super::{Ready, ReadyError, runtime};
use crate::{
    arm::{Arm, netns::Netns},
    cache::Cache,
    doctor::{self, DoctorReport, Id},
    fixture::{Fixtures, GoToolchain},
    scenario::Scenario,
    stock::Stock,
    topology::Extras,
};

impl Ready {
    /// Prepares this machine for these scenarios. `program` becomes the labs' supervisor and agents
    /// (see [`crate::entry`]); `say` hears what takes long. Call it from a thread that lives as long
    /// as the labs.
    ///
    /// # Errors
    /// What cannot be had.
    pub fn prepare(
        program: PathBuf,
        report: DoctorReport,
        scenarios: &[&Scenario],
        say: &mut dyn FnMut(&str),
    ) -> Result<Ready, ReadyError> {
        let extras = scenarios.iter().map(|scenario| doctor::extras(scenario));
        let extras = extras.fold(Extras::default(), |all, one| all | one);
        let two_users = extras.second_user && report.has(Id::Subids) && report.has(Id::Uidmap);
        // Before any thread: the kernel ties the supervisor's life to the thread that starts it.
        let netns = Netns::start(program, two_users)?;
        let runtime = runtime()?;
        let stock = runtime.block_on(stock(&netns, report.program(Id::Go), extras, say))?;
        Ok(Ready { arm: Arc::new(Arm::Netns(netns)), stock: Arc::new(stock), report, runtime })
    }
}

async fn stock(
    netns: &Netns,
    go: Option<&PathBuf>,
    extras: Extras,
    say: &mut dyn FnMut(&str),
) -> Result<Stock, ReadyError> {
    let cache = Cache::open()?;
    let go = go.map(|program| GoToolchain::detect(program, &cache)).transpose()?;
    let fixtures = Fixtures::load(&Fixtures::default_root())?;
    let stock = Stock::plan(fixtures, &cache, go.as_ref(), extras)?;
    let unbuilt = stock.unbuilt();
    if !unbuilt.is_empty() {
        say(&format!("building {} (once)", unbuilt.join(", ")));
        let workshop = netns.workshop(vec![cache.dir().display().to_string()]).await?;
        stock.build(&workshop).await?;
    }
    netns.set_supplies(stock.supplies());
    Ok(stock)
}
