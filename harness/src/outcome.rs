//! What a cell can show: a closed list, the same on every arm.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What one tool saw on one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Outcome {
    /// `ping` got its echo.
    Ok,
    /// TCP connected and nobody hung up while the tool watched.
    Open,
    /// The lab's own service answered with this status.
    Http(u16),
    /// Direct, an HTTP answer that is not of this lab's service.
    WrongServer,
    /// ECONNREFUSED
    Refused,
    /// EHOSTUNREACH
    NoRoute,
    /// ENETUNREACH
    NetUnreachable,
    /// EACCES
    NotPermitted,
    /// No connection within the time limit.
    Timeout,
    /// Connected, then silence until the time limit.
    NoAnswer,
    /// Connected, then hung up without an answer.
    Dropped,
    /// The name did not resolve.
    NoName,
    /// No TCP connection to the proxy.
    ProxyRefused,
    /// An answer that the proxy itself made.
    ProxyError,
    /// Neither the tool nor a twin of it is at hand.
    NoTool,
    /// The cell has no meaning on this arm.
    NotApplicable,
}

const WORDS: [(Outcome, &str); 15] = [
    (Outcome::Ok, "ok"),
    (Outcome::Open, "open"),
    (Outcome::WrongServer, "wrong-server"),
    (Outcome::Refused, "refused"),
    (Outcome::NoRoute, "no-route"),
    (Outcome::NetUnreachable, "net-unreachable"),
    (Outcome::NotPermitted, "not-permitted"),
    (Outcome::Timeout, "timeout"),
    (Outcome::NoAnswer, "no-answer"),
    (Outcome::Dropped, "dropped"),
    (Outcome::NoName, "no-name"),
    (Outcome::ProxyRefused, "proxy-refused"),
    (Outcome::ProxyError, "proxy-error"),
    (Outcome::NoTool, "no-tool"),
    (Outcome::NotApplicable, "not-applicable"),
];

impl Outcome {
    /// Whether the cell counts towards a good route: `ok`, `open` or `http-2xx`.
    pub fn is_good(self) -> bool {
        matches!(self, Outcome::Ok | Outcome::Open | Outcome::Http(200..=299))
    }

    /// Whether a clock told it, and no word of anybody.
    pub fn is_silence(self) -> bool {
        matches!(self, Outcome::Timeout | Outcome::NoAnswer)
    }

    /// Whether the cell says anything about its route at all.
    pub fn is_applicable(self) -> bool {
        !matches!(self, Outcome::NoTool | Outcome::NotApplicable)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Outcome::Http(status) = self {
            return f.pad(&format!("http-{status}"));
        }
        let word = WORDS.iter().find(|(outcome, _)| outcome == self).map_or("?", |(_, word)| word);
        f.pad(word)
    }
}

crate::text::serialized_as_text!(Outcome);

impl FromStr for Outcome {
    type Err = String;

    /// # Errors
    /// Names the allowed words.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((outcome, _)) = WORDS.iter().find(|(_, word)| *word == text) {
            return Ok(*outcome);
        }
        if let Some(status) = text.strip_prefix("http-")
            && let Ok(status @ 100..=599) = status.parse::<u16>()
        {
            return Ok(Outcome::Http(status));
        }
        let words = WORDS.map(|(_, word)| word).join(", ");
        Err(format!("unknown outcome `{text}`; one of {words}, or http-NNN"))
    }
}

/// How an HTTP request travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// Straight to the target.
    Direct,
    /// Through the proxy that the environment names.
    Proxy,
}

/// How a peer hung up. Which of the two a client sees can be a race, so snapshots leave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hangup {
    /// An orderly end of the stream.
    Fin,
    /// A reset.
    Rst,
}
