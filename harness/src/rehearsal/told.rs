//! What a door is asked, and which of it changes anything: those are the places for a run to die at.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{frames::Call, order::Told};
use crate::paths;

/// What of `wsl.exe` only looks.
const LOOKING: [&str; 3] = ["--list", "-l", "--version"];

/// Writes down commands as they end.
pub struct Teller {
    path: PathBuf,
    before: Mutex<Vec<u8>>,
}

impl Teller {
    /// Begins an empty file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(path: &str) -> io::Result<Teller> {
        fs::write(path, "")?;
        Ok(Teller { path: path.into(), before: Mutex::default() })
    }

    /// Writes down a command that has ended; `service` is a state that is in no file.
    ///
    /// # Errors
    /// When it cannot be written, or Windows' state not be read.
    pub fn tell(&self, number: u32, call: &Call, service: String) -> io::Result<()> {
        let now = state(service)?;
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let first = call.arguments.first().map(String::as_str).unwrap_or_default();
        // What runs in the guest may change its disk.
        let guest = call.program == "wsl" && !LOOKING.contains(&first);
        // There is nothing to compare the first command with, and it looks.
        let changes = guest || !(before.is_empty() || *before == now);
        *before = now;
        let line = format!("{} {}", call.program, call.arguments.join(" "));
        let mut text = serde_json::to_string(&Told { number, line, changes })?;
        text.push('\n');
        fs::OpenOptions::new().append(true).open(&self.path)?.write_all(text.as_bytes())
    }
}

/// The registry, drive C and the hosts file.
fn state(service: String) -> io::Result<Vec<u8>> {
    let mut bytes = service.into_bytes();
    bytes.extend(fs::read(Path::new(paths::WINDOWS).join("registry.json"))?);
    bytes.extend(fs::read("/etc/hosts")?);
    files(&Path::new(paths::WINDOWS).join("C"), &mut bytes)?;
    Ok(bytes)
}

fn files(directory: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() && !["AppData", "Temp"].contains(&&*entry.file_name().to_string_lossy()) {
            files(&entry.path(), bytes)?;
        } else if kind.is_file() {
            bytes.extend(entry.path().display().to_string().into_bytes());
            // One that is gone meanwhile is gone.
            bytes.extend(fs::read(entry.path()).unwrap_or_default());
        }
    }
    Ok(())
}
