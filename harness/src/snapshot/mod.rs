//! Reviewed snapshots of a scenario's matrices, in insta's file format, so that `cargo insta
//! review` offers what changed.
//!
//! insta's own assertions belong to a test function and its source file; a snapshot here belongs to
//! a scenario and is the same for the command line and the tests.

mod render;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use insta::Snapshot;
use similar::{ChangeTag, TextDiff};

pub use render::render;

use crate::failure::{Failure, FailureKind};

/// The snapshot that the Linux arms share.
pub const FILE_NAME: &str = "matrix.snap";

/// The snapshot that only real Windows writes.
pub const WINDOWS_FILE_NAME: &str = "matrix.windows.snap";

/// Why a scenario does not match its snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is none.
    #[error("there is no snapshot {}: {pending}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// Where the new text waits for a review.
        pending: Pending,
        /// The new text.
        text: String,
    },
    /// It says something else.
    #[error("the matrices are not those of {}: {pending}", path.display())]
    Differs {
        /// Where it is.
        path: PathBuf,
        /// Where the new text waits for a review.
        pending: Pending,
        /// What changed: each line with ` `, `-` (snapshot) or `+` (this run) before it.
        diff: Vec<String>,
    },
    /// It cannot be read.
    #[error("cannot read the snapshot {}: {reason}", path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It cannot be written or removed.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What became of a new text.
#[derive(Debug)]
pub enum Pending {
    /// It waits in this file.
    Written(PathBuf),
    /// It could not be written; the mismatch counts all the same.
    Unwritten(String),
}

impl std::fmt::Display for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pending::Written(_) => f.write_str("review it with `cargo insta review`"),
            Pending::Unwritten(reason) => write!(f, "and the new one was not written: {reason}"),
        }
    }
}

/// Compares `text` with the snapshot `file_name` of a scenario's directory. What does not match is
/// written beside it as `.new`; what matches removes a left-over `.new`.
///
/// # Errors
/// The snapshot is missing, differs, or cannot be read.
pub fn check(dir: &Path, file_name: &str, text: &str) -> Result<(), SnapshotError> {
    let path = dir.join(file_name);
    if !path.exists() {
        let pending = write_pending(dir, file_name, text);
        return Err(SnapshotError::Missing { path, pending, text: text.to_owned() });
    }
    let reviewed = read(&path)?;
    if reviewed == normal(text) {
        return remove(&pending_path(dir, file_name));
    }
    let pending = write_pending(dir, file_name, text);
    Err(SnapshotError::Differs { path, pending, diff: diff(&reviewed, &normal(text)) })
}

/// Writes `text` as the snapshot, as a review that accepts it would.
///
/// # Errors
/// The file cannot be written, or a left-over `.new` not removed.
pub fn accept(dir: &Path, file_name: &str, text: &str) -> Result<(), SnapshotError> {
    let path = dir.join(file_name);
    fs::write(&path, insta_file(dir, file_name, text))
        .map_err(|source| SnapshotError::Unwritable { path, source })?;
    remove(&pending_path(dir, file_name))
}

impl From<&SnapshotError> for Failure {
    fn from(error: &SnapshotError) -> Self {
        let failure = Failure::new(FailureKind::Snapshot, error.to_string());
        match error {
            SnapshotError::Missing { path, text, .. } => failure
                .expected(format!("the reviewed {}", path.display()))
                .observed("no such file")
                .difference(text.lines().map(|line| format!("+{line}")).collect()),
            SnapshotError::Differs { path, diff, .. } => {
                let count = |sign| diff.iter().filter(|line| line.starts_with(sign)).count();
                failure
                    .expected(format!("{} (- in the difference)", path.display()))
                    .observed(format!("lines gone: {}, new: {} (+)", count('-'), count('+')))
                    .difference(diff.clone())
            }
            SnapshotError::Unreadable { path, reason } => {
                failure.expected(format!("the reviewed {}", path.display())).observed(reason)
            }
            SnapshotError::Unwritable { path, source } => failure
                .expected(format!("{} to be written", path.display()))
                .observed(source.to_string()),
        }
    }
}

fn pending_path(dir: &Path, file_name: &str) -> PathBuf {
    dir.join(format!("{file_name}.new"))
}

fn write_pending(dir: &Path, file_name: &str, text: &str) -> Pending {
    let path = pending_path(dir, file_name);
    match fs::write(&path, insta_file(dir, file_name, text)) {
        Ok(()) => Pending::Written(path),
        Err(error) => Pending::Unwritten(format!("{}: {error}", path.display())),
    }
}

fn read(path: &Path) -> Result<String, SnapshotError> {
    let unreadable = |reason: String| SnapshotError::Unreadable { path: path.to_owned(), reason };
    let snapshot = Snapshot::from_file(path).map_err(|error| unreadable(error.to_string()))?;
    match snapshot.as_text() {
        Some(text) => Ok(normal(&text.to_string())),
        None => Err(unreadable("it is a binary snapshot".to_owned())),
    }
}

