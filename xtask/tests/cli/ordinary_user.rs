//! The lab is rootless: an ordinary user, with a home and a cache of its own, gets the same.

use std::{fs, os::unix::fs::PermissionsExt};

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
    // The program may lie where only root can go.
    let home = TempDir::with_prefix("nobody-").unwrap();
    let program = home.path().join("xtask");
    fs::copy(env!("CARGO_BIN_EXE_xtask"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    chown(home.path(), Some(Uid::from_raw(USER)), Some(Gid::from_raw(USER))).unwrap();

    let as_nobody = |program: &str| {
        let mut command = Command::new("setpriv");
        let user = USER.to_string();
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "--inh-caps=-all"]);
        command.arg(program);
        command
    };
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    if !as_nobody("cat").arg(sources).output().unwrap().status.success() {
        machine::skip("this checkout lies where only root can read");
        return;
    }
    let mut command = as_nobody(program.to_str().unwrap());
    command.env("HOME", home.path()).env("REACHLAB_CACHE", home.path().join("cache"));
    command.env("TMPDIR", home.path()).current_dir("/");
    command.args(["run-scenarios", "--no-install", "--strict", "loopback-bind", "localhost-ipv6"]);
    Run::of(&mut command)
        .exits(0)
        .tells("building go-client, go-http (once)")
        .prints("2 passed on netns");
}
