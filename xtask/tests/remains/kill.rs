//! SIGKILL at any moment: the kernel itself cleans up.

use std::{
    fs,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};

use super::{
    files,
    room::{Room, filled_cache},
};
use crate::support::machine;

/// How many runs there are at once, so that fifty kills take seconds and meet a busy machine.
const AT_ONCE: usize = 5;

/// Moments that look random and are the same in every run of the tests (Knuth's generator).
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        below.mul_f64((self.0 >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// Starts as many runs as there are moments, and kills each at its own.
fn kill_at(
    room: &mut Room,
    mut moments: Vec<Duration>,
    start: impl Fn(&Room, usize) -> Command,
    end: impl Fn(&Child),
) {
    moments.sort();
    let clock = Instant::now();
    let runs: Vec<Child> =
        (0..moments.len()).map(|number| start(room, number).spawn().unwrap()).collect();
    for (mut run, moment) in runs.into_iter().zip(moments) {
        sleep(moment.saturating_sub(clock.elapsed()));
        room.look();
        end(&run);
        run.wait().unwrap();
    }
    room.expect_nothing();
}

#[test]
fn fifty_kills_leave_nothing() {
    if !machine::has(&["go"]) {
        return;
    }
    let mut room = Room::enter();
    let mut moments = Moments(2);
    for _ in 0..50 / AT_ONCE {
        let round = (0..AT_ONCE).map(|_| moments.next(Duration::from_millis(1500))).collect();
        let sigkill = |run: &Child| kill(pid(run), Signal::SIGKILL).unwrap();
        kill_at(&mut room, round, |room, _| room.run(&[]), sigkill);
    }
    assert!(room.seen() > 50, "most kills met labs: {} namespaces", room.seen());
}

#[test]
fn a_kill_of_the_parent_and_the_xtask_together_leaves_nothing() {
    if !machine::has(&["go"]) {
        return;
    }
    let mut room = Room::enter();
    let mut moments = Moments(3);
    for _ in 0..2 {
        let round = (0..AT_ONCE).map(|_| moments.next(Duration::from_millis(1500))).collect();
        let parent = ["sh", "-c", "\"$@\"; exit $?", "sh"];
        let sigkill = |run: &Child| killpg(pid(run), Signal::SIGKILL).unwrap();
        kill_at(&mut room, round, |room, _| room.run(&parent), sigkill);
    }
}

/// The first run of a user compiles the services.
#[test]
fn a_kill_while_services_are_built_leaves_only_whole_programs() {
    if !machine::has(&["go"]) {
        return;
    }
    let mut room = Room::enter();
    let mut moments = Moments(5);
    let round = (0..3).map(|_| moments.next(Duration::from_secs(6))).collect();
    let cold = |room: &Room, number: usize| {
        let mut command = room.run(&[]);
        command.env("REACHLAB_CACHE", room.path(&format!("cache-{number}")));
        command
    };
    kill_at(&mut room, round, cold, |run| kill(pid(run), Signal::SIGKILL).unwrap());
    for number in 0..3 {
        let Ok(programs) = fs::read_dir(room.path(&format!("cache-{number}/bin"))) else {
            continue;
        };
        for program in programs.flatten() {
            let whole = filled_cache().join("bin").join(program.file_name());
            assert!(whole.exists(), "{} is no program", program.path().display());
            assert_eq!(files::content(&program.path()), files::content(&whole));
        }
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().unwrap())
}
