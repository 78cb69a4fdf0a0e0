//! Ctrl-C: exit code 130, and everything is gone.

use std::{
    os::unix::process::ExitStatusExt,
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use super::{processes, room::Room};
use crate::support::{machine, processes::ignores};

/// As many processes as a run has when its first lab is booted: the supervisor's two, three agents.
const UNDER_WAY: usize = 5;

#[test]
fn an_interrupted_run_says_so_and_leaves_nothing() {
    if !machine::has(&["go"]) {
        return;
    }
    let mut room = Room::enter();
    for more in [0, 150, 700] {
        let run = room.run(&[]).spawn().unwrap();
        let start = Instant::now();
        while processes::below(run.id()).len() < UNDER_WAY {
            assert!(start.elapsed() < Duration::from_secs(20), "no lab is booted");
            sleep(processes::PERIOD);
        }
        sleep(Duration::from_millis(more));
        room.look();
        interrupt(&run);
        let output = run.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{told}");
        assert!(told.contains("interrupted; every lab is taken down"), "{told}");
        room.expect_nothing();
    }
    assert!(room.seen() > 0);
}

/// Before the first lab there is nothing to take down; a shell says 130 of such an end.
#[test]
fn an_early_interrupt_leaves_nothing() {
    // Then nothing listens to it before the run does.
    if !machine::has(&["go"]) || ignores(Signal::SIGINT as i32) {
        return;
    }
    let room = Room::enter();
    for milliseconds in [0, 3, 6, 10, 15, 20, 30, 50] {
        let run = room.run(&[]).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        interrupt(&run);
        let output = run.wait_with_output().unwrap();
        let (code, signal) = (output.status.code(), output.status.signal());
        assert!(code == Some(130) || signal == Some(Signal::SIGINT as i32), "{output:?}");
        room.expect_nothing();
    }
}

#[test]
fn a_run_that_ends_leaves_nothing() {
    if !machine::has(&["go"]) {
        return;
    }
    let room = Room::enter();
    let output = room.run(&[]).arg("stale-portproxy").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    room.expect_nothing();
}

/// What a terminal does: the signal is for the whole group in the foreground.
fn interrupt(run: &Child) {
    let group = Pid::from_raw(run.id().try_into().unwrap());
    killpg(group, Signal::SIGINT).unwrap();
}
