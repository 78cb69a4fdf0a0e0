//! Temporary catalogues: a good scenario, and small edits that make it a bad one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A scenario that passes, and the snapshot of its matrices.
const SCENARIO: &str = include_str!("base.toml");
const SNAPSHOT: &str = include_str!("base.snap");

/// A directory with one scenario, `base`, that passes until it is edited.
pub struct Catalogue {
    directory: TempDir,
    text: String,
}

impl Catalogue {
    /// The scenario as it passes.
    pub fn good() -> Catalogue {
        let directory = TempDir::with_prefix("catalogue-").unwrap();
        fs::create_dir(directory.path().join("base")).unwrap();
        let catalogue = Catalogue { directory, text: SCENARIO.to_owned() };
        fs::write(catalogue.snapshot(), SNAPSHOT).unwrap();
        catalogue.written()
    }

    /// With the one place where `old` stands changed.
    pub fn with(mut self, old: &str, new: &str) -> Catalogue {
        assert_eq!(self.text.matches(old).count(), 1, "`{old}` in\n{}", self.text);
        self.text = self.text.replace(old, new);
        self.written()
    }

    /// With these bytes as the scenario's file.
    pub fn with_bytes(self, bytes: &[u8]) -> Catalogue {
        fs::write(self.scenario(), bytes).unwrap();
        self
    }

    /// Where the catalogue is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The scenario's file.
    pub fn scenario(&self) -> PathBuf {
        self.path().join("base/scenario.toml")
    }

    /// The reviewed snapshot.
    pub fn snapshot(&self) -> PathBuf {
        self.path().join("base/matrix.snap")
    }

    /// The snapshot that waits for a review.
    pub fn pending(&self) -> PathBuf {
        self.path().join("base/matrix.snap.new")
    }

    /// The line, from 1, that begins with `start`; the last of them.
    pub fn line_of(&self, start: &str) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        1 + lines.iter().rposition(|line| line.starts_with(start)).unwrap()
    }

    fn written(self) -> Catalogue {
        fs::write(self.scenario(), &self.text).unwrap();
        self
    }
}
