//! A distro of the lab's own: imported for the run, or one that says it is the lab's.

use std::path::{Path, PathBuf};

use super::{
    DISTRO, MachineReport, Order,
    guest::Guest,
    journal::{Entry, Journal},
};
use crate::arm::ArmError;

/// The distro to use, and the directory of one that was imported.
pub(super) async fn distro(
    order: &Order,
    directory: &Path,
    machine: &MachineReport,
    journal: &Journal,
    say: &mut (dyn FnMut(&str) + Send),
) -> Result<(Guest, Option<PathBuf>), ArmError> {
    let written = |source| ArmError::Io { operation: "write the journal", source };
    if let Some(name) = &order.distro {
        let guest = Guest::adopt(name).await?;
        journal.write(&Entry::Furnish { distro: name.clone() }).map_err(written)?;
        return Ok((guest, None));
    }
    let Some(rootfs) = &order.rootfs else {
        return Err(ArmError::Refused {
            operation: "have a distro of the lab's own".to_owned(),
            reason: "neither --rootfs nor --distro names one".to_owned(),
            hint: Some("give it the tarball of a distro's root: --rootfs PATH".to_owned()),
        });
    };
    if machine.distros.iter().any(|name| name.eq_ignore_ascii_case(DISTRO)) {
        return Err(ArmError::Refused {
            operation: format!("import the distro {DISTRO}"),
            reason: "there is one of that name".to_owned(),
            hint: Some(format!("use it by --distro {DISTRO}, or `wsl --unregister {DISTRO}`")),
        });
    }
    say(&format!("importing the distro {DISTRO} from {}", rootfs.display()));
    let directory = directory.join("distro");
    let entry = Entry::Import { distro: DISTRO.to_owned(), directory: directory.clone() };
    journal.write(&entry).map_err(written)?;
    let guest = Guest::import(DISTRO, &directory, rootfs).await?;
    Ok((guest, Some(directory)))
}
