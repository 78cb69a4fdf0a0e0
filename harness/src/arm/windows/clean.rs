//! Taking back what a run has left that was killed, or whose machine lost power.

use std::{io, path::PathBuf};

use super::{
    super::ArmError,
    bundle,
    guard::{self, Effect},
    guest::Guest,
    journal::{self, Entry},
    programs, restore,
};
use crate::cache::Cache;

/// Where journals and imported distros are.
///
/// # Errors
/// When the cache cannot be had.
pub fn directory() -> io::Result<PathBuf> {
    let cache = Cache::open().map_err(io::Error::other)?;
    cache.subdir("windows-arm").map_err(io::Error::other)
}

/// Whether a run has ended WSL's relay, after which it has put nothing back.
fn relay_ended(entries: &[Entry]) -> bool {
    let since = entries.iter().rev().take_while(|entry| **entry != Entry::Restored);
    let mut lines = since.filter_map(|entry| match entry {
        Entry::Run(line) => guard::effect(line).ok(),
        _ => None,
    });
    lines.any(|effect| effect == Effect::EndsRelay)
}

/// Puts everything back that is in the journal of a dead run. Returns what that was, a line each.
///
/// # Errors
/// What could not be put back; the journal stays.
pub async fn clean() -> Result<Vec<String>, ArmError> {
    let io = |operation| move |source| ArmError::Io { operation, source };
    let directory = directory().map_err(io("find the cache"))?;
    if !journal::exists(&directory) {
        return Ok(Vec::new());
    }
    let entries = journal::left(&directory).map_err(io("read the journal"))?;
    let mut told = Vec::new();
    let before = entries.iter().find_map(|entry| match entry {
        Entry::Before(image) => Some(image),
        _ => None,
    });
    if let Some(before) = before {
        let restored = restore::restore(before).await?;
        told.extend(restored.changed);
        if restored.restart_wsl || relay_ended(&entries) {
            programs::must("wsl", &["--shutdown"]).await?;
        }
    }
    for entry in &entries {
        match entry {
            Entry::Import { distro, directory } => {
                Guest { distro: distro.clone() }.unregister().await?;
                match std::fs::remove_dir_all(directory) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(io("remove the distro's directory")(error));
                    }
                    _ => told.push(format!("the distro {distro}")),
                }
            }
            Entry::Furnish { distro } => {
                let guest = Guest { distro: distro.clone() };
                let there = guest.shell(&format!("test -f {}/disk.tar", bundle::GUEST)).await;
                if there.is_ok() {
                    guest.restore().await?;
                }
                guest.shell(&format!("rm -rf {}", bundle::GUEST)).await?;
                guest.stop(false).await?;
                told.push(format!("what was put into the distro {distro}"));
            }
            Entry::Before(_) | Entry::Run(_) | Entry::Restored => {}
        }
    }
    journal::forget(&directory).map_err(io("remove the journal"))?;
    Ok(told)
}
