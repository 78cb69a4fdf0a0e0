//! The `windows` arm: this machine and its real WSL2.
//!
//! There is one lab, this machine, so phases take turns: each starts with everything as it was found,
//! on Windows and in the lab's own distro. What may change is read first and written to a journal,
//! and only commands whose changes can be taken back are run (`guard.rs`).

mod addresses;
pub mod bundle;
pub mod clean;
mod distro;
mod guard;
mod guest;
mod image;
mod journal;
mod lab;
mod machine;
mod permit;
mod prepare;
mod programs;
mod restore;
mod spawn;

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Semaphore;

use self::{
    guest::Guest,
    image::Image,
    journal::{Entry, Journal},
    lab::Lab,
};
use super::ArmError;
use crate::{agent::protocol::Listener, doctor::GuestHas, machine_report::MachineReport, snapshot};

/// What the arm is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Whether this machine may be changed.
    pub consent: bool,
    /// A distro that is there and is the lab's.
    pub distro: Option<String>,
    /// What a distro is imported from, where none is named.
    pub rootfs: Option<PathBuf>,
    /// Programs built elsewhere, see [`bundle`].
    pub bundle: PathBuf,
    /// A command whose stdin and stdout are an agent on another machine of the LAN.
    pub lan: Option<String>,
    /// Where matrices wait for a review that no snapshot records yet.
    pub review: PathBuf,
}

/// The name of a distro that the lab imports.
const DISTRO: &str = "reachlab";

/// How long a tool may take on Windows, where a refused connect to loopback takes two seconds.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The same in a rehearsal, where programs start under Wine.
const TIMEOUT_REHEARSED: Duration = Duration::from_secs(4);

/// Where things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Windows on the virtual switch.
    pub gateway: IpAddr,
    /// Windows on the LAN.
    pub lan: IpAddr,
}

/// This machine, as the one lab that there can be on it.
pub struct RealWindows {
    program: PathBuf,
    order: Order,
    machine: MachineReport,
    guest: Guest,
    has: GuestHas,
    imported: Option<PathBuf>,
    addresses: Addresses,
    before: Image,
    journal: Mutex<Option<Journal>>,
    turn: Arc<Semaphore>,
    lab: Mutex<Lab>,
    settled: Mutex<Option<Vec<Listener>>>,
}

impl RealWindows {
    /// What machine this is.
    pub fn machine(&self) -> &MachineReport {
        &self.machine
    }

    /// The word for reports. What ran under Wine is never called Windows.
    pub fn label(&self) -> &'static str {
        if self.machine.wine { "wine-rehearsal" } else { "windows" }
    }

    /// Keeps a matrix that is not recorded yet, and says where.
    pub fn review(&self, scenario: &str, text: &str) -> String {
        let path = self.order.review.join(format!("{scenario}.{}", snapshot::WINDOWS_FILE_NAME));
        let written =
            std::fs::create_dir_all(&self.order.review).and_then(|()| std::fs::write(&path, text));
        match written {
            Ok(()) => format!("what was seen is in {}", path.display()),
            Err(error) => format!("what was seen is lost: {}: {error}", path.display()),
        }
    }

    pub(super) fn has_lan(&self) -> bool {
        self.order.lan.is_some()
    }

    pub(super) fn addresses(&self) -> Addresses {
        self.addresses
    }

    pub(super) fn timeout(&self) -> Duration {
        if self.machine.wine { TIMEOUT_REHEARSED } else { TIMEOUT }
    }

    /// Puts everything back and forgets the journal.
    pub(super) async fn close(&self) -> Result<(), ArmError> {
        self.destroy(0);
        self.put_back().await?;
        if let Some(directory) = &self.imported {
            self.guest.unregister().await?;
            let _ = std::fs::remove_dir_all(directory);
        } else {
            self.guest.shell(&format!("rm -rf {}", bundle::GUEST)).await?;
            self.guest.stop(false).await?;
        }
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = journal.map_or(Ok(()), Journal::end);
        ended.map_err(|source| ArmError::Io { operation: "end the journal", source })
    }

    async fn put_back(&self) -> Result<(), ArmError> {
        self.part().await;
        if !self.lab().used {
            return Ok(());
        }
        let restored = restore::restore(&self.before).await?;
        self.guest.restore().await?;
        let relay_ended = self.lab().relay_ended;
        self.guest.stop(restored.restart_wsl || relay_ended).await?;
        self.note(&Entry::Restored)?;
        let mut lab = self.lab();
        (lab.used, lab.relay_ended) = (false, false);
        Ok(())
    }

    fn note(&self, entry: &Entry) -> Result<(), ArmError> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let written = journal.as_ref().map_or(Ok(()), |journal| journal.write(entry));
        written.map_err(|source| ArmError::Io { operation: "write the journal", source })
    }

    fn lab(&self) -> std::sync::MutexGuard<'_, Lab> {
        self.lab.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> std::sync::MutexGuard<'_, Option<Vec<Listener>>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
