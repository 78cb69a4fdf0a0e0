//! What the windows arm cannot build for itself and gets from a Linux machine: this program for the
//! guest, and the fixtures' programs for both sides.
//!
//! ```text
//! agent            this program, static, for Linux
//! linux/NAME       the fixtures' programs for the guest
//! windows/NAME.exe and for Windows
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where a guest has what the lab puts into it.
pub const GUEST: &str = "/root/.reachlab";
/// Where a guest has the fixtures' programs.
pub const GUEST_PROGRAMS: &str = "/root/.reachlab/programs";
/// The agent in a guest.
pub const GUEST_AGENT: &str = "/root/.reachlab/agent";
/// Says of a distro that it is the lab's and nobody else's.
pub const MARK: &str = "/etc/reachlab-distro";

/// A bundle that lies on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle(PathBuf);

impl Bundle {
    /// The bundle in this directory.
    ///
    /// # Errors
    /// When it lacks the agent.
    pub fn open(directory: &Path) -> io::Result<Bundle> {
        let directory = std::path::absolute(directory)?;
        let agent = directory.join("agent");
        if !agent.is_file() {
            let text = format!(
                "{} is not there; make it by `cargo xtask bundle` on Linux",
                agent.display()
            );
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
        Ok(Bundle(directory))
    }

    /// What goes into the guest: where it lies here, and where it goes.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub fn for_guest(&self) -> io::Result<Vec<(PathBuf, String)>> {
        let mut files = vec![(self.0.join("agent"), GUEST_AGENT.to_owned())];
        let programs = self.0.join("linux");
        if programs.is_dir() {
            for entry in fs::read_dir(programs)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                files.push((entry.path(), format!("{GUEST_PROGRAMS}/{name}")));
            }
        }
        Ok(files)
    }

    /// The directory of the programs for Windows.
    pub fn windows(&self) -> PathBuf {
        self.0.join("windows")
    }
}
