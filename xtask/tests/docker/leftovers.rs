//! Nothing is left, and nothing else is touched.

use std::{
    io,
    os::unix::net::{UnixListener, UnixStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::engine::Engine;
use crate::support::Run;

/// Starts a run and waits until containers of it are there.
fn start(engine: &Engine, socket: &Engine) -> Child {
    let run = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["run-scenarios", "--no-install", "--arm", "docker"])
        .args(["loopback-bind", "stale-portproxy", "firewalld-block"])
        .env("DOCKER_HOST", format!("unix://{}", socket.0.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    // The first one is tried out alone.
    while engine.remains(run.id()).len() < 4 {
        assert!(begun.elapsed() < Duration::from_secs(300), "no containers");
        thread::sleep(Duration::from_millis(20));
    }
    run
}

/// What has booted ends by itself; what was on its way is there until somebody cleans.
fn clean_up_after(engine: &Engine, pid: u32) {
    // What it asked for last is done by then.
    thread::sleep(Duration::from_secs(2));
    Run::of(engine.xtask().arg("clean")).exits(0);
    engine.expect_nothing(pid);
}

#[test]
fn what_a_killed_run_leaves_is_cleaned() {
    let Some(engine) = Engine::real() else { return };
    for _ in 0..3 {
        let mut run = start(&engine, &engine);
        run.kill().unwrap();
        run.wait().unwrap();
        clean_up_after(&engine, run.id());
    }
}

/// The engine dies, as far as the run can tell: the socket that it was given goes away.
#[test]
fn an_engine_that_dies_is_exit_3_and_leaves_nothing() {
    let Some(engine) = Engine::real() else { return };
    let directory = TempDir::with_prefix("proxy-").unwrap();
    let socket = Engine(directory.path().join("socket"));
    let dead = Arc::new(AtomicBool::new(false));
    proxy(&socket, &engine, &dead);
    let run = start(&engine, &socket);
    dead.store(true, Ordering::Relaxed);
    std::fs::remove_file(&socket.0).unwrap();
    let pid = run.id();
    let output = run.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("could not be run"), "{text}");
    clean_up_after(&engine, pid);
}

/// Passes connections on until it is dead; then it drops all of them.
fn proxy(socket: &Engine, engine: &Engine, dead: &Arc<AtomicBool>) {
    let listener = UnixListener::bind(&socket.0).unwrap();
    let (engine, dead) = (engine.clone(), Arc::clone(dead));
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = UnixStream::connect(&engine.0) else { return };
            for (from, to) in [(&near, &far), (&far, &near)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let dead = Arc::clone(&dead);
                thread::spawn(move || pass_on(from, to, &dead));
            }
        }
    });
}

fn pass_on(mut from: UnixStream, mut to: UnixStream, dead: &AtomicBool) {
    from.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    while !dead.load(Ordering::Relaxed) {
        match io::copy(&mut from, &mut to) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            _ => break,
        }
    }
    let everything = std::net::Shutdown::Both;
    let half = std::net::Shutdown::Write;
    if dead.load(Ordering::Relaxed) {
        let _ = (from.shutdown(everything), to.shutdown(everything));
    } else {
        let _ = to.shutdown(half);
    }
}

#[test]
fn clean_removes_what_a_dead_run_left_and_nothing_else() {
    let Some(engine) = Engine::real() else { return };
    engine.run(&["loopback-bind"]).exits(0);
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let pids = std::fs::read_link("/proc/self/ns/pid").unwrap().display().to_string();
    let labels = |pid: u32, started: &str| {
        json!({ "reachlab.run": format!("test-{pid}-{started}"),
                "reachlab.machine": text("/etc/machine-id"),
                "reachlab.boot": text("/proc/sys/kernel/random/boot_id"),
                "reachlab.pid-namespace": pids, "reachlab.pid": pid.to_string(),
                "reachlab.started": started })
    };
    let stat = text("/proc/self/stat");
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned();
    let dead = engine.sleeper(&labels(4_194_305, "1"));
    let living = engine.sleeper(&labels(std::process::id(), &fields));
    let foreign = engine.sleeper(&json!({ "somebody": "else" }));
    let volume = json!({ "Name": "reachlab-test-left", "Labels": labels(4_194_305, "1") });
    assert_eq!(engine.ask("POST", "/volumes/create", &volume).0, 201);

    let cleaned = Run::of(engine.xtask().arg("clean"));
    let there = [&dead, &living, &foreign].map(|id| engine.has(id));
    for id in [&dead, &living, &foreign] {
        engine.remove(id);
    }
    let left = engine.ask("DELETE", "/volumes/reachlab-test-left", &Value::Null).0;
    cleaned.exits(0).prints("removed container ").prints("removed volume reachlab-test-left");
    assert_eq!(there, [false, true, true], "the dead run's, a living run's, somebody else's");
    assert_eq!(left, 404);
}
