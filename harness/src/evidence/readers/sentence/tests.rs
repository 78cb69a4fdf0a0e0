use super::super::testing::facts;
use crate::evidence::fact::Kind;

fn attempts(text: &str) -> Vec<String> {
    let shown = |side, kind| match kind {
        Kind::Attempt(it) => {
            let tool = it.tool.unwrap_or_default();
            let port = it.port.map_or(String::new(), |port| format!(":{port}"));
            Some(format!("{side} -> {}{port} {} {tool}", it.to, it.seen).trim_end().to_owned())
        }
        _ => None,
    };
    facts(text).into_iter().filter_map(|fact| shown(fact.side, fact.kind)).collect()
}

#[test]
fn two_clauses_are_two_attempts() {
    assert_eq!(
        attempts(
            "nginx in podman: Windows browser gets ERR_CONNECTION_REFUSED on 127.0.0.1:8080, \
             http://[::1]:8080 works\n"
        ),
        ["windows -> 127.0.0.1:8080 refused browser", "windows -> [::1]:8080 works browser"]
    );
}

#[test]
fn lists_share_an_outcome() {
    assert_eq!(
        attempts(
            "a Windows client gets ECONNREFUSED on localhost, 127.0.0.1 and the eth0 address\n"
        ),
        [
            "windows -> localhost refused client",
            "windows -> 127.0.0.1 refused client",
            "windows -> wsl-ip refused client",
        ]
    );
}

#[test]
fn items() {
    assert_eq!(attempts("- ping wsl ip: ok\n"), ["windows -> wsl-ip works ping"]);
    assert_eq!(attempts("- windows 127: fails\n"), ["windows -> 127.0.0.1 fails"]);
    assert_eq!(attempts("- wget localhost: fails\n"), ["unknown -> localhost fails wget"]);
    assert_eq!(attempts("- cmd linux: gatsby develop (default host localhost)\n"), [""; 0]);
    assert_eq!(
        attempts("- error: dial tcp 127.0.0.1:11434: connect: connection refused\n"),
        ["unknown -> 127.0.0.1:11434 refused nc"]
    );
}

#[test]
fn conditions_are_no_attempts() {
    assert_eq!(attempts("It works when the Defender firewall is off.\n"), [""; 0]);
}

#[test]
fn other_languages() {
    assert_eq!(attempts("浏览器无法访问 localhost\n"), ["unknown -> localhost fails browser"]);
    assert_eq!(
        attempts(
            "Der Browser unter Windows kann localhost:3000 nicht erreichen, Verbindung abgelehnt.\n"
        ),
        ["windows -> localhost:3000 refused browser"]
    );
}

#[test]
fn changes_help_or_not() {
    let changes = |text: &str| -> Vec<(String, bool)> {
        let change = |kind| match kind {
            Kind::Change(change) => Some((change.what, change.helped)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| change(fact.kind)).collect()
    };
    assert_eq!(changes("- firewall off: works\n"), [("firewall-off".to_owned(), true)]);
    assert_eq!(changes("- wsl --shutdown: does not help\n"), [("restart-wsl".to_owned(), false)]);
}

#[test]
fn mentions_may_be_denied() {
    let denied = |text: &str, topic: &str| {
        facts(text).into_iter().find_map(|fact| match fact.kind {
            Kind::Mention(mention) if mention.what == topic => Some(mention.denied),
            _ => None,
        })
    };
    assert_eq!(denied("- fast boot: disabled\n", "fast-startup"), Some(true));
    assert_eq!(denied("no VPN is used\n", "vpn"), Some(true));
    assert_eq!(denied("after the VPN connects\n", "vpn"), Some(false));
    assert_eq!(denied("- VPN connected: no connectivity\n", "vpn"), Some(false));
    assert_eq!(denied("- VPN: no\n", "vpn"), Some(true));
    assert_eq!(denied("a chair\n", "vpn"), None);
}

#[test]
fn a_port_behind_its_word() {
    assert_eq!(
        attempts("- curl wsl: (7) Failed to connect to 127.0.0.1 port 7890: Connection refused\n"),
        ["guest -> 127.0.0.1:7890 refused curl"]
    );
}
