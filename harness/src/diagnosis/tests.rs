mod alone;
mod told;

use rstest::rstest;

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

/// A relay that does not run is gone; one that does may have found the port taken once; and one that
/// is switched off, or whose port Windows keeps, is not expected to listen.
#[rstest]
#[case::gone(NO_RELAY, &[("relay-regression", Confidence::Certain)])]
#[case::unknown("", &[("relay-regression", Confidence::Likely)])]
#[case::runs(
    "```\nC:\\> tasklist /svc /fi \"IMAGENAME eq wslrelay.exe\"\n\
     Image Name                     PID Services\n\
     ========================= ======== ============\n\
     wslrelay.exe                  8124 N/A\n```\n",
    &[("relay-regression", Confidence::Likely)]
)]
#[case::switched_off(
    "```\nC:\\> type %UserProfile%\\.wslconfig\n[wsl2]\nlocalhostForwarding=false\n```\n",
    &[("localhost-forwarding-off", Confidence::Certain)]
)]
#[case::port_is_kept(
    "```\nC:\\> netsh interface ipv4 show excludedportrange protocol=tcp\n\
     Protocol tcp Port Exclusion Ranges\nStart Port    End Port\n----------    --------\n\
     \x20     8000        8099\n```\n",
    &[("port-excluded-range", Confidence::Likely)]
)]
fn who_listens_for_the_guest(
    #[case] windows: &str,
    #[case] expected: &[(&'static str, Confidence)],
) {
    let page = format!(
        "# What this machine says\n\nSetup: WSL2\n\n- port: 8080\n\
         - does not work: windows -> localhost curl\n\n## Windows\n\n{windows}\n\
         ```\nC:\\> netstat -ano\n  Proto  Local Address  Foreign Address  State  PID\n```\n\n\
         ## WSL\n\n```\n$ ss -tulnp\n\
         Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
         tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*\n```\n\n## What reaches what\n\n\
         ```\n$ xtask collect --port 8080\n\
         from     to         ping  telnet   nc       curl\n\
         windows  localhost  ok    refused  refused  refused\n\
         windows  127.0.0.1  ok    refused  refused  refused\n\
         windows  [::1]      ok    refused  refused  refused\n\
         windows  wsl-ip     ok    open     open     http-200\n\
         wsl      localhost  ok    open     open     http-200\n\
         wsl      127.0.0.1  ok    open     open     http-200\n\
         wsl      wsl-ip     ok    open     open     http-200\n```\n"
    );
    assert_eq!(named(&page), expected);
}

#[test]
fn what_was_pasted_is_not_asked_for() {
    let asked = |report: &str| {
        let ask = diagnose(&Evidence::read(report)).ask;
        ask.iter().any(|it| it.run.contains("excludedportrange"))
    };
    let report = "Setup: WSL2\n\nservers cannot bind since Hyper-V is on\n\n- error: listen tcp \
        0.0.0.0:50051: bind: An attempt was made to access a socket in a way forbidden by its access permissions\n";
    assert!(asked(report));
    let shown =
        "\n```\nC:\\> netsh interface ipv4 show excludedportrange protocol=tcp\n4294 4393\n```\n";
    assert!(!asked(&format!("{report}{shown}")));
}

const NO_RELAY: &str = "```\nC:\\> tasklist /svc /fi \"IMAGENAME eq wslrelay.exe\"\n\
    INFO: No tasks are running which match the specified criteria.\n```\n";
