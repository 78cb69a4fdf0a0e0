//! Every reader, on the transcripts of `fixtures/transcripts`, in five languages.

use std::{fs, path::PathBuf};

use rstest::rstest;

use super::{
    decode, excluded_ports, interfaces, ipconfig, netstat,
    ping::{self, Echo},
    portproxy, tcp_connections, wsl_list, wsl_version,
};
use crate::fixture::Fixtures;

fn transcript(kind: &str, language: &str) -> String {
    let file: PathBuf = ["transcripts", kind, &format!("{language}.txt")].iter().collect();
    let path = Fixtures::default_root().join(file);
    decode(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[rstest]
fn rules_of_portproxy(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let rule = |form: &str, listens: &str, port, connects: &str, to| portproxy::Rule {
        form: form.to_owned(),
        listen_address: listens.to_owned(),
        listen_port: port,
        connect_address: connects.to_owned(),
        connect_port: to,
    };
    let expected = [
        rule("v4tov4", "127.0.0.1", 8080, "172.28.21.93", 8080),
        rule("v4tov4", "*", 8081, "localhost", 3000),
        rule("v6tov4", "::1", 8080, "172.28.21.93", 8080),
    ];
    assert_eq!(portproxy::read(&transcript("netsh-portproxy", language)), expected);
}

#[rstest]
fn excluded_port_ranges(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let ranges = excluded_ports::read(&transcript("netsh-excludedportrange", language));
    let seen: Vec<_> =
        ranges.iter().map(|range| (range.first, range.last, range.administered)).collect();
    assert_eq!(seen, [(5357, 5357, false), (7971, 8070, false), (50000, 50059, true)]);
}

#[rstest]
fn interfaces_of_windows(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let seen = interfaces::read(&transcript("netsh-interfaces", language));
    let numbers: Vec<_> = seen.iter().map(|it| (it.index, it.mtu)).collect();
    assert_eq!(numbers, [(1, u32::MAX), (12, 1500), (7, 1500), (34, 1420)]);
    assert_eq!(seen[3].name, "vEthernet (WSL)");
}

#[rstest]
fn distros(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let seen = wsl_list::read(&transcript("wsl-list-verbose", language));
    let rows: Vec<_> =
        seen.iter().map(|it| (it.name.as_str(), it.is_default, it.version)).collect();
    assert_eq!(rows, [("Ubuntu", true, 2), ("docker-desktop", false, 2), ("Legacy", false, 1)]);
}

#[rstest]
fn versions_of_wsl(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let seen = wsl_version::read(&transcript("wsl-version", language)).unwrap();
    assert_eq!((seen.wsl.as_str(), seen.kernel.as_str()), ("2.4.13.0", "5.15.167.4-1"));
    assert_eq!(seen.windows.as_deref(), Some("10.0.26100.3476"));
    // The WSL that is a part of Windows knows no --version and prints its usage.
    assert_eq!(wsl_version::read("Invalid command line option: --version\n"), None);
}

#[rstest]
fn adapters(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let seen = ipconfig::read(&transcript("ipconfig", language));
    let addresses: Vec<Vec<String>> = seen
        .iter()
        .map(|adapter| adapter.addresses.iter().map(ToString::to_string).collect())
        .collect();
    let lan = ["fe80::1c2b:3d4e:5f60:7182", "192.168.50.10", "fe80::1", "192.168.50.1"];
    assert_eq!(addresses, [lan.map(str::to_owned).to_vec(), vec!["172.28.16.1".to_owned()]]);
    assert!(seen[1].heading.ends_with("vEthernet (WSL)"), "{}", seen[1].heading);
}

#[test]
fn sockets() {
    let seen = tcp_connections::read(&transcript("get-nettcpconnection", "en"));
    let rows: Vec<_> =
        seen.iter().map(|it| (it.local.to_string(), it.state.as_str(), it.owner)).collect();
    let row = |local: &str, state, owner| (local.to_owned(), state, Some(owner));
    assert_eq!(
        rows,
        [
            row("[::1]:8080", "Listen", 7777),
            row("[fe80::1c2b:3d4e:5f60:7182]:139", "Listen", 4),
            row("127.0.0.1:8080", "Listen", 4321),
            row("192.168.50.10:50123", "Established", 999),
        ]
    );
}

#[rstest]
fn listeners(#[values("en", "de", "fr", "zh", "ja")] language: &str) {
    let seen = netstat::listening(&transcript("netstat-ano", language));
    let seen: Vec<_> = seen.iter().map(ToString::to_string).collect();
    assert_eq!(seen, ["0.0.0.0:135", "127.0.0.1:8080", "[::1]:8080"]);
}

#[rstest]
#[case::reply("ping-reply", 0, Echo::Replied)]
#[case::reply6("ping-reply6", 0, Echo::Replied)]
#[case::silence("ping-silence", 1, Echo::Silence)]
#[case::unreachable("ping-unreachable", 0, Echo::HostUnreachable)]
fn echoes(
    #[case] kind: &str,
    #[case] exit: i32,
    #[case] expected: Echo,
    #[values("en", "de", "fr", "zh", "ja")] language: &str,
) {
    assert_eq!(ping::read(&transcript(kind, language), Some(exit)), Some(expected));
}

#[rstest]
// In the code pages of China and Japan the words are lost, and what is left is silence.
#[case("en", Echo::NotSent)]
#[case("de", Echo::NotSent)]
#[case("fr", Echo::NotSent)]
#[case("zh", Echo::Silence)]
#[case("ja", Echo::Silence)]
fn what_could_not_be_sent(#[case] language: &str, #[case] expected: Echo) {
    assert_eq!(ping::read(&transcript("ping-not-sent", language), Some(1)), Some(expected));
}

#[test]
fn an_unknown_end_of_ping_is_no_echo() {
    assert_eq!(ping::read("Bad value for option -n\nUsage: ping\n", Some(1)), None);
    assert_eq!(ping::read("", None), None);
}
