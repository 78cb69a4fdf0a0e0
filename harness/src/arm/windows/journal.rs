//! What the arm is about to change, on disk before it is changed: a run that is killed, or a machine
//! that loses power, leaves enough to put everything back.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::image::Image;

/// The name of the file.
const FILE: &str = "journal.jsonl";

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// How the machine is before anything is changed.
    Before(Box<Image>),
    /// A distro is about to be imported.
    Import {
        /// Its name.
        distro: String,
        /// The directory that it is kept in.
        directory: PathBuf,
    },
    /// Something is about to be put into a distro that was there before.
    Furnish {
        /// Its name.
        distro: String,
    },
    /// A command is about to be typed.
    Run(String),
    /// Everything is as [`Entry::Before`] said.
    Restored,
}

/// An open journal. There is one on a machine, and so one run at a time.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

impl Journal {
    /// Begins one in this directory.
    ///
    /// # Errors
    /// `AlreadyExists` when another run has one or has left one.
    pub fn begin(directory: &Path) -> io::Result<Journal> {
        fs::create_dir_all(directory)?;
        let path = directory.join(FILE);
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        Ok(Journal { path, file: Mutex::new(file) })
    }

    /// Writes what is about to happen. It is on the disk when this returns.
    ///
    /// # Errors
    /// What the system says; then nothing may be changed.
    pub fn write(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line)?;
        file.sync_all()
    }

    /// Ends it: nothing is left to be put back.
    ///
    /// # Errors
    /// What the system says.
    pub fn end(self) -> io::Result<()> {
        // Windows removes no file that is open.
        drop(self.file);
        fs::remove_file(&self.path)
    }
}

/// What a run has left behind in this directory; empty when nothing. A line that was not finished
/// announced something that was not begun.
///
/// # Errors
/// What the system says, or a line in the middle that is none.
pub fn left(directory: &Path) -> io::Result<Vec<Entry>> {
    let text = match fs::read(directory.join(FILE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Ok(serde_json::from_slice(line)?)).collect()
}

/// Forgets what a run has left, once it is put back.
///
/// # Errors
/// What the system says.
pub fn forget(directory: &Path) -> io::Result<()> {
    match fs::remove_file(directory.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether this directory has a journal, even an empty one.
pub fn exists(directory: &Path) -> bool {
    directory.join(FILE).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_back_but_for_a_torn_line() {
        let directory = tempfile::tempdir().unwrap();
        let entries = [
            Entry::Import { distro: "x".to_owned(), directory: "d".into() },
            Entry::Before(Box::default()),
            Entry::Run("netsh".to_owned()),
        ];
        let journal = Journal::begin(directory.path()).unwrap();
        for entry in &entries {
            journal.write(entry).unwrap();
        }
        assert!(Journal::begin(directory.path()).is_err());
        drop(journal);
        let path = directory.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        assert_eq!(left(directory.path()).unwrap(), entries);
        // However the last line was torn.
        let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        for length in last..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(left(directory.path()).unwrap(), entries[..2]);
        }
        forget(directory.path()).unwrap();
        assert_eq!(left(directory.path()).unwrap(), []);
        assert!(!exists(directory.path()));
    }
}
