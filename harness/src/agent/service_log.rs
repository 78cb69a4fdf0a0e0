//! What a service prints, in a file of its node, where a person looks for it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    process::Stdio,
};

/// The directory. A node's own, and kept while the guest is stopped.
fn directory() -> PathBuf {
    if cfg!(windows) { std::env::temp_dir().join("reachlab") } else { "/var/log".into() }
}

/// What the file of a node's own service is called; that of another one has the service's name.
const OWN: &str = "service";

/// The file of one service, from its last start on.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Begins a new one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn start(service: &str) -> io::Result<Log> {
        let name = if service.is_empty() { OWN } else { service };
        fs::create_dir_all(directory())?;
        let path = directory().join(format!("{name}.log"));
        let open = || {
            // Another file: what the one before leaves behind may still write to its own.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // Two write to it: the service and, for what comes through a pipe, the agent.
            OpenOptions::new().append(true).create_new(true).open(&path)
        };
        let file = open().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
        })?;
        Ok(Log { path, file })
    }

    /// For the service to write to.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn stdio(&self) -> io::Result<Stdio> {
        Ok(Stdio::from(self.file.try_clone()?))
    }

    /// Adds a line that the service printed.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(format!("{line}\n").as_bytes())
    }

    /// Adds what a service has printed that ended.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn lines(&mut self, texts: &[&str]) -> io::Result<()> {
        texts.iter().try_for_each(|text| self.file.write_all(text.as_bytes()))
    }

    /// All that the service said so far.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn text(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.path)?).into_owned())
    }
}
