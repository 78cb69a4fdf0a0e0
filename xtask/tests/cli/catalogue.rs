//! `list`, `explain` and `doctor`: what there is, without running it.

use serde_json::Value;

use crate::support::{machine, xtask};

const NAMES: [&str; 5] =
    ["autoproxy", "firewalld-block", "localhost-ipv6", "loopback-bind", "stale-portproxy"];

#[test]
fn list_has_a_line_for_each_scenario() {
    let run = xtask(["list"]).exits(0);
    for name in NAMES {
        let line = run.stdout.lines().find(|line| line.split(' ').next() == Some(name));
        assert!(line.is_some_and(|line| line.split_whitespace().count() > 3), "{name}\n{run}");
    }
    let line = run.stdout.lines().find(|line| line.starts_with("firewalld-block ")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1], "firewalld-block", "{run}");
    assert!(line.ends_with("rejects the port"), "{run}");
}

#[test]
fn list_tells_programs_the_same() {
    let run = xtask(["list", "--format", "json"]).exits(0);
    let list: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(list["schema"], 1);
    let scenarios = list["scenarios"].as_array().unwrap();
    for name in NAMES {
        let scenario = scenarios.iter().find(|it| it["name"] == name).expect(name);
        assert!(scenario["cause"].is_string() && scenario["title"].is_string(), "{scenario}");
    }
    let loopback = scenarios.iter().find(|it| it["name"] == "loopback-bind").unwrap();
    let phases = serde_json::json!(["healthy", "fault", "remedy/article", "remedy/tcp4"]);
    assert_eq!(loopback["phases"], phases);
}

#[test]
fn explain_tells_a_scenario_as_a_story() {
    let run = xtask(["explain", "stale-portproxy", "--all"]).exits(0);
    let parts = [
        "stale-portproxy: a portproxy rule leads to an address that WSL no longer has",
        "\nMechanism\n",
        "\nSet-up\n",
        "  windows> netsh interface portproxy add v4tov4 ",
        "\nFault\n  windows> wsl.exe --shutdown\n",
        "\nSignature\n  breaks  windows -> 127.0.0.1 curl,",
        "\nRemedies\n  new-address: restores all\n",
        "\nClaims of the article\n",
        "fault: windows -> 127.0.0.1 curl = no-answer\n",
        "\nSources\n  article 1,",
    ];
    let mut rest = run.stdout.as_str();
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("`{part}` in order\n{run}")).1;
    }
}

#[test]
fn explain_fits_a_screen_and_says_where_the_rest_is() {
    let run = xtask(["explain", "stale-portproxy"]).exits(0);
    assert!(run.stdout.lines().count() <= 50, "{run}");
    run.prints("\nRemedies\n  new-address: restores all\n    windows> netsh interface portproxy ")
        .prints("\n  2.4.3   false        ")
        .prints("\nAll steps, commands and cells: cargo xtask explain stale-portproxy --all\n");
}

#[test]
fn explain_does_not_invent_a_scenario() {
    xtask(["explain", "stale-portprox"]).exits(2).tells("did you mean `stale-portproxy`?");
}

#[test]
fn doctor_boots_a_lab_to_be_sure() {
    xtask(["doctor"])
        .exits(0)
        .prints("  ok       user-namespaces  allowed\n")
        .prints("  ok       a lab can be booted\n");
}

#[test]
fn doctor_names_the_setting_that_forbids_the_lab() {
    let mut command = machine::xtask_after("echo 0 > /proc/sys/user/max_user_namespaces");
    crate::support::Run::of(command.arg("doctor"))
        .exits(3)
        .prints("  missing  user-namespaces  user.max_user_namespaces is 0\n")
        .prints("sudo sysctl -w user.max_user_namespaces=65536\n")
        .prints("  missing  a lab cannot be booted: ");
}

#[test]
fn doctor_says_what_brings_a_missing_program() {
    crate::support::Run::of(machine::xtask_without("go").arg("doctor"))
        .exits(0)
        .prints("  missing  go               go not found\n")
        .prints("what needs it is skipped\n");
}
