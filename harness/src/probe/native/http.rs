//! The twin of curl: one HTTP/1.1 GET, straight or through the environment's proxy.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::{body::Body, connect::race, socket_error};
use crate::{
    outcome::{Hangup, Outcome, Via},
    probe::{
        curl::INSTANCE,
        error::ProbeError,
        finding::Finding,
        line::Line,
        prober::Job,
        proxy_env::proxy_for,
        resolve::{LocalhostOrder, as_curl},
        strerror::Failure,
    },
};

/// Headers of an answer beyond which it is not taken for HTTP.
const MAX_HEADERS: usize = 64;

/// How every answer begins.
const PROTOCOL: &[u8] = b"HTTP/";

/// Do as `curl URL` does.
///
/// # Errors
/// See [`ProbeError`]; a proxy that is not plain HTTP is one.
pub(crate) async fn curl(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let (via, hop, path) = match proxy_for(&job.endpoint.host, job.env) {
        Some(proxy) => (Via::Proxy, proxy.endpoint()?, job.endpoint.url()),
        None => (Via::Direct, job.endpoint.clone(), "/".to_owned()),
    };
    let order = match hop.ip() {
        Some(_) => LocalhostOrder::V6First,
        None => job.programs.localhost_order().await?,
    };
    let deadline = Instant::now() + job.timeout;
    let work = async { race(&as_curl(&hop, order).await, line).await };
    let reached = timeout_at(deadline, work).await.unwrap_or(Ok(Err(Failure::TIMEOUT)))?;
    let stream = match reached {
        Ok(stream) => stream,
        Err(failure) => return Ok(Finding::unreached(failure, via)),
    };
    let host = job.endpoint.host_header();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: reachlab\r\nAccept: */*\r\n\
         Connection: close\r\n\r\n"
    );
    let ended = match timeout_at(deadline, exchange(stream, &request)).await {
        Ok(ended) => ended.map_err(|source| socket_error(line, "HTTP exchange", source))?,
        Err(_) => return Ok(Finding::from(Outcome::NoAnswer).via(via)),
    };
    Ok(match ended {
        End::Answered(head) => {
            Finding::answered(head.status, head.token.as_deref(), job.token, via)
        }
        End::HungUp(hangup) => Finding::dropped(hangup).via(via),
        End::NotHttp => Finding::not_http(via),
    })
}

/// How a connection that stood ended.
enum End {
    /// With a whole answer.
    Answered(Head),
    /// Before the answer was whole.
    HungUp(Hangup),
    /// With bytes that are no HTTP.
    NotHttp,
}

/// What counts of an answer's head.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    token: Option<String>,
    body: Body,
    /// Its length in bytes.
    length: usize,
}

/// Send the request and read the answer to its end.
async fn exchange(mut stream: TcpStream, request: &str) -> io::Result<End> {
    if let Err(error) = stream.write_all(request.as_bytes()).await {
        return hung_up(error);
    }
    let mut bytes = Vec::new();
    let mut head = loop {
        match parse(&bytes) {
            Parsed::Partial => {}
            Parsed::NotHttp => return Ok(End::NotHttp),
            Parsed::Head(head) => break head,
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) => return Ok(End::HungUp(Hangup::Fin)),
            Ok(_) => {}
            Err(error) => return hung_up(error),
        }
    };
    bytes.drain(..head.length);
    loop {
        head.body.feed(&bytes).map_err(io::Error::other)?;
        if head.body.is_complete() {
            return Ok(End::Answered(head));
        }
        bytes.clear();
        match stream.read_buf(&mut bytes).await {
            Ok(0) if head.body.may_end() => return Ok(End::Answered(head)),
            Ok(0) => return Ok(End::HungUp(Hangup::Fin)),
            Ok(_) => {}
            Err(error) => return hung_up(error),
        }
    }
}

fn hung_up(error: io::Error) -> io::Result<End> {
    let hangup = Failure::of_io(&error).and_then(|failure| failure.hangup);
    hangup.map(End::HungUp).ok_or(error)
}

/// What the first bytes of an answer are.
#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    Partial,
    NotHttp,
    Head(Head),
}

/// Read a head. Interim answers (1xx) before it count as part of it.
fn parse(bytes: &[u8]) -> Parsed {
    let mut skipped = 0;
    loop {
        let rest = &bytes[skipped..];
        // As curl, which knows from the first differing byte that this is no HTTP/1.
        let common = rest.len().min(PROTOCOL.len());
        if rest[..common] != PROTOCOL[..common] {
            return Parsed::NotHttp;
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(rest) {
            Ok(httparse::Status::Complete(length)) => skipped + length,
            Ok(httparse::Status::Partial) => return Parsed::Partial,
            Err(_) => return Parsed::NotHttp,
        };
        match response.code {
            Some(100..=199) => skipped = length,
            Some(status) => {
                let token = response
                    .headers
                    .iter()
                    .find(|header| header.name.eq_ignore_ascii_case(INSTANCE));
                let token = token.map(|header| String::from_utf8_lossy(header.value).into_owned());
                let body = Body::announced(status, response.headers);
                return Parsed::Head(Head { status, token, body, length });
            }
            None => return Parsed::NotHttp,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn head(status: u16, token: Option<&str>, body: Body, text: &str) -> Parsed {
        let token = token.map(str::to_owned);
        Parsed::Head(Head { status, token, body, length: text.find("body").unwrap_or(text.len()) })
    }

    #[rstest]
    #[case::token(
        "HTTP/1.1 200 OK\r\nx-reachlab-instance: t\r\nContent-Length: 4\r\n\r\nbody",
        Some("t"),
        200
    )]
    #[case::interim(
        "HTTP/1.1 103 Early\r\nX-Reachlab-Instance: t\r\n\r\nHTTP/1.1 502 No\r\nContent-Length: 4\r\n\r\nbody",
        None,
        502
    )]
    fn heads(#[case] text: &str, #[case] token: Option<&str>, #[case] status: u16) {
        assert_eq!(parse(text.as_bytes()), head(status, token, Body::Length(4), text));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::start("HTT")]
    #[case::head("HTTP/1.1 200 OK\r\nServer: x\r\n")]
    #[case::after_interim("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2")]
    fn partial(#[case] text: &str) {
        assert_eq!(parse(text.as_bytes()), Parsed::Partial);
    }

    #[rstest]
    #[case::ssh("SSH-2.0-OpenSSH_9.2\r\n")]
    #[case::smtp("220 hi\r\n")]
    #[case::broken_head("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    fn not_http(#[case] text: &str) {
        assert_eq!(parse(text.as_bytes()), Parsed::NotHttp);
    }
}
