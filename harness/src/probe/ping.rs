//! iputils ping, and Windows' where that is what this machine has: one echo request.

use std::path::PathBuf;

use super::{
    error::ProbeError,
    finding::Finding,
    line::Line,
    prober::Job,
    process::Ended,
    strerror::{
        EACCES, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH, ENONET, ENOPROTOOPT, EPERM,
        Failure,
    },
};
use crate::{
    outcome::Outcome,
    windows_text::ping::{self as windows_ping, Echo},
};

/// iputils' words for ICMP errors, each with the errno that the kernel makes of it for a TCP
/// connection (`icmp_err_convert`, `icmpv6_err_convert`), so that ping and nc tell of one rejection
/// alike; the native twin gets that errno from the kernel itself.
const ICMP: [(&str, i32); 24] = [
    ("Destination Net Unreachable", ENETUNREACH),
    ("Destination Host Unreachable", EHOSTUNREACH),
    ("Destination Protocol Unreachable", ENOPROTOOPT),
    ("Destination Port Unreachable", ECONNREFUSED),
    ("Destination Net Unknown", ENETUNREACH),
    ("Destination Host Unknown", EHOSTDOWN),
    ("Source Host Isolated", ENONET),
    ("Destination Net Prohibited", ENETUNREACH),
    ("Destination Host Prohibited", EHOSTUNREACH),
    ("Destination Net Unreachable for Type of Service", ENETUNREACH),
    ("Destination Host Unreachable for Type of Service", EHOSTUNREACH),
    ("Packet filtered", EHOSTUNREACH),
    ("Precedence Violation", EHOSTUNREACH),
    ("Precedence Cutoff", EHOSTUNREACH),
    ("Time to live exceeded", EHOSTUNREACH),
    ("Destination unreachable: No route", ENETUNREACH),
    ("Destination unreachable: Administratively prohibited", EACCES),
    ("Destination unreachable: Beyond scope of source address", EHOSTUNREACH),
    ("Destination unreachable: Address unreachable", EHOSTUNREACH),
    ("Destination unreachable: Port unreachable", ECONNREFUSED),
    // Source address failed policy, and reject route: iputils 20221126 has no words for them.
    ("Destination unreachable: Unknown code 5", EACCES),
    ("Destination unreachable: Unknown code 6", EACCES),
    ("Time exceeded: Hop limit", EHOSTUNREACH),
    ("Time exceeded: Defragmentation failure", EHOSTUNREACH),
];

/// What iputils says instead of EACCES from connect(2), for instance on a `prohibit` route.
const BROADCAST: &str = "ping: Do you want to ping broadcast?";

/// The command line.
pub(super) fn line(job: &Job<'_>, path: Option<PathBuf>) -> Line {
    let host = job.endpoint.host.clone();
    let milliseconds = job.timeout.as_millis().to_string();
    let args = match cfg!(windows) {
        true => ["-n".to_owned(), "1".to_owned(), "-w".to_owned(), milliseconds, host],
        false => ["-c1".to_owned(), "-n".to_owned(), "-W".to_owned(), job.seconds(), host],
    };
    Line::new(path, "ping", args.to_vec())
}

/// Run it.
///
/// # Errors
/// See [`ProbeError`].
pub(super) async fn run(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    // Windows' starts slowly, and its limit covers everything.
    let patience = if cfg!(windows) { job.patience() * 2 } else { job.patience() };
    let ended = job.launch(line).run(patience).await?;
    let found = if cfg!(windows) { read_windows(&ended) } else { read(&ended) };
    found.map(|found| found.exit(ended.exit)).ok_or_else(|| ended.unknown(line))
}

/// What the end of Windows' ping means; its own exit code is 0 for a router's refusal, too.
fn read_windows(ended: &Ended) -> Option<Finding> {
    if ended.killed {
        return Some(Failure::TIMEOUT.into());
    }
    Some(match windows_ping::read(&ended.stdout, ended.exit)? {
        Echo::Replied => Outcome::Ok.into(),
        Echo::Silence => Failure::TIMEOUT.into(),
        Echo::NoName => Failure::NO_NAME.into(),
        Echo::HostUnreachable => Outcome::NoRoute.into(),
        Echo::NetUnreachable | Echo::NotSent => Outcome::NetUnreachable.into(),
    })
}

/// What its end means; `None` when no table knows.
fn read(ended: &Ended) -> Option<Finding> {
    // -W does not cover the resolver: a name server that stays silent ends here.
    if ended.killed {
        return Some(Failure::TIMEOUT.into());
    }
    if ended.exit == Some(0) && ended.stdout.contains(" bytes from ") {
        return Some(Outcome::Ok.into());
    }
    // An ICMP error tells more than the failed send that it may come with.
    if let Some(icmp) = ended.stdout.lines().find_map(icmp_words) {
        return icmp_errno(icmp).and_then(Failure::of_errno).map(Finding::from);
    }
    if let Some(words) = ended.stderr.lines().find(|line| line.starts_with("ping: ")) {
        return failed(words).map(Finding::from);
    }
    let silent = ended.exit == Some(1) && ended.stdout.contains(" 0 received, 100% packet loss");
    silent.then(|| Failure::TIMEOUT.into())
}

