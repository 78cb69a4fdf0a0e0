//! The closed table of failures: errno, its English text, and the outcome.
//!
//! Programs are run with `LC_ALL=C` and say the text; native twins have the number. What is in
//! neither column is a lab error. Numbers and texts are Linux's (glibc).

use std::io;

use crate::outcome::{Hangup, Outcome};

/// A failure that the table knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The errno, where the words name one.
    pub errno: Option<i32>,
    /// What a cell shows for it.
    pub outcome: Outcome,
    /// Set for a connection that the peer reset.
    pub hangup: Option<Hangup>,
}

/// ECONNRESET
pub(super) const ECONNRESET: i32 = 104;
/// ECONNREFUSED
pub(super) const ECONNREFUSED: i32 = 111;
/// EHOSTUNREACH
pub(super) const EHOSTUNREACH: i32 = 113;
/// ENETUNREACH
pub(super) const ENETUNREACH: i32 = 101;
/// EACCES
pub(super) const EACCES: i32 = 13;
/// EPERM
pub(super) const EPERM: i32 = 1;
/// ENOPROTOOPT
pub(super) const ENOPROTOOPT: i32 = 92;
/// EHOSTDOWN
pub(super) const EHOSTDOWN: i32 = 112;
/// ENONET
pub(super) const ENONET: i32 = 64;
/// ETIMEDOUT
pub(super) const ETIMEDOUT: i32 = 110;

/// The two choices that are not obvious: EADDRNOTAVAIL is what `::1` gives while `lo` is down, the
/// same class as ENETUNREACH (ledger 2.5.1); ENOPROTOOPT is what the kernel makes of an ICMP
/// protocol-unreachable, which like port-unreachable comes from the target itself.
const ERRNOS: [(i32, &str, Outcome); 15] = [
    (ECONNREFUSED, "Connection refused", Outcome::Refused),
    (ENOPROTOOPT, "Protocol not available", Outcome::Refused),
    (EHOSTUNREACH, "No route to host", Outcome::NoRoute),
    (EHOSTDOWN, "Host is down", Outcome::NoRoute),
    (ENONET, "Machine is not on the network", Outcome::NoRoute),
    (ENETUNREACH, "Network is unreachable", Outcome::NetUnreachable),
    (100, "Network is down", Outcome::NetUnreachable),
    (99, "Cannot assign requested address", Outcome::NetUnreachable),
    (EACCES, "Permission denied", Outcome::NotPermitted),
    (EPERM, "Operation not permitted", Outcome::NotPermitted),
    (ETIMEDOUT, "Connection timed out", Outcome::Timeout),
    // nc.openbsd's end of a connect that took longer than -w (ledger settled 10).
    (115, "Operation now in progress", Outcome::Timeout),
    (ECONNRESET, "Connection reset by peer", Outcome::Dropped),
    (103, "Software caused connection abort", Outcome::Dropped),
    (32, "Broken pipe", Outcome::Dropped),
];

/// Winsock's numbers, and curl's words for them (lib/strerror.c), by which a Windows says the same.
const WINSOCK: [(i32, &str, Outcome); 11] = [
    (10061, "Connection refused", Outcome::Refused),
    (10065, "Host unreachable", Outcome::NoRoute),
    (10064, "Host down", Outcome::NoRoute),
    (10051, "Network unreachable", Outcome::NetUnreachable),
    (10050, "Network down", Outcome::NetUnreachable),
    (10049, "Address not available", Outcome::NetUnreachable),
    (10013, "Bad access", Outcome::NotPermitted),
    (10060, "Timed out", Outcome::Timeout),
    (10054, "Connection was reset", Outcome::Dropped),
    (10053, "Connection was aborted", Outcome::Dropped),
    (10058, "Socket has been shut down", Outcome::Dropped),
];

fn known() -> impl Iterator<Item = &'static (i32, &'static str, Outcome)> {
    ERRNOS.iter().chain(&WINSOCK)
}

/// Texts of `gai_strerror` and of the older resolvers' `hstrerror`: the name did not resolve.
const NAME_FAILURES: [&str; 9] = [
    "Name or service not known",
    "Temporary failure in name resolution",
    "Non-recoverable failure in name resolution",
    "No address associated with hostname",
    "No address associated with name",
    "Address family for hostname not supported",
    "Name does not resolve",
    "Unknown host",
    "Host name lookup failure",
];

fn row(&(number, _, outcome): &(i32, &str, Outcome)) -> Failure {
    let hangup = (outcome == Outcome::Dropped).then_some(Hangup::Rst);
    Failure { errno: Some(number), outcome, hangup }
}

