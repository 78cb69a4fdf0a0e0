//! Colours are for terminals, and for who wants them.

use std::{
    fs::File,
    io::Read,
    process::{Command, Stdio},
    thread,
};

use nix::pty::openpty;

use crate::support::{Catalogue, machine, run::run_scenarios};

/// What a terminal is sent to colour text.
const COLOURS: [&str; 3] = ["\x1b[31m", "\x1b[32m", "\x1b[33m"];

/// Runs the good scenario on a terminal, and returns what the terminal is sent.
fn on_a_terminal(environment: &[(&str, &str)]) -> String {
    let catalogue = Catalogue::good();
    let terminal = openpty(None, None).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["run-scenarios", "--no-install", "--scenarios"]).arg(catalogue.path());
    command.env_remove("NO_COLOR").envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(terminal.slave.try_clone().unwrap());
    command.stderr(terminal.slave);
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut master = File::from(terminal.master);
    let reader = thread::spawn(move || {
        let (mut seen, mut bytes) = (Vec::new(), [0; 4096]);
        // The end of a terminal is an error.
        while let Ok(length @ 1..) = master.read(&mut bytes) {
            seen.extend_from_slice(&bytes[..length]);
        }
        String::from_utf8_lossy(&seen).into_owned()
    });
    let status = child.wait().unwrap();
    let seen = reader.join().unwrap();
    assert!(status.success(), "{status}\n{seen}");
    seen
}

#[test]
fn a_terminal_gets_colours_and_progress() {
    if machine::has(&["go"]) {
        let seen = on_a_terminal(&[("TERM", "xterm")]);
        assert!(seen.contains("\x1b[32mpass"), "{seen:?}");
        assert!(seen.contains("/4 phases"), "{seen:?}");
    }
}

#[test]
fn no_color_is_honoured() {
    if machine::has(&["go"]) {
        let seen = on_a_terminal(&[("TERM", "xterm"), ("NO_COLOR", "1")]);
        assert!(seen.contains("pass  base"), "{seen:?}");
        assert!(!COLOURS.iter().any(|colour| seen.contains(colour)), "{seen:?}");
    }
}

#[test]
fn a_pipe_gets_plain_lines() {
    let refused = run_scenarios(Some(Catalogue::good().with("title ", "x ").path()), &[]).exits(2);
    assert!(!refused.stderr.contains('\x1b'), "{refused}");
    if machine::has(&["go"]) {
        let catalogue = Catalogue::good().with("curl = http-200", "curl = refused");
        let failed = run_scenarios(Some(catalogue.path()), &["--verbose"]).exits(1);
        let text = [failed.stdout.as_str(), &failed.stderr].concat();
        assert!(!text.contains('\x1b') && !text.contains('\r'), "{failed}");
    }
}

#[test]
fn a_reader_that_goes_is_no_error() {
    for words in [&["claims", "--no-run"][..], &["list"], &["explain", "autoproxy"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }
}
