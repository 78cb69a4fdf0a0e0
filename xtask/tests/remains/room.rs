//! Where a test runs xtasks, and sees that nothing of them remains.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use nix::sys::prctl;
use tempfile::TempDir;

use super::{files, namespaces::Namespaces, processes};

/// Held by the one test that may have children.
static ALONE: Mutex<()> = Mutex::new(());

/// A place with a temporary directory, a catalogue and a cache that is filled.
pub struct Room {
    directory: TempDir,
    mounts: BTreeSet<String>,
    programs: BTreeMap<PathBuf, u64>,
    catalogue: BTreeMap<PathBuf, u64>,
    namespaces: Namespaces,
    _alone: MutexGuard<'static, ()>,
}

impl Room {
    /// Waits until no other test is in one, and looks at how things are.
    pub fn enter() -> Room {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        prctl::set_child_subreaper(true).unwrap();
        let directory = TempDir::with_prefix("room-").unwrap();
        fs::create_dir(directory.path().join("tmp")).unwrap();
        copy_catalogue(&directory.path().join("scenarios"));
        static FILLED: Once = Once::new();
        FILLED.call_once(fill_cache);
        Room {
            mounts: files::mounts(),
            programs: files::below(&filled_cache().join("bin")),
            catalogue: files::below(&directory.path().join("scenarios")),
            namespaces: Namespaces::default(),
            directory,
            _alone: alone,
        }
    }

    /// A run of the whole catalogue, in a process group of its own, after `before`.
    pub fn run(&self, before: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_xtask");
        let words = [before, &[program, "run-scenarios", "--no-install", "--scenarios"]].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(self.path("scenarios"));
        command.env("REACHLAB_CACHE", filled_cache()).env("TMPDIR", self.path("tmp"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.process_group(0);
        command
    }

    /// A place in the room.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Notes which network namespaces the runs have made by now.
    pub fn look(&mut self) {
        self.namespaces.note();
    }

    /// How many network namespaces were seen.
    pub fn seen(&self) -> usize {
        self.namespaces.len()
    }

    /// Waits until no process is left, and sees that nothing else is.
    pub fn expect_nothing(&self) {
        processes::expect_none();
        let mounted: Vec<String> = files::mounts().difference(&self.mounts).cloned().collect();
        assert!(mounted.is_empty(), "mounted: {mounted:#?}");
        let temporary = files::below(&self.path("tmp"));
        assert!(temporary.is_empty(), "in the temporary directory: {temporary:?}");
        assert_eq!(files::below(&filled_cache().join("bin")), self.programs, "the cache");
        assert_eq!(files::below(&self.path("scenarios")), self.catalogue, "the catalogue");
    }
}

/// A cache that stays from one test run to the next, as a user's does.
pub fn filled_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// Builds into it, if they are not there, the services and what a scenario needs that types `go`.
fn fill_cache() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["run-scenarios", "--no-install", "--probes=native", "loopback-bind", "go-root-path"])
        .env("REACHLAB_CACHE", filled_cache())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The project's scenarios, where a run would leave what it writes.
fn copy_catalogue(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    for entry in fs::read_dir(from).unwrap().flatten() {
        if !entry.path().join("scenario.toml").exists() {
            continue;
        }
        let to = to.join(entry.file_name());
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(entry.path()).unwrap().flatten() {
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}