impl Failure {
    /// Nothing came before the time limit.
    pub const TIMEOUT: Failure = Failure { errno: None, outcome: Outcome::Timeout, hangup: None };
    /// The name did not resolve.
    pub const NO_NAME: Failure = Failure { errno: None, outcome: Outcome::NoName, hangup: None };

    /// The failure with this errno.
    pub fn of_errno(number: i32) -> Option<Failure> {
        known().find(|(errno, _, _)| *errno == number).map(row)
    }

    /// The failure behind an error of a socket.
    pub fn of_io(error: &io::Error) -> Option<Failure> {
        error.raw_os_error().and_then(Failure::of_errno)
    }

    /// The failure that these words name, exactly.
    pub fn of_text(text: &str) -> Option<Failure> {
        let text = text.trim();
        if NAME_FAILURES.contains(&text) {
            return Some(Failure::NO_NAME);
        }
        known().find(|(_, words, _)| *words == text).map(row)
    }

    /// The failure that a line ends with, as in `nc: connect to ::1 port 9 (tcp) failed: TEXT`.
    pub fn at_end_of(line: &str) -> Option<Failure> {
        // ncat ends its sentences, and those about names with a word of its own.
        let line = line.trim_end().trim_end_matches(" QUITTING.").trim_end_matches('.');
        let text = line.rsplit_once(": ").map_or(line, |(_, text)| text);
        // inetutils telnet: `Server lookup failure:  HOST:PORT, TEXT`
        Failure::of_text(text)
            .or_else(|| text.rsplit_once(", ").and_then(|(_, text)| Failure::of_text(text)))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nc("nc: connect to 172.28.16.2 port 9 (tcp) failed: No route to host", "no-route")]
    #[case::nc6(
        "nc: connect to fd04::1 port 9 (tcp) failed: Network is unreachable",
        "net-unreachable"
    )]
    #[case::nc_admin6(
        "nc: connect to fd00::2 port 9 (tcp) failed: Permission denied",
        "not-permitted"
    )]
    #[case::nc_timeout(
        "nc: connect to 10.0.0.1 port 9 (tcp) timed out: Operation now in progress",
        "timeout"
    )]
    #[case::nc_name(
        "nc: getaddrinfo for host \"nosuch.invalid\" port 9: Temporary failure in name resolution",
        "no-name"
    )]
    #[case::ncat("Ncat: Connection refused.", "refused")]
    #[case::ncat_name(
        "Ncat: Could not resolve hostname \"nosuch.invalid\": Name or service not known. QUITTING.",
        "no-name"
    )]
    #[case::telnet("telnet: Unable to connect to remote host: Connection refused", "refused")]
    #[case::telnet_name(
        "Server lookup failure:  nosuch.invalid:9, Temporary failure in name resolution",
        "no-name"
    )]
    #[case::lo_down(
        "telnet: Unable to connect to remote host: Cannot assign requested address",
        "net-unreachable"
    )]
    #[case::proto(
        "nc: connect to 172.28.16.2 port 9 (tcp) failed: Protocol not available",
        "refused"
    )]
    fn a_line_ends_with_its_failure(#[case] line: &str, #[case] outcome: &str) {
        assert_eq!(
            Failure::at_end_of(line).map(|found| found.outcome.to_string()).as_deref(),
            Some(outcome)
        );
    }

    #[rstest]
    #[case::blackhole_route("nc: connect to 10.0.3.1 port 9 (tcp) failed: Invalid argument")]
    #[case::prefix_of_a_text(
        "nc: connect to 10.0.3.1 port 9 (tcp) failed: Connection refused maybe"
    )]
    #[case::another_language("nc: connect to ::1 port 9 (tcp) failed: Verbindungsaufbau abgelehnt")]
    #[case::empty("")]
    fn anything_else_is_unknown(#[case] line: &str) {
        assert_eq!(Failure::at_end_of(line), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn numbers_and_texts_are_the_platforms() {
        for (number, text, _) in ERRNOS {
            assert_eq!(
                nix::errno::Errno::from_raw(number).desc().to_lowercase(),
                text.to_lowercase()
            );
        }
    }

    #[test]
    fn a_reset_tells_how_the_peer_hung_up() {
        assert_eq!(Failure::of_errno(ECONNRESET).unwrap().hangup, Some(Hangup::Rst));
        assert_eq!(Failure::of_errno(ECONNREFUSED).unwrap().hangup, None);
    }
}
