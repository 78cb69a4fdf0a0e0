//! What an engine lacks or refuses is exit 3, told once, with what to change.

use std::{fs, os::unix::fs::symlink};

use tempfile::TempDir;

use super::{engine::Engine, fake::Fake};

#[test]
fn without_an_engine_it_is_said_what_to_start() {
    Engine("/nowhere/docker.sock".into())
        .run(&["loopback-bind"])
        .exits(3)
        .tells("cannot reach a container engine at unix:///nowhere/docker.sock")
        .tells("ci/docker-engine");
}

#[test]
fn an_engine_that_says_nothing_sensible_is_named() {
    let fake = Fake::with(|_, path| path.ends_with("/version").then_some((502, "{}")));
    fake.engine().run(&["loopback-bind"]).exits(3).tells("cannot reach a container engine");
}

#[test]
fn an_engine_that_refuses_net_admin_is_told_by_it_and_nothing_is_left() {
    let fake = Fake::with(|method, path| {
        let denied = r#"{"message":"authorization denied by plugin: NET_ADMIN is not allowed"}"#;
        (method == "POST" && path.starts_with("/containers/create")).then_some((403, denied))
    });
    fake.engine()
        .run(&["loopback-bind"])
        .exits(3)
        .tells("NET_ADMIN is not allowed")
        .tells("the nodes of a lab are containers with NET_ADMIN and NET_RAW");
    assert!(fake.asked().iter().all(|it| !it.contains("/start")), "{:#?}", fake.asked());
}

/// Some engines say yes to what they then do not do.
#[test]
fn a_container_that_does_not_start_is_removed() {
    let fake = Fake::with(|method, path| {
        let refused = r#"{"message":"OCI runtime create failed: capability not permitted"}"#;
        (method == "POST" && path.ends_with("/start")).then_some((500, refused))
    });
    fake.engine().run(&["loopback-bind"]).exits(3).tells("capability not permitted");
    let removed = |it: &String| it.starts_with("DELETE /containers/");
    assert!(fake.asked().iter().any(removed), "{:#?}", fake.asked());
}

#[test]
fn without_the_image_and_a_network_both_ways_are_told() {
    let fake = Fake::with(|method, path| {
        let lookup = "{\"errorDetail\":{\"message\":\"lookup registry: no such host\"},\
                      \"error\":\"lookup registry: no such host\"}\r\n";
        match (method, path) {
            ("GET", path) if path.starts_with("/images/localhost") => {
                Some((404, r#"{"message":"No such image"}"#))
            }
            ("POST", path) if path.starts_with("/build") => Some((200, lookup)),
            ("POST", path) if path.starts_with("/images/create") => Some((200, "")),
            _ => None,
        }
    });
    // A machine on which no base can be made: neither mmdebstrap nor debootstrap.
    let path = TempDir::with_prefix("path-").unwrap();
    for program in ["bash", "cat", "dirname", "env", "grep", "id", "mktemp", "paste", "rm", "sort"]
    {
        symlink(format!("/usr/bin/{program}"), path.path().join(program)).unwrap();
    }
    let mut command = fake.engine().xtask();
    command.env("PATH", path.path());
    let arguments = ["--arm", "docker", "loopback-bind"];
    crate::support::run::run_scenarios_by(command, None, &arguments)
        .exits(3)
        .tells("lookup registry: no such host")
        .tells("neither mmdebstrap nor (as root) debootstrap is installed")
        .tells("docker load");
    let pulls = |it: &String| it.contains("fromImage");
    assert!(!fake.asked().iter().any(pulls), "nothing is pulled: {:#?}", fake.asked());
    assert!(fs::read_dir(path.path()).is_ok());
}
