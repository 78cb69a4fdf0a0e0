//! inetutils and netkit telnet: connect, then watch whether the peer hangs up.

use std::{path::PathBuf, process::Stdio};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Child,
    time::{Instant, timeout_at},
};

use super::{
    error::ProbeError,
    finding::Finding,
    line::Line,
    prober::Job,
    process::{Ended, end},
    strerror::Failure,
    watch,
};
use crate::outcome::Outcome;

/// What both telnets print, and flush, once TCP stands.
const CONNECTED: &[u8] = b"Connected to ";

/// The command line.
pub(super) fn line(job: &Job<'_>, path: Option<PathBuf>) -> Line {
    let args = vec![job.endpoint.host.clone(), job.endpoint.port.to_string()];
    Line::new(path, "telnet", args)
}

/// Run it. Its standard input is a pipe that stays open: telnet ends when that ends.
///
/// # Errors
/// See [`ProbeError`].
pub(super) async fn run(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let begun = Instant::now();
    let deadline = begun + job.timeout;
    let mut child = job.launch(line).spawn(Stdio::piped())?;
    let _open = child.stdin.take();
    let mut stdout = child.stdout.take();
    let mut seen = Vec::new();
    let follow = |source| ProbeError::Follow { command: line.to_string(), source };

    let progress = timeout_at(deadline, connected(stdout.as_mut(), &mut seen)).await;
    let Ok(progress) = progress else {
        end(&mut child).await.map_err(follow)?;
        return Ok(Failure::TIMEOUT.into());
    };
    if !progress.map_err(follow)? {
        let ended = gather(child, seen).await.map_err(follow)?;
        let found = read(&ended).ok_or_else(|| ended.unknown(line))?;
        return Ok(found.exit(ended.exit));
    }
    // What the peer sends meanwhile is read away, so that telnet never waits for its reader.
    let watched = watch::until_hung_up(begun, deadline, drained(stdout.as_mut())).await;
    if watched.is_none() {
        end(&mut child).await.map_err(follow)?;
        return Ok(Outcome::Open.into());
    }
    // Its output ended, so it has: with the peer's hang-up, whose FIN or RST it does not tell.
    let ended = gather(child, seen).await.map_err(follow)?;
    if !hung_up(&ended) {
        return Err(ended.unknown(line));
    }
    Ok(Finding::from(Outcome::Dropped).exit(ended.exit))
}

/// Reads until telnet says that it is connected (true) or its output ends (false).
async fn connected(
    stdout: Option<&mut (impl AsyncRead + Unpin)>,
    seen: &mut Vec<u8>,
) -> std::io::Result<bool> {
    let Some(stdout) = stdout else { return Ok(false) };
    loop {
        if seen.windows(CONNECTED.len()).any(|window| window == CONNECTED) {
            return Ok(true);
        }
        if stdout.read_buf(seen).await? == 0 {
            return Ok(false);
        }
    }
}

/// Reads until the output ends.
async fn drained(stdout: Option<&mut (impl AsyncRead + Unpin)>) -> std::io::Result<()> {
    let Some(stdout) = stdout else { return Ok(()) };
    let mut buffer = [0; 4096];
    while stdout.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// The end of a telnet whose standard output has ended.
async fn gather(child: Child, stdout: Vec<u8>) -> std::io::Result<Ended> {
    let output = child.wait_with_output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&stdout), text(&output.stderr));
    Ok(Ended { exit: output.status.code(), killed: false, stdout, stderr })
}

/// What an end before any connection means; `None` when no table knows.
fn read(ended: &Ended) -> Option<Finding> {
    let reason = |line: &&str| !line.trim().is_empty() && !line.starts_with("Trying ");
    ended.lines().rev().find(reason).and_then(Failure::at_end_of).map(Finding::from)
}

/// inetutils says it on standard error, netkit on standard output, which has been read away; an end
/// after the connection while standard input is open has no other reason than the peer's, unless
/// telnet complains of something else.
fn hung_up(ended: &Ended) -> bool {
    let known = |line: &str| {
        line.trim().is_empty()
            || line.starts_with("Connection closed by foreign host")
            // An address that failed before the one that was connected to: netkit, inetutils.
            || line.starts_with("telnet: connect to address ")
            || line.starts_with("Connection failed: ")
            || Failure::at_end_of(line).is_some_and(|failure| failure.outcome == Outcome::Dropped)
    };
    ended.exit.is_some() && ended.stderr.lines().all(known)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn ended(stdout: &str, stderr: &str) -> Ended {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Ended { exit: Some(1), killed: false, stdout, stderr }
    }

    #[rstest]
    #[case::inetutils(
        "Trying 127.0.0.1...\n",
        "telnet: Unable to connect to remote host: Connection refused\n",
        "refused"
    )]
    #[case::inetutils_route(
        "Trying 10.0.1.1...\n",
        "telnet: Unable to connect to remote host: No route to host\n",
        "no-route"
    )]
    #[case::inetutils_name(
        "",
        "Server lookup failure:  nosuch.invalid:9, Temporary failure in name resolution\n",
        "no-name"
    )]
    #[case::netkit_name(
        "",
        "telnet: could not resolve nosuch.invalid/9: Name or service not known\n",
        "no-name"
    )]
    #[case::two_addresses(
        "Trying ::1...\nTrying 127.0.0.1...\n",
        "telnet: connect to address ::1: Network is unreachable\ntelnet: Unable to connect to remote host: Connection refused\n",
        "refused"
    )]
    fn failures(#[case] stdout: &str, #[case] stderr: &str, #[case] outcome: &str) {
        assert_eq!(read(&ended(stdout, stderr)).unwrap().outcome.to_string(), outcome);
    }

    #[rstest]
    #[case("", "telnet: Unable to connect to remote host: Invalid argument\n")]
    #[case("Trying 127.0.0.1...\n", "")]
    fn the_unknown_is_no_outcome(#[case] stdout: &str, #[case] stderr: &str) {
        assert_eq!(read(&ended(stdout, stderr)), None);
    }

    #[rstest]
    #[case::inetutils("Connection closed by foreign host.\n", true)]
    #[case::inetutils_second_address(
        "Connection failed: Connection refused\nConnection closed by foreign host.\n",
        true
    )]
    #[case::netkit("", true)]
    #[case::other("telnet: tcsetattr: Bad file descriptor\n", false)]
    fn hang_ups(#[case] stderr: &str, #[case] known: bool) {
        assert_eq!(hung_up(&ended("", stderr)), known);
    }
}
