//! A scenario that does not show what it says is exit 1, with a message that names it.

use crate::support::{Catalogue, machine, run::run_scenarios};

/// Runs a sabotaged scenario. One failure is of this kind and says this; the others are of the
/// kinds that `follow` from it.
#[track_caller]
fn caught(catalogue: &Catalogue, kind: &str, says: &str, follow: &[&str]) {
    if !machine::has(&["go"]) {
        return;
    }
    let again = format!(
        "repeat it:  cargo xtask run-scenarios base --scenarios {}\n",
        catalogue.path().display()
    );
    let run = run_scenarios(Some(catalogue.path()), &[])
        .exits(1)
        .tells("fail  base")
        .prints("base failed (loopback-bind)")
        .prints(says)
        .prints("     expected    ")
        .prints("     observed    ")
        .prints(&again);
    let failures = run.scenario("base")["failures"].as_array().unwrap();
    let named = |failure: &&serde_json::Value| {
        failure["kind"] == kind && failure["message"].as_str().unwrap().contains(says)
    };
    assert_eq!(failures.iter().filter(named).count(), 1, "{run}");
    for failure in failures {
        let found = failure["kind"].as_str().unwrap();
        assert!(found == kind || follow.contains(&found), "{found}\n{run}");
    }
}

#[test]
fn nothing_is_wrong_with_the_scenario_that_is_sabotaged() {
    if machine::has(&["go"]) {
        run_scenarios(Some(Catalogue::good().path()), &[]).exits(0).prints("1 passed on netns");
    }
}

#[test]
fn a_fault_that_does_nothing() {
    let catalogue =
        Catalogue::good().with("listen = \"127.0.0.1:8080\" }", "state = \"restart\" }");
    let says = "the fault changes nothing: every cell of fault is as in healthy";
    caught(&catalogue, "fault-changes-nothing", says, &["snapshot"]);
}

#[test]
fn a_remedy_that_does_nothing() {
    let remedy = "name  = \"tcp4\"\nsteps = [{ on = \"wsl\", service = { listen = \"";
    let catalogue =
        Catalogue::good().with(&format!("{remedy}tcp4 0.0.0.0"), &format!("{remedy}127.0.0.1"));
    let says = "remedy `tcp4` changes nothing";
    caught(&catalogue, "remedy-changes-nothing", says, &["snapshot"]);
}

#[test]
fn a_route_that_is_to_keep_and_breaks() {
    let catalogue =
        Catalogue::good().with("\"wsl -> localhost\"]", "\"wsl -> localhost\", \"wsl -> wsl-ip\"]");
    let says = "`wsl -> wsl-ip` does not stay good: telnet refused, nc refused, curl refused";
    caught(&catalogue, "not-kept", says, &[]);
}

#[test]
fn a_route_that_is_to_break_and_does_not() {
    let catalogue =
        Catalogue::good().with("wsl-ip curl\"]", "wsl-ip curl\", \"wsl -> wsl-ip ping\"]");
    let says = "the fault does not break `wsl -> wsl-ip ping`: ping ok";
    caught(&catalogue, "not-broken", says, &[]);
}

#[test]
fn a_cost_that_is_not_declared() {
    let catalogue = Catalogue::good().with("windows -> 127.0.0.1\"]", "windows -> 127.0.0.1 nc\"]");
    let says = "remedy/article breaks `windows -> 127.0.0.1 curl` (refused), \
                which is not among its `costs`";
    caught(&catalogue, "undeclared-cost", says, &[]);
}

#[test]
fn a_cost_that_is_none() {
    let catalogue = Catalogue::good()
        .with("\"windows -> 127.0.0.1\"]", "\"windows -> 127.0.0.1\", \"wsl -> [::1]\"]");
    let says = "`wsl -> [::1]` is among the `costs` of remedy/article, which does not break it";
    caught(&catalogue, "false-cost", says, &[]);
}

#[test]
fn a_claim_that_does_not_hold() {
    let catalogue = Catalogue::good().with("curl = http-200", "curl = refused");
    let says = "claim 1.1 does not hold: in fault, `windows -> localhost curl` is http-200, \
                not refused";
    caught(&catalogue, "false-claim", says, &[]);
}

/// A real tinyproxy answers HTTP on the port, and has no token of this lab.
#[test]
fn a_service_that_is_not_ours() {
    if !machine::has(&["tinyproxy"]) {
        return;
    }
    let catalogue = Catalogue::good()
        .with("program = \"go-http\"", "program = \"tinyproxy\"")
        .with("listen = \":8080\"", "listen = \"tcp4 0.0.0.0:8080\"")
        .with("costs = [\"windows -> 127.0.0.1\"]\n", "");
    let says = "in healthy, the service that answers `windows -> wsl-ip curl` is not the lab's";
    caught(
        &catalogue,
        "wrong-server",
        says,
        &["not-kept", "not-restored", "false-claim", "snapshot"],
    );
}
