//! The three netcats: connect, and nothing more.

use std::{net::IpAddr, path::PathBuf};

use super::{
    endpoint::Endpoint, error::ProbeError, finding::Finding, line::Line, prober::Job,
    process::Ended, programs::Netcat, strerror::Failure,
};
use crate::outcome::Outcome;

/// Whether a netcat can be given this target.
///
/// nc.traditional knows IPv4 only, and of a name only its first IPv4 address, where the others try
/// every address: names are the twin's business then.
pub(super) fn speaks(flavour: Netcat, endpoint: &Endpoint) -> bool {
    flavour != Netcat::Traditional || matches!(endpoint.ip(), Some(IpAddr::V4(_)))
}

/// The command line of the program at `path`.
pub(super) fn line(job: &Job<'_>, path: PathBuf, flavour: Netcat) -> Line {
    let name = path.file_name().map_or("nc".into(), |name| name.to_string_lossy().into_owned());
    let options: &[&str] = match flavour {
        Netcat::OpenBsd | Netcat::Ncat => &["-v", "-z", "-w"],
        // Without -n it looks the address up backwards, which costs the name server's time.
        Netcat::Traditional => &["-n", "-v", "-z", "-w"],
    };
    let mut args: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    args.extend([job.whole_seconds(), job.endpoint.host.clone(), job.endpoint.port.to_string()]);
    Line::new(Some(path), &name, args)
}

/// The line that does by hand what the twin does.
pub(super) fn twin_line(job: &Job<'_>) -> Line {
    line(job, PathBuf::from("nc"), Netcat::OpenBsd)
}

/// Run it.
///
/// # Errors
/// See [`ProbeError`].
pub(super) async fn run(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let ended = job.launch(line).run(job.timeout).await?;
    read(&ended).map(|found| found.exit(ended.exit)).ok_or_else(|| ended.unknown(line))
}

/// What its end means; `None` when no table knows.
fn read(ended: &Ended) -> Option<Finding> {
    // -w counts for each address, and neither for the resolver nor in milliseconds.
    if ended.killed {
        return Some(Failure::TIMEOUT.into());
    }
    match ended.exit {
        Some(0) => Some(Outcome::Open.into()),
        Some(_) => ended.lines().rev().find(|line| !chatter(line)).and_then(failed),
        None => None,
    }
}

/// What follows or surrounds the reason.
fn chatter(line: &str) -> bool {
    line.trim().is_empty()
        || line.starts_with("Ncat: Version ")
        || line.contains("inverse host lookup failed")
        // nc.traditional -v: `sent 0, rcvd 0`
        || line.trim_start().starts_with("sent ")
}

fn failed(line: &str) -> Option<Finding> {
    if line == "Ncat: TIMEOUT." {
        return Some(Failure::TIMEOUT.into());
    }
    Failure::at_end_of(line).map(Finding::from)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn ended(exit: i32, stderr: &str) -> Ended {
        Ended { exit: Some(exit), killed: false, stdout: String::new(), stderr: stderr.to_owned() }
    }

    #[rstest]
    #[case::openbsd(0, "Connection to 127.0.0.1 7001 port [tcp/*] succeeded!\n", "open")]
    #[case::openbsd_second(
        0,
        "nc: connect to localhost (::1) port 8080 (tcp) failed: Connection refused\nConnection to localhost (127.0.0.1) 8080 port [tcp/http-alt] succeeded!\n",
        "open"
    )]
    #[case::openbsd_both(
        1,
        "nc: connect to localhost (::1) port 9 (tcp) failed: Cannot assign requested address\nnc: connect to localhost (127.0.0.1) port 9 (tcp) failed: Connection refused\n",
        "refused"
    )]
    #[case::openbsd_silent(
        1,
        "nc: connect to 172.28.16.2 port 9 (tcp) timed out: Operation now in progress\n",
        "timeout"
    )]
    #[case::openbsd_name(
        1,
        "nc: getaddrinfo for host \"nosuch.invalid\" port 9: Name or service not known\n",
        "no-name"
    )]
    #[case::ncat(
        0,
        "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connected to 127.0.0.1:8080.\nNcat: 0 bytes sent, 0 bytes received in 0.01 seconds.\n",
        "open"
    )]
    #[case::ncat_refused(
        1,
        "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connection refused.\n",
        "refused"
    )]
    #[case::ncat_second(
        1,
        "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connection to ::1 failed: Connection refused.\nNcat: Trying next address...\nNcat: No route to host.\n",
        "no-route"
    )]
    #[case::ncat_silent(
        1,
        "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: TIMEOUT.\n",
        "timeout"
    )]
    #[case::ncat_name(
        2,
        "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Could not resolve hostname \"nosuch.invalid\": Name or service not known. QUITTING.\n",
        "no-name"
    )]
    #[case::traditional(0, "(UNKNOWN) [127.0.0.1] 8080 (http-alt) open\n", "open")]
    #[case::traditional_refused(
        1,
        "(UNKNOWN) [127.0.0.1] 9 (discard) : Connection refused\n",
        "refused"
    )]
    #[case::traditional_silent(
        1,
        "(UNKNOWN) [172.28.16.2] 9 (discard) : Connection timed out\n sent 0, rcvd 0\n",
        "timeout"
    )]
    fn ends(#[case] exit: i32, #[case] stderr: &str, #[case] outcome: &str) {
        assert_eq!(read(&ended(exit, stderr)).unwrap().outcome.to_string(), outcome);
    }

    #[rstest]
    #[case(1, "nc: connect to 10.0.3.1 port 9 (tcp) failed: Invalid argument\n")]
    #[case(1, "usage: nc [-46CDdFhklNnrStUuvZz]\n")]
    #[case(1, "")]
    fn the_unknown_is_no_outcome(#[case] exit: i32, #[case] stderr: &str) {
        assert_eq!(read(&ended(exit, stderr)), None);
    }

    #[rstest]
    #[case("127.0.0.1", true)]
    #[case("::1", false)]
    #[case("localhost", false)]
    fn traditional_knows_ipv4_only(#[case] host: &str, #[case] speaks_it: bool) {
        let endpoint = Endpoint { host: host.to_owned(), port: 1 };
        assert_eq!(speaks(Netcat::Traditional, &endpoint), speaks_it);
        assert!(speaks(Netcat::OpenBsd, &endpoint));
    }
}
