//! curl: an HTTP GET, through the environment's proxy if it names one.
//!
//! The exit code alone hides the errno (7 for refused and for no-route alike, ledger settled 10), so
//! the words of `-v` are read too.

use std::{net::IpAddr, path::PathBuf};

use super::{
    error::ProbeError, finding::Finding, line::Line, prober::Job, process::Ended, strerror::Failure,
};
use crate::outcome::{Hangup, Outcome, Via};

/// The response header that says which lab's service answered.
pub(super) const INSTANCE: &str = "X-Reachlab-Instance";

/// `%{remote_ip}` is empty until TCP stands.
const WRITE_OUT: &str = "%{http_code} %{remote_ip}";

/// Where what comes is not kept.
const NOWHERE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// The command line. `-q` keeps a person's own .curlrc out of the lab.
pub(super) fn line(job: &Job<'_>, path: Option<PathBuf>) -> Line {
    let (limit, url) = (job.seconds(), job.endpoint.url());
    let args = ["-q", "-sS", "-v", "-m", &limit, "-o", NOWHERE, "-w", WRITE_OUT, &url];
    Line::new(path, "curl", args.map(str::to_owned).to_vec())
}

/// Run it.
///
/// # Errors
/// See [`ProbeError`].
pub(super) async fn run(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let ended = job.run_to_its_end(line).await?;
    read(&ended, job.token).map(|found| found.exit(ended.exit)).ok_or_else(|| ended.unknown(line))
}

/// What its end means; `None` when no table knows.
fn read(ended: &Ended, token: Option<&str>) -> Option<Finding> {
    let via = via(&ended.stderr);
    let (status, remote) = ended.stdout.trim_end_matches('\n').split_once(' ')?;
    let connected = !remote.is_empty();
    let finding = match ended.exit? {
        0 => {
            let status = status.parse().ok().filter(|status| *status >= 100)?;
            Finding::answered(status, instance(&ended.stderr), token, via)
        }
        5 => Finding::unreached(Failure::NO_NAME, Via::Proxy),
        6 => Finding::unreached(Failure::NO_NAME, via),
        7 => Finding::unreached(unreached(&ended.stderr)?, via),
        28 if connected => Finding::from(Outcome::NoAnswer).via(via),
        28 => Finding::unreached(Failure::TIMEOUT, via),
        // An empty answer, and one that ended before its announced length.
        52 | 18 => Finding::dropped(Hangup::Fin).via(via),
        55 | 56 => Finding::dropped(hangup(&ended.stderr)?).via(via),
        1 if ended.stderr.contains("Received HTTP/0.9 when not allowed") => Finding::not_http(via),
        // CURLE_WEIRD_SERVER_REPLY: it began like HTTP and went on otherwise.
        8 => Finding::not_http(via),
        _ => return None,
    };
    Some(finding)
}

/// `* Uses proxy env variable http_proxy == '…'`; curl says the same of no_proxy.
fn via(stderr: &str) -> Via {
    let used = |line: &str| {
        let name = line.strip_prefix("* Uses proxy env variable ")?.split(' ').next()?;
        (!name.eq_ignore_ascii_case("no_proxy")).then_some(())
    };
    if stderr.lines().find_map(used).is_some() { Via::Proxy } else { Via::Direct }
}

/// The token of the last answer: interim ones may stand before it.
fn instance(stderr: &str) -> Option<&str> {
    let header = |line: &'_ str| -> Option<(usize, usize)> {
        let (name, value) = line.strip_prefix("< ")?.split_once(':')?;
        name.eq_ignore_ascii_case(INSTANCE).then(|| (line.len() - value.len(), line.len()))
    };
    stderr
        .lines()
        .rev()
        .take_while(|line| !line.starts_with("< HTTP/"))
        .find_map(|line| header(line).map(|(from, to)| line[from..to].trim()))
}

/// Why no address could be reached: the last failure, IPv4 after IPv6 whatever order this version
/// of curl tries them in.
fn unreached(stderr: &str) -> Option<Failure> {
    let attempts = stderr.lines().filter_map(attempt);
    let mut last: Option<(bool, Option<Failure>)> = None;
    for (v4, failure) in attempts {
        if last.is_none_or(|(before, _)| v4 >= before) {
            last = Some((v4, failure));
        }
    }
    last.and_then(|(_, failure)| failure)
}

/// One failed address: whether it is IPv4, and why. The forms:
/// `* connect to A port P failed: TEXT` (7), `* connect to A port P from B port Q failed: TEXT` (8),
/// `* Immediate connect fail for A: TEXT`.
fn attempt(line: &str) -> Option<(bool, Option<Failure>)> {
    let (address, text) = if let Some(rest) = line.strip_prefix("* connect to ") {
        let (place, text) = rest.split_once(" failed: ")?;
        (place.split(' ').next()?, text)
    } else {
        line.strip_prefix("* Immediate connect fail for ")?.split_once(": ")?
    };
    let v4 = matches!(address.parse(), Ok(IpAddr::V4(_)));
    Some((v4, Failure::of_text(text)))
}

