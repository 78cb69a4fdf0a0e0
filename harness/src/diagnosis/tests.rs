mod alone;
mod told;

use super::{Confidence, causes, diagnose};
use crate::{cause::Cause, evidence::Evidence};

/// What a report points to.
fn named(text: &str) -> Vec<(&'static str, Confidence)> {
    let found = diagnose(&Evidence::read(text)).findings;
    found.into_iter().map(|it| (it.cause.slug(), it.confidence)).collect()
}

#[test]
fn every_cause_has_a_sound_file() {
    let errors = causes::errors();
    assert!(errors.is_empty(), "{errors:#?}");
    let rules = causes::rules();
    for cause in Cause::all() {
        let rule = rules.iter().find(|rule| rule.cause == cause);
        let rule = rule.unwrap_or_else(|| panic!("{cause} has no file"));
        assert!(!rule.ask.is_empty(), "{cause} asks for nothing");
        let most: f32 = rule.clues.iter().map(|clue| clue.weight.max(0.0)).sum();
        assert!(most >= super::engine::LIKELY, "{cause} can never be likely");
    }
}

/// A ping asks the machine: that 127.0.0.1 answers one makes nothing of a server that is not there.
#[test]
fn a_machine_without_the_server_lacks_the_server() {
    let collected = "# What this machine says\n\nSetup: none\n\n- port: 8080\n\n## Linux\n\n\
        ```\n$ ss -tulnp\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
        tcp LISTEN 0 128 0.0.0.0:2024 0.0.0.0:*\n```\n\n\
        ```\n$ cat /etc/resolv.conf\nnameserver 9.9.9.9\n```\n\n## What reaches what\n\n\
        ```\n$ xtask collect --port 8080\n\
        from  to         ping  telnet   nc       curl\n\
        wsl   localhost  ok    refused  refused  refused\n\
        wsl   127.0.0.1  ok    refused  refused  refused\n\
        wsl   [::1]      ok    refused  refused  refused\n\
        wsl   wsl-ip     ok    refused  refused  refused\n```\n";
    assert_eq!(named(collected), [("service-not-running", Confidence::Certain)]);
    // One that listens for its own machine alone may be meant so: localhost answers.
    let own = collected
        .replace("0.0.0.0:2024", "127.0.0.1:8080")
        .replace(
            "localhost  ok    refused  refused  refused",
            "localhost  ok  open  open  http-200",
        )
        .replace(
            "127.0.0.1  ok    refused  refused  refused",
            "127.0.0.1  ok  open  open  http-200",
        );
    assert_eq!(named(&own), [("loopback-bind", Confidence::Likely)]);
}