/// The words after `From ADDRESS icmp_seq=N `.
fn icmp_words(line: &str) -> Option<&str> {
    let (_, rest) = line.strip_prefix("From ")?.split_once(" icmp_seq=")?;
    let (_, words) = rest.split_once(' ')?;
    // A redirect is advice, not an error.
    (!words.starts_with("Redirect")).then_some(words)
}

fn icmp_errno(words: &str) -> Option<i32> {
    ICMP.iter().find(|(known, _)| *known == words).map(|(_, errno)| *errno)
}

/// A line of ping's own: about its connect, its send, or the name. `ping: socket: …`, a ping that
/// may not open its socket, says nothing about the network.
fn failed(line: &str) -> Option<Failure> {
    if line.starts_with(BROADCAST) {
        return Failure::of_errno(EACCES);
    }
    let (subject, text) = line.strip_prefix("ping: ")?.rsplit_once(": ")?;
    let failure = Failure::of_text(text)?;
    // A firewall of this node's own dropped the echo. Not every iputils says so (20221126 does not),
    // and TCP overlooks it and waits.
    if subject.starts_with("send") && failure.errno == Some(EPERM) {
        return Some(Failure::TIMEOUT);
    }
    let about_network = matches!(subject, "connect" | "sendmsg" | "sendto");
    (about_network || failure == Failure::NO_NAME).then_some(failure)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TAIL: &str = "\n--- 172.28.16.2 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n";

    fn ended(exit: i32, stdout: &str, stderr: &str) -> Ended {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Ended { exit: Some(exit), killed: false, stdout, stderr }
    }

    #[rstest]
    #[case::port("Destination Port Unreachable", "refused")]
    #[case::host("Destination Host Unreachable", "no-route")]
    #[case::net("Destination Net Unreachable", "net-unreachable")]
    #[case::protocol("Destination Protocol Unreachable", "refused")]
    #[case::net_prohibited("Destination Net Prohibited", "net-unreachable")]
    #[case::host_prohibited("Destination Host Prohibited", "no-route")]
    #[case::firewalld("Packet filtered", "no-route")]
    #[case::v6_no_route("Destination unreachable: No route", "net-unreachable")]
    #[case::v6_firewalld("Destination unreachable: Administratively prohibited", "not-permitted")]
    #[case::v6_address("Destination unreachable: Address unreachable", "no-route")]
    #[case::v6_port("Destination unreachable: Port unreachable", "refused")]
    #[case::v6_reject_route("Destination unreachable: Unknown code 6", "not-permitted")]
    fn icmp_errors(#[case] words: &str, #[case] outcome: &str) {
        let head =
            "PING 172.28.16.2 (172.28.16.2) 56(84) bytes of data.\nFrom 172.28.16.2 icmp_seq=1 ";
        let stdout = format!("{head}{words}\n{TAIL}");
        let stderr = "ping: sendmsg: Operation not permitted\n";
        assert_eq!(read(&ended(1, &stdout, "")).unwrap().outcome.to_string(), outcome);
        assert_eq!(read(&ended(1, &stdout, stderr)).unwrap().outcome.to_string(), outcome);
    }

    #[rstest]
    #[case(2, "ping: connect: Network is unreachable\n", "net-unreachable")]
    #[case(2, "ping: connect: No route to host\n", "no-route")]
    #[case(2, "ping: connect: Cannot assign requested address\n", "net-unreachable")]
    #[case(2, "ping: connect: Permission denied\n", "not-permitted")]
    #[case(
        2,
        "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n",
        "not-permitted"
    )]
    #[case(2, "ping: nosuch.invalid: Temporary failure in name resolution\n", "no-name")]
    #[case(1, "ping: sendmsg: Operation not permitted\n", "timeout")]
    #[case(1, "ping: sendmsg: Network is unreachable\n", "net-unreachable")]
    fn its_own_errors(#[case] exit: i32, #[case] stderr: &str, #[case] outcome: &str) {
        assert_eq!(read(&ended(exit, "", stderr)).unwrap().outcome.to_string(), outcome);
    }

    #[test]
    fn an_echo_and_silence() {
        let echo = "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.292 ms\n";
        assert_eq!(read(&ended(0, echo, "")).unwrap().outcome, Outcome::Ok);
        assert_eq!(read(&ended(1, TAIL, "")).unwrap().outcome, Outcome::Timeout);
    }

    #[rstest]
    #[case(2, "", "ping: socket: Operation not permitted\n")]
    #[case(2, "", "ping: connect: Invalid argument\n")]
    #[case(1, "From 10.0.0.1 icmp_seq=1 Something New\n", "")]
    #[case(127, "", "")]
    fn the_unknown_is_no_outcome(#[case] exit: i32, #[case] stdout: &str, #[case] stderr: &str) {
        assert_eq!(read(&ended(exit, stdout, stderr)), None);
    }
}