/// `Recv failure: TEXT` or `Send failure: TEXT`.
fn hangup(stderr: &str) -> Option<Hangup> {
    let line = stderr.lines().rev().find(|line| line.starts_with("curl: ("))?;
    Failure::at_end_of(line)?.hangup
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PROXY: &str = "* Uses proxy env variable http_proxy == 'http://127.0.0.1:9'\n";
    const V4: &str = "* connect to 127.0.0.1 port 9 failed: Connection refused\n";
    const V6: &str = "* Immediate connect fail for ::1: Cannot assign requested address\n";

    fn ended(exit: i32, stdout: &str, stderr: &str) -> Ended {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Ended { exit: Some(exit), killed: false, stdout, stderr }
    }

    fn outcome(exit: i32, stdout: &str, stderr: &str) -> (String, Via) {
        let found = read(&ended(exit, stdout, stderr), Some("tok")).unwrap();
        (found.outcome.to_string(), found.via)
    }

    #[rstest]
    #[case::ours("< HTTP/1.1 200 OK\r\n< X-Reachlab-Instance: tok\r\n< \r\n", "http-200")]
    #[case::header_case("< HTTP/1.1 200 OK\r\n< x-reachlab-instance: tok\r\n< \r\n", "http-200")]
    #[case::another_lab(
        "< HTTP/1.1 200 OK\r\n< X-Reachlab-Instance: other\r\n< \r\n",
        "wrong-server"
    )]
    #[case::no_token("< HTTP/1.1 200 OK\r\n< Server: nginx\r\n< \r\n", "wrong-server")]
    #[case::not_of_the_interim(
        "< HTTP/1.1 103 Early Hints\r\n< X-Reachlab-Instance: tok\r\n< \r\n< HTTP/1.1 200 OK\r\n< \r\n",
        "wrong-server"
    )]
    fn answers(#[case] stderr: &str, #[case] expected: &str) {
        assert_eq!(outcome(0, "200 127.0.0.1", stderr), (expected.to_owned(), Via::Direct));
    }

    #[rstest]
    #[case::refused(7, "000 ", V4, "refused")]
    #[case::immediate(
        7,
        "000 ",
        "* Immediate connect fail for 10.0.1.1: No route to host\n",
        "no-route"
    )]
    #[case::curl8(
        7,
        "000 ",
        "* connect to 127.0.0.1 port 9 from 127.0.0.1 port 47874 failed: Connection refused\n",
        "refused"
    )]
    #[case::name(6, "000 ", "curl: (6) Could not resolve host: nosuch.invalid\n", "no-name")]
    #[case::timeout(
        28,
        "000 ",
        "curl: (28) Connection timed out after 2001 milliseconds\n",
        "timeout"
    )]
    #[case::no_answer(
        28,
        "000 127.0.0.1",
        "curl: (28) Operation timed out after 1000 milliseconds with 0 bytes received\n",
        "no-answer"
    )]
    #[case::half_an_answer(
        28,
        "200 127.0.0.1",
        "curl: (28) Operation timed out after 1000 milliseconds with 2 out of 20 bytes received\n",
        "no-answer"
    )]
    #[case::fin(52, "000 127.0.0.1", "curl: (52) Empty reply from server\n", "dropped")]
    #[case::rst(
        56,
        "000 127.0.0.1",
        "curl: (56) Recv failure: Connection reset by peer\n",
        "dropped"
    )]
    #[case::short(
        18,
        "200 127.0.0.1",
        "curl: (18) transfer closed with 18 bytes remaining to read\n",
        "dropped"
    )]
    #[case::garbage(
        1,
        "000 127.0.0.1",
        "curl: (1) Received HTTP/0.9 when not allowed\n",
        "wrong-server"
    )]
    fn failures(#[case] exit: i32, #[case] out: &str, #[case] err: &str, #[case] expected: &str) {
        assert_eq!(outcome(exit, out, err), (expected.to_owned(), Via::Direct));
    }

    #[rstest]
    #[case::curl7([V4, V6])]
    #[case::curl8([V6, V4])]
    fn the_last_failure_does_not_depend_on_the_order_of_families(#[case] lines: [&str; 2]) {
        assert_eq!(outcome(7, "000 ", &lines.concat()).0, "refused");
    }

    #[rstest]
    #[case::refused(7, "000 ", V4, "proxy-refused")]
    #[case::timeout(28, "000 ", "", "proxy-refused")]
    #[case::name(5, "000 ", "", "proxy-refused")]
    #[case::no_answer(28, "000 127.0.0.1", "", "no-answer")]
    #[case::dropped(52, "000 127.0.0.1", "", "dropped")]
    #[case::its_own(0, "502 127.0.0.1", "< HTTP/1.1 502 Bad Gateway\r\n", "proxy-error")]
    #[case::passed_on(
        0,
        "200 127.0.0.1",
        "< HTTP/1.1 200 OK\r\n< X-Reachlab-Instance: tok\r\n",
        "http-200"
    )]
    #[case::garbage(
        1,
        "000 127.0.0.1",
        "curl: (1) Received HTTP/0.9 when not allowed\n",
        "proxy-error"
    )]
    fn through_a_proxy(
        #[case] exit: i32,
        #[case] out: &str,
        #[case] err: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(outcome(exit, out, &format!("{PROXY}{err}")), (expected.to_owned(), Via::Proxy));
    }

    #[test]
    fn no_proxy_is_not_a_proxy() {
        assert_eq!(via("* Uses proxy env variable no_proxy == 'localhost'\n"), Via::Direct);
    }

    #[rstest]
    #[case(7, "000 ", "* connect to 127.0.0.1 port 9 failed: Something New\n")]
    #[case(7, "000 ", "curl: (7) Unsupported proxy scheme for 'foo://127.0.0.1:9'\n")]
    #[case(56, "000 127.0.0.1", "curl: (56) Proxy CONNECT aborted\n")]
    #[case(35, "000 127.0.0.1", "curl: (35) OpenSSL/3.0.19: error:0A00010B\n")]
    #[case(0, "000 127.0.0.1", "")]
    #[case(2, "", "curl: option -x: requires parameter\n")]
    fn the_unknown_is_no_outcome(#[case] exit: i32, #[case] out: &str, #[case] err: &str) {
        assert_eq!(read(&ended(exit, out, err), Some("tok")), None);
    }
}
