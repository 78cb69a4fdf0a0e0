//! A client that was run against an address, with what it printed: curl, wget, nc, telnet, ping,
//! `Test-NetConnection`, `Invoke-WebRequest`. The prompt says on which machine.

mod client;
mod database;
mod failure;
mod ping;
mod target;
mod tnc;
mod wget;

#[cfg(test)]
mod tests;

use self::target::Target;
use super::shape::runs;
use crate::evidence::{
    document::{Block, Form},
    fact::{Attempt, Kind, Place, Seen},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Span,
};

pub(super) const READER: Reader = Reader { name: "transcript", read };

/// A client's program and the name of the tool in facts.
const TOOLS: [(&str, &str); 22] = [
    ("curl", "curl"),
    ("wget", "wget"),
    ("nc", "nc"),
    ("ncat", "nc"),
    ("netcat", "nc"),
    ("nc.openbsd", "nc"),
    ("telnet", "telnet"),
    ("ping", "ping"),
    ("ping6", "ping"),
    ("Test-NetConnection", "tnc"),
    ("tnc", "tnc"),
    ("Invoke-WebRequest", "curl"),
    ("iwr", "curl"),
    ("Invoke-RestMethod", "curl"),
    ("irm", "curl"),
    ("psql", "psql"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("redis-cli", "redis-cli"),
    ("mongo", "mongo"),
    ("mongosh", "mongo"),
    ("sqlcmd", "sqlcmd"),
];

fn read(block: &Block<'_>, out: &mut Sink) {
    if block.form == Form::Item {
        return wget::item(block, out);
    }
    let Some((tool, target)) = asked(block) else { return };
    match tool {
        "ping" => ping::read(block, &target, out),
        "tnc" => tnc::read(block, &target, out),
        "wget" => wget::read(block, &target, out),
        tool if database::is_one(tool) => database::read(block, tool, &target, out),
        tool => client::read(block, tool, &target, out),
    }
}

/// Whether a block is one of these, so that nobody else needs to look for an attempt in it.
pub(super) fn is_one(block: &Block<'_>) -> bool {
    block.form == Form::Output && asked(block).is_some()
}

fn asked(block: &Block<'_>) -> Option<(&'static str, Target)> {
    let command = block.command?;
    let (_, tool) = TOOLS.iter().find(|(program, _)| runs(Some(command), program))?;
    Some((tool, Target::of(command, tool)?))
}

/// An attempt at what the command names.
fn put(side: Side, span: Span, tool: &str, target: &Target, seen: Seen, out: &mut Sink) {
    let attempt = Attempt {
        to: Place::of(&target.host),
        host: Some(target.host.clone()),
        port: target.port,
        tool: Some(tool.to_owned()),
        seen,
    };
    out.put(side, span, Kind::Attempt(attempt));
}

/// An attempt at one of the addresses behind the name.
fn put_address(
    side: Side,
    span: Span,
    tool: &str,
    target: &Target,
    address: Host,
    seen: Seen,
    out: &mut Sink,
) {
    // Where the command names the address itself, the whole says it.
    if address != target.host {
        let port = target.port;
        put(side, span, tool, &Target { host: address, port }, seen, out);
    }
}
