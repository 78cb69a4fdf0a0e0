//! What the lab cannot do is exit 3, with the place or the setting that is to change.

use crate::support::{
    Catalogue, machine,
    run::{run_scenarios, run_scenarios_by},
};

#[test]
fn a_step_whose_command_fails_is_named_by_its_line() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good()
        .with("service = { listen = \"127.0.0.1:8080\" }", "run     = \"ls /nowhere\"");
    let line = catalogue.line_of("[[fault]]");
    let run = run_scenarios(Some(catalogue.path()), &[])
        .exits(3)
        .tells("error base")
        .prints("base could not be run (loopback-bind)")
        .prints(&format!("phase fault: base/scenario.toml:{line}: wsl: `ls /nowhere` ended with"))
        .prints("repeat it:  cargo xtask run-scenarios base");
    assert_eq!(run.scenario("base")["verdict"], "error");
}

#[test]
fn a_command_that_is_not_modelled_is_never_a_silent_success() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good().with(
        "on      = \"wsl\"\nservice = { listen = \"127.0.0.1:8080\" }",
        "on      = \"windows\"\nrun     = \"netsh wlan show\"",
    );
    let line = catalogue.line_of("[[fault]]");
    run_scenarios(Some(catalogue.path()), &[])
        .exits(3)
        .prints(&format!("base/scenario.toml:{line}: windows: "))
        .prints("`netsh wlan show` is not modelled on this arm")
        .prints("modelled: `netsh interface portproxy add|set|delete|show|reset");
}

#[test]
fn without_user_namespaces_the_setting_is_named() {
    let without = machine::xtask_after("echo 0 > /proc/sys/user/max_user_namespaces");
    run_scenarios_by(without, Some(Catalogue::good().path()), &[])
        .exits(3)
        .tells("cannot create a user namespace")
        .tells("`sudo sysctl -w user.max_user_namespaces=65536`");
}

/// As a container does that covers parts of /proc: the kernel then mounts no other one.
#[test]
fn without_a_proc_of_its_own_the_option_of_the_container_is_named() {
    let masked = machine::xtask_after("mount --bind /dev/null /proc/version");
    run_scenarios_by(masked, Some(Catalogue::good().path()), &[])
        .exits(3)
        .tells("cannot mount /proc")
        .tells("this container covers /proc/version")
        .tells("--security-opt systempaths=unconfined");
}
