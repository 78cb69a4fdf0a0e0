//! `Test-NetConnection`. PowerShell translates no property names.

use super::super::shape::{address, label};
use super::{put, put_address, target::Target};
use crate::{
    evidence::{document::Block, fact::Seen, reader::Sink},
    outcome::Outcome,
};

pub(super) fn read(block: &Block<'_>, target: &Target, out: &mut Sink) {
    let mut target = target.clone();
    let mut remote = None;
    for line in &block.lines {
        // `WARNING: TCP connect to (::1 : 8080) failed`
        if let Some((_, rest)) = line.split_once("TCP connect to (") {
            let host = rest.as_str().split([' ', ')']).next().and_then(address);
            if let Some(host) = host {
                put_address(block.side, line.span(), "tnc", &target, host, Seen::Fails, out);
            }
            continue;
        }
        let Some((key, value)) = label(*line) else { continue };
        let value = value.as_str();
        let yes = value.eq_ignore_ascii_case("true");
        match key.as_str().to_ascii_lowercase().as_str() {
            "remoteport" => target.port = value.parse().ok(),
            "remoteaddress" => remote = address(value),
            "tcptestsucceeded" if yes || value.eq_ignore_ascii_case("false") => {
                let seen = if yes { Seen::Outcome(Outcome::Open) } else { Seen::Fails };
                put(block.side, line.span(), "tnc", &target, seen, out);
                if let Some(host) = remote.take().filter(|_| yes) {
                    put_address(block.side, line.span(), "tnc", &target, host, seen, out);
                }
            }
            "pingsucceeded" if yes || value.eq_ignore_ascii_case("false") => {
                let seen =
                    if yes { Seen::Outcome(Outcome::Ok) } else { Seen::Outcome(Outcome::Timeout) };
                let host = Target { host: target.host.clone(), port: None };
                put(block.side, line.span(), "ping", &host, seen, out);
            }
            _ => {}
        }
    }
}
