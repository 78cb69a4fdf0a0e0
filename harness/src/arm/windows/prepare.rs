//! This machine made ready: read, its journal begun, its distro furnished.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use tokio::sync::Semaphore;

use super::{
    Order, RealWindows,
    addresses::addresses,
    bundle::Bundle,
    clean,
    distro::distro,
    image::Image,
    journal::{self, Entry, Journal},
    lab::Lab,
    machine,
};
use crate::{arm::ArmError, machine_report::MachineReport};

impl RealWindows {
    /// Reads this machine, and makes a distro ready.
    ///
    /// # Errors
    /// Without consent, after a run that was killed, and when there is no distro to be had.
    pub async fn prepare(
        program: PathBuf,
        order: Order,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<RealWindows, ArmError> {
        if !order.consent {
            return Err(ArmError::Refused {
                operation: "run on this machine".to_owned(),
                reason: "scenarios change it: rules of portproxy and of the firewall, .wslconfig, \
                         the proxy, the service iphlpsvc; and they shut WSL down"
                    .to_owned(),
                hint: Some(
                    "allow it by --yes-change-this-machine; all of it is put back".to_owned(),
                ),
            });
        }
        let io = |operation| move |source| ArmError::Io { operation, source };
        let bundle = Bundle::open(&order.bundle).map_err(io("open the bundle"))?;
        let directory = clean::directory().map_err(io("find the cache"))?;
        if journal::exists(&directory) {
            return Err(ArmError::Refused {
                operation: "begin a journal".to_owned(),
                reason: format!("another run has one in {}", directory.display()),
                hint: Some("if none is going on, one was killed: `cargo xtask clean`".to_owned()),
            });
        }
        let machine = machine::read().await?;
        let before = Image::read().await?;
        let journal = Journal::begin(&directory).map_err(io("begin the journal"))?;
        let made = RealWindows::begin(program, order, bundle, machine, before, journal, say).await;
        if made.is_err() {
            // What was begun is in the journal. The first error tells more than one of tidying.
            if let Err(error) = clean::clean().await {
                say(&format!("not put back: {error}"));
            }
        }
        made
    }

    async fn begin(
        program: PathBuf,
        order: Order,
        bundle: Bundle,
        mut machine: MachineReport,
        before: Image,
        journal: Journal,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<RealWindows, ArmError> {
        let io = |operation| move |source| ArmError::Io { operation, source };
        let directory = clean::directory().map_err(io("find the cache"))?;
        journal.write(&Entry::Before(Box::new(before.clone()))).map_err(io("write the journal"))?;
        let (guest, imported) = distro(&order, &directory, &machine, &journal, say).await?;
        say("furnishing the distro");
        guest.furnish(&bundle).await?;
        let mode = guest.shell("wslinfo --networking-mode 2>/dev/null || true").await?;
        machine.networking_mode = Some(mode.trim().to_owned()).filter(|mode| !mode.is_empty());
        let has = guest.has().await?;
        let addresses = addresses(&guest).await?;
        Ok(RealWindows {
            program,
            order,
            machine,
            guest,
            has,
            imported,
            addresses,
            before,
            journal: Mutex::new(Some(journal)),
            turn: Arc::new(Semaphore::new(1)),
            lab: Mutex::new(Lab::unknown()),
            settled: Mutex::default(),
        })
    }
}
