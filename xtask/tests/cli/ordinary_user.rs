//! The lab is rootless: an ordinary user, with a home and a cache of its own, gets the same.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use assert_cmd::Command;
use nix::unistd::{Gid, Uid, chown, geteuid};
use tempfile::TempDir;

use crate::support::{Run, machine};

/// nobody
const USER: u32 = 65534;

#[test]
fn an_ordinary_user_gets_the_same() {
    if !geteuid().is_root() {
        // Then every test of this program shows it.
        return;
    }
    if !machine::has(&["go"]) {
        return;
    }
    nobody_runs(&["--strict", "loopback-bind", "localhost-ipv6"])
        .exits(0)
        .tells("(once)")
        .prints("2 passed on netns");
}

/// Nobody has no range of ids: what needs one says how to get it, and the rest runs.
#[test]
fn a_second_user_without_a_range_is_a_skip_with_the_command() {
    if !geteuid().is_root() || !machine::has(&["go"]) || !machine::has(&["dlv"]) {
        return;
    }
    nobody_runs(&["dlv-same-user", "loopback-bind"])
        .exits(0)
        .prints("1 passed, 1 skipped on netns")
        .prints("subids: ")
        .prints("sudo usermod --add-subuids ")
        .prints(" nobody");
    nobody_runs(&["--strict", "dlv-same-user"]).exits(1);
}

/// `run-scenarios` of a user that is not root, with a home and a cache of its own.
fn nobody_runs(arguments: &[&str]) -> Run {
    // The program may lie where only root can go.
    let home = TempDir::with_prefix("nobody-").unwrap();
    let program = home.path().join("xtask");
    fs::copy(env!("CARGO_BIN_EXE_xtask"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    chown(home.path(), Some(Uid::from_raw(USER)), Some(Gid::from_raw(USER))).unwrap();

    let user = USER.to_string();
    let mut command = with_readable_checkout();
    command.args(["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"]);
    command.args(["--inh-caps=-all"]).arg(&program);
    command.env("HOME", home.path()).env("REACHLAB_CACHE", home.path().join("cache"));
    command.env("TMPDIR", home.path()).current_dir("/");
    command.args(["run-scenarios", "--no-install"]).args(arguments);
    Run::of(&mut command)
}

/// A command in front of another one, which finds this checkout where it is, readable for
/// everybody: a directory above it that only root can enter is covered by one that is open.
fn with_readable_checkout() -> Command {
    const OPEN: &str = r#"
        mount -t tmpfs none /mnt && mkdir /mnt/checkout && mount --bind "$1" /mnt/checkout &&
        mount -t tmpfs -o mode=755 none "$2" && mkdir -p "$1" &&
        mount --bind /mnt/checkout "$1" && umount -R /mnt && shift 2 && exec "$@""#;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let closed = |path: &&Path| fs::metadata(path).unwrap().permissions().mode() & 0o001 == 0;
    let above: Vec<&Path> = checkout.ancestors().skip(1).collect();
    let Some(closed) = above.into_iter().rev().find(closed) else {
        return Command::new("env");
    };
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", OPEN, "sh"]).args([checkout, closed]);
    command
}
