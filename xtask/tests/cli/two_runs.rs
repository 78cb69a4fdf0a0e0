//! Two runs at once know nothing of each other.

use std::thread;

use crate::support::{machine, run::run_scenarios};

#[test]
fn two_runs_at_once_both_pass() {
    if !machine::has(&["go"]) {
        return;
    }
    let names = ["loopback-bind", "stale-portproxy"];
    thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| run_scenarios(None, &names)));
        for run in runs {
            run.join().unwrap().exits(0).prints("2 passed on netns");
        }
    });
}
