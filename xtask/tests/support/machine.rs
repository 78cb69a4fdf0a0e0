//! What this machine has, and machines that have less.

use std::{path::PathBuf, sync::OnceLock};

use assert_cmd::Command;

use super::run::xtask;

/// Set where a missing program is a skip and not a failure.
const ALLOW_SKIP: &str = "REACHLAB_ALLOW_SKIP";

/// The namespaces that an ordinary user may make, in which it is root.
const UNSHARE: [&str; 4] = ["unshare", "--user", "--map-root-user", "--mount"];

/// Whether the doctor finds all of these. A test that needs one in vain fails, unless
/// `REACHLAB_ALLOW_SKIP` is set.
pub fn has(programs: &[&str]) -> bool {
    static DOCTOR: OnceLock<String> = OnceLock::new();
    let report = DOCTOR.get_or_init(|| xtask(["doctor"]).stdout);
    let ok = |program: &&&str| {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        report.lines().map(words).any(|words| words.starts_with(&["ok".into(), (**program).into()]))
    };
    let missing: Vec<&&str> = programs.iter().filter(|program| !ok(program)).collect();
    if missing.is_empty() {
        return true;
    }
    skip(&format!("{missing:?} not found; install it with `cargo xtask doctor --install`"))
}

/// Fails, or says what is skipped where that is allowed. Returns false.
fn skip(reason: &str) -> bool {
    assert!(std::env::var_os(ALLOW_SKIP).is_some(), "{reason}\nor set {ALLOW_SKIP}=1 to skip it");
    eprintln!("skipped: {reason}");
    false
}

/// The xtask on a machine that `prepare`, a shell command, makes of this one.
pub fn xtask_after(prepare: &str) -> Command {
    let [unshare, options @ ..] = UNSHARE;
    let mut command = Command::new(unshare);
    command.args(options).args(["sh", "-c", &format!("{prepare} && exec \"$@\""), "sh"]);
    command.arg(env!("CARGO_BIN_EXE_xtask"));
    command
}

/// The xtask on a machine without a program: something that cannot be run covers it.
pub fn xtask_without(program: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let directories = path.split(':').chain(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
    let mut found: Vec<PathBuf> = directories
        .filter_map(|directory| std::fs::canonicalize(format!("{directory}/{program}")).ok())
        .collect();
    found.sort();
    found.dedup();
    let cover = |path: &PathBuf| format!("mount --bind /dev/null '{}'", path.display());
    let covers: Vec<String> = found.iter().map(cover).collect();
    xtask_after(&covers.join(" && "))
}

/// The xtask in a pid namespace of its own. Behind its output stands the number of the next
/// process: 3 where it started neither a process nor a thread (1 is the shell, 2 the xtask).
pub fn xtask_counted() -> Command {
    const SCRIPT: &str = r#""$@"; code=$?; sh -c 'echo "next process $$"' >&2; exit $code"#;
    let [unshare, options @ ..] = UNSHARE;
    let mut command = Command::new(unshare);
    command.args(options).args(["--pid", "--fork", "--mount-proc", "sh", "-c", SCRIPT, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_xtask"));
    command
}
