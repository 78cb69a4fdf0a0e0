//! Runs on a real engine.

use std::thread;

use serde_json::{Value, json};

use super::engine::Engine;
use crate::support::Run;

#[test]
fn it_shows_what_the_reviewed_snapshots_show() {
    let Some(engine) = Engine::real() else { return };
    // One of them shuts the guest down and has it come back with another address.
    let run = engine.run(&["--strict", "loopback-bind", "stale-portproxy"]).exits(0);
    assert_eq!(run.report["arm"], "docker");
    let phase = &run.scenario("stale-portproxy")["phases"][1];
    for node in ["windows", "wsl", "lan"] {
        assert!(phase["node_boot_ms"][node].as_f64().is_some_and(|ms| ms > 0.0), "{phase}");
    }
}

#[test]
fn two_runs_at_once_know_nothing_of_each_other() {
    let Some(engine) = Engine::real() else { return };
    thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| engine.run(&["loopback-bind"])));
        for run in runs {
            run.join().unwrap().exits(0).prints("1 passed on docker");
        }
    });
}

/// The lab's addresses are inside its containers only, so somebody's network with the same ones is
/// no obstacle, and is not touched.
#[test]
fn a_subnet_that_is_taken_is_no_obstacle() {
    let Some(engine) = Engine::real() else { return };
    let name = format!("taken-{}", std::process::id());
    let networks: Vec<String> = ["172.28.16.0/20", "192.168.50.0/24"]
        .iter()
        .enumerate()
        .map(|(number, subnet)| {
            let body = json!({ "Name": format!("{name}-{number}"), "Internal": true,
                               "IPAM": { "Config": [{ "Subnet": subnet }] } });
            engine.create("/networks/create", &body)
        })
        .collect();
    let run = engine.run(&["loopback-bind"]);
    for network in networks {
        let path = format!("/networks/{network}");
        assert_eq!(engine.ask("GET", &path, &Value::Null).0, 200, "it is still there");
        engine.ask("DELETE", &path, &Value::Null);
    }
    run.exits(0);
}

#[test]
fn parity_finds_the_arms_alike() {
    let Some(engine) = Engine::real() else { return };
    let mut command = engine.xtask();
    command.args(["parity", "netns", "docker", "loopback-bind", "firewalld-block", "--no-install"]);
    Run::of(&mut command).exits(0).prints("netns and docker: ").prints(", 0 differ");
}