fn remove(path: &Path) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(SnapshotError::Unwritable { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// insta's front matter and the text. Its writer is private to insta; a YAML double-quoted string
/// takes JSON's escapes.
fn insta_file(dir: &Path, file_name: &str, text: &str) -> String {
    let name = dir.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    // Quoted only where YAML needs it, as insta itself writes.
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let quoted =
        |text: String| if plain { text } else { serde_json::Value::from(text).to_string() };
    format!(
        "---\nsource: {}\ndescription: {}\nexpression: {}\n---\n{}\n",
        quoted(format!("scenarios/{name}/scenario.toml")),
        quoted(format!("what every tool sees in each phase of {name}")),
        quoted(file_name.trim_end_matches(".snap").to_owned()),
        normal(text)
    )
}

/// As insta compares texts: without the last line ends, and with plain ones.
fn normal(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n")
}

fn diff(old: &str, new: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(old, new);
    let sign = |tag| match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    };
    let lines = diff.iter_all_changes();
    lines.map(|line| format!("{}{}", sign(line.tag()), line.value().trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn directory() -> (TempDir, PathBuf) {
        let root = TempDir::new().unwrap();
        let dir = root.path().join("firewalld-block");
        fs::create_dir(&dir).unwrap();
        (root, dir)
    }

    #[test]
    fn a_missing_snapshot_fails_and_is_offered_to_insta() {
        let (_root, dir) = directory();
        let error = check(&dir, FILE_NAME, "a\nb\n").unwrap_err();
        assert!(matches!(&error, SnapshotError::Missing { .. }), "{error}");

        let offered = Snapshot::from_file(&dir.join("matrix.snap.new")).unwrap();
        assert_eq!(offered.as_text().unwrap().to_string(), "a\nb");
        let metadata = offered.metadata();
        assert_eq!(metadata.source(), Some("scenarios/firewalld-block/scenario.toml"));
        assert_eq!(metadata.expression(), Some("matrix"));
        assert!(metadata.description().unwrap().contains("firewalld-block"));
    }

    #[test]
    fn what_insta_accepts_matches() {
        let (_root, dir) = directory();
        let text = "route  tool\n\n--- \"quoted\": ä\n";
        check(&dir, FILE_NAME, text).unwrap_err();
        // As `cargo insta accept` does: load the pending one, save it as the snapshot.
        let pending = dir.join("matrix.snap.new");
        Snapshot::from_file(&pending).unwrap().save(&dir.join(FILE_NAME)).unwrap();
        check(&dir, FILE_NAME, text).unwrap();
        assert!(!pending.exists(), "a match removes the left-over");
    }

    #[test]
    fn a_changed_line_is_shown_and_waits_for_review() {
        let (_root, dir) = directory();
        accept(&dir, FILE_NAME, "one\ntwo\nthree\n").unwrap();
        let error = check(&dir, FILE_NAME, "one\n2\nthree\n").unwrap_err();
        let SnapshotError::Differs { diff, .. } = &error else { panic!("{error}") };
        assert_eq!(diff.as_slice(), [" one", "-two", "+2", " three"]);
        let offered = Snapshot::from_file(&dir.join("matrix.snap.new")).unwrap();
        assert_eq!(offered.as_text().unwrap().to_string(), "one\n2\nthree");

        let failure = Failure::from(&error);
        assert_eq!(failure.observed, "lines gone: 1, new: 1 (+)");
        assert!(failure.to_string().contains("cargo insta review"), "{failure}");
    }

    #[test]
    fn accepting_removes_what_waited() {
        let (_root, dir) = directory();
        check(&dir, FILE_NAME, "a").unwrap_err();
        accept(&dir, FILE_NAME, "b").unwrap();
        assert!(!dir.join("matrix.snap.new").exists());
        check(&dir, FILE_NAME, "b\n").unwrap();
    }

    #[test]
    fn a_checkout_with_windows_line_ends_matches() {
        let (_root, dir) = directory();
        accept(&dir, FILE_NAME, "a\nb\n").unwrap();
        let path = dir.join(FILE_NAME);
        let text = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        fs::write(&path, text).unwrap();
        check(&dir, FILE_NAME, "a\nb\n").unwrap();
    }

    #[test]
    fn the_windows_snapshot_is_another_file() {
        let (_root, dir) = directory();
        accept(&dir, FILE_NAME, "a").unwrap();
        assert!(check(&dir, WINDOWS_FILE_NAME, "a").is_err());
        assert!(dir.join("matrix.windows.snap.new").exists());
    }

    #[test]
    fn a_directory_that_cannot_be_written_does_not_hide_the_mismatch() {
        let error = check(Path::new("/proc/self/no-such"), FILE_NAME, "a").unwrap_err();
        let SnapshotError::Missing { pending, .. } = &error else { panic!("{error}") };
        assert!(matches!(pending, Pending::Unwritten(_)), "{pending}");
    }

    #[test]
    fn a_snapshot_that_is_not_text_is_unreadable() {
        let (_root, dir) = directory();
        fs::write(dir.join(FILE_NAME), b"---\nsource: x\n---\n\xff\xfe\n").unwrap();
        let error = check(&dir, FILE_NAME, "a").unwrap_err();
        assert!(matches!(error, SnapshotError::Unreadable { .. }), "{error}");
    }
}
