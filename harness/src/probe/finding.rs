//! What a probe found, before the cell's route and clock are added.

use crate::{
    outcome::{Hangup, Outcome, Via},
    probe::strerror::Failure,
};

/// The outcome of one probe with what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// What the tool saw.
    pub outcome: Outcome,
    /// How the request travelled.
    pub via: Via,
    /// The program's exit code.
    pub exit_code: Option<i32>,
    /// The errno behind the outcome.
    pub errno: Option<i32>,
    /// How the peer hung up.
    pub hangup: Option<Hangup>,
}

impl From<Outcome> for Finding {
    fn from(outcome: Outcome) -> Self {
        Finding { outcome, via: Via::Direct, exit_code: None, errno: None, hangup: None }
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        Finding { errno: failure.errno, hangup: failure.hangup, ..Finding::from(failure.outcome) }
    }
}

impl Finding {
    /// A connection that the peer ended without an answer.
    pub fn dropped(hangup: Hangup) -> Self {
        let errno = (hangup == Hangup::Rst).then_some(super::strerror::ECONNRESET);
        Finding { errno, hangup: Some(hangup), ..Finding::from(Outcome::Dropped) }
    }

    /// An HTTP answer: the service's own where it carries the token, else somebody else's. Where
    /// no token is wanted, anybody's will do.
    ///
    /// Through a proxy an answer without the token is the proxy's own.
    pub fn answered(status: u16, token: Option<&str>, wanted: Option<&str>, via: Via) -> Self {
        if wanted.is_none_or(|wanted| token == Some(wanted)) {
            return Finding { via, ..Finding::from(Outcome::Http(status)) };
        }
        Finding::not_http(via)
    }

    /// Bytes that are no HTTP: nobody who carries a token.
    pub fn not_http(via: Via) -> Self {
        let outcome = match via {
            Via::Direct => Outcome::WrongServer,
            Via::Proxy => Outcome::ProxyError,
        };
        Finding { via, ..Finding::from(outcome) }
    }

    /// No connection, seen by an HTTP client: what failed is the way to the proxy, if there is one.
    pub fn unreached(failure: Failure, via: Via) -> Self {
        let outcome = if via == Via::Proxy { Outcome::ProxyRefused } else { failure.outcome };
        Finding { outcome, via, ..Finding::from(failure) }
    }

    /// The same, travelled so.
    pub fn via(self, via: Via) -> Self {
        Finding { via, ..self }
    }

    /// The same, with the program's exit code.
    pub fn exit(self, exit_code: Option<i32>) -> Self {
        Finding { exit_code, ..self }
    }
}
