//! The lab's Go client: `net/http` with Go's own resolver, dialer and proxy rules.

use std::path::PathBuf;

use serde::Deserialize;

use super::{
    error::ProbeError, finding::Finding, line::Line, prober::Job, process::Ended, strerror::Failure,
};
use crate::outcome::{Hangup, Outcome, Via};

/// The line that it prints. What only newer clients tell has a default.
#[derive(Debug, Deserialize)]
struct Report {
    status: u16,
    token: String,
    error: String,
    errno: i32,
    connected: bool,
    proxy: String,
    #[serde(default)]
    timeout: bool,
    #[serde(default)]
    eof: bool,
    #[serde(default)]
    reset: bool,
    #[serde(default)]
    no_name: bool,
}

/// The command line.
pub(super) fn line(job: &Job<'_>, path: Option<PathBuf>) -> Line {
    let timeout = format!("{}ms", job.timeout.as_millis());
    let args = ["--url", &job.endpoint.url(), "--timeout", &timeout].map(str::to_owned);
    Line::new(path, "go-client", args.to_vec())
}

/// Run it.
///
/// # Errors
/// See [`ProbeError`].
pub(super) async fn run(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let ended = job.run_to_its_end(line).await?;
    read(&ended, job.token).map(|found| found.exit(ended.exit)).ok_or_else(|| ended.unknown(line))
}

/// What its report means; `None` when no table knows.
fn read(ended: &Ended, token: Option<&str>) -> Option<Finding> {
    let report: Report = serde_json::from_str(ended.stdout.trim()).ok()?;
    let via = if report.proxy.is_empty() { Via::Direct } else { Via::Proxy };
    if report.status != 0 {
        return Some(Finding::answered(report.status, Some(&report.token), token, via));
    }
    let failure = Failure::of_errno(report.errno);
    if report.connected {
        let reset = report.reset || failure.is_some_and(|found| found.hangup.is_some());
        return if reset {
            Some(Finding::dropped(Hangup::Rst).via(via))
        } else if report.eof {
            Some(Finding::dropped(Hangup::Fin).via(via))
        } else if report.timeout {
            Some(Finding::from(Outcome::NoAnswer).via(via))
        } else if report.error.contains("malformed HTTP") {
            Some(Finding::not_http(via))
        } else {
            None
        };
    }
    let failure = if report.no_name {
        Some(Failure::NO_NAME)
    } else {
        failure.or(report.timeout.then_some(Failure::TIMEOUT))
    };
    failure.map(|failure| Finding::unreached(failure, via))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn report(fields: &str) -> Ended {
        let mut all = serde_json::json!({"status": 0, "token": "", "error": "", "op": "", "errno": 0,
            "connected": false, "proxy": ""});
        let fields: serde_json::Value = serde_json::from_str(fields).unwrap();
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let stdout = format!("{all}\n");
        Ended { exit: Some(1), killed: false, stdout, stderr: String::new() }
    }

    #[rstest]
    #[case::ours(r#"{"status":200,"token":"t","connected":true}"#, "http-200", Via::Direct)]
    #[case::stranger(r#"{"status":200,"connected":true}"#, "wrong-server", Via::Direct)]
    #[case::proxied(r#"{"status":200,"token":"t","proxy":"http://p"}"#, "http-200", Via::Proxy)]
    #[case::proxy(r#"{"status":502,"proxy":"http://p"}"#, "proxy-error", Via::Proxy)]
    #[case::refused(r#"{"op":"dial","errno":111}"#, "refused", Via::Direct)]
    #[case::no_proxy(
        r#"{"op":"dial","errno":111,"proxy":"http://p"}"#,
        "proxy-refused",
        Via::Proxy
    )]
    #[case::timeout(r#"{"op":"dial","timeout":true}"#, "timeout", Via::Direct)]
    #[case::no_answer(r#"{"connected":true,"timeout":true}"#, "no-answer", Via::Direct)]
    #[case::fin(r#"{"connected":true,"eof":true}"#, "dropped", Via::Direct)]
    #[case::rst(
        r#"{"op":"read","errno":104,"connected":true,"reset":true}"#,
        "dropped",
        Via::Direct
    )]
    #[case::no_name(r#"{"no_name":true}"#, "no-name", Via::Direct)]
    #[case::not_http(
        r#"{"connected":true,"error":"malformed HTTP response \"x\""}"#,
        "wrong-server",
        Via::Direct
    )]
    fn reports(#[case] fields: &str, #[case] outcome: &str, #[case] via: Via) {
        let found = read(&report(fields), Some("t")).unwrap();
        assert_eq!((found.outcome.to_string().as_str(), found.via), (outcome, via));
    }

    #[rstest]
    #[case(r#"{"error":"something new"}"#)]
    #[case(r#"{"errno":22}"#)]
    #[case(r#"{"errno":22,"connected":true}"#)]
    fn the_unknown_is_no_outcome(#[case] fields: &str) {
        assert_eq!(read(&report(fields), Some("t")), None);
    }
}
