//! `netsh interface portproxy`: its commands, their arguments and their words.

use super::{
    Problem, show, spelled_out,
    tags::{BAD_SYNTAX, Tags},
};
use crate::{
    agent::protocol::Output,
    windows_model::{
        WindowsError, failed,
        portproxy::{Destination, Direction, Family, PortProxy, Rule, RuleKey},
        registry::Registry,
        succeeded,
    },
};

const COMMANDS: [&str; 7] = ["add", "delete", "dump", "help", "reset", "set", "show"];

const ESSENTIAL: &str = "One or more essential parameters were not entered.\n\
                         Verify the required parameters, and reenter them.\n";
const INCORRECT: &str = "The parameter is incorrect.\n\n";
const NO_SUCH_RULE: &str = "The system cannot find the file specified.\n\n";

/// A command, its arguments checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// `add` and `set`, which do the same: each makes the rule or replaces it. The documentation
    /// says so of `set`, and of `add` scripts that add a rule anew with another target rely on it.
    Store(Rule),
    Delete(RuleKey),
    /// `None` means all.
    Show(Option<Direction>),
    Dump,
    Reset,
}

impl Command {
    /// Reads what follows `netsh interface portproxy`.
    pub(super) fn parse(arguments: &[String]) -> Result<Command, Problem> {
        let Some((verb, rest)) = arguments.split_first() else { return Err(Problem::NotModelled) };
        let verb = spelled_out(verb, &COMMANDS).ok_or(Problem::NotFound)?;
        match (verb, rest) {
            ("dump", []) => Ok(Command::Dump),
            ("reset", []) => Ok(Command::Reset),
            ("show", [what]) if spelled_out(what, &["all"]).is_some() => Ok(Command::Show(None)),
            ("show", [what]) => direction(what).map(|direction| Command::Show(Some(direction))),
            ("add" | "set", [what, rest @ ..]) => store(verb, direction(what)?, rest),
            ("delete", [what, rest @ ..]) => delete(direction(what)?, rest),
            // Help texts, and arguments that these commands do not take.
            _ => Err(Problem::NotModelled),
        }
    }

    pub(super) async fn run(
        self,
        registry: &Registry,
        service: &PortProxy,
    ) -> Result<Output, WindowsError> {
        match self {
            Command::Store(rule) => {
                rule.store(registry)?;
                service.reconcile(Some(&rule.key)).await;
            }
            Command::Delete(key) => {
                if !Rule::delete(registry, &key)? {
                    return Ok(failed(1, NO_SUCH_RULE));
                }
                service.reconcile(None).await;
            }
            Command::Reset => {
                Rule::delete_all(registry)?;
                service.reconcile(None).await;
            }
            Command::Show(None) => return Ok(succeeded(show::tables(&Rule::all(registry)))),
            Command::Show(Some(direction)) => {
                return Ok(succeeded(show::tables(&Rule::of(registry, direction))));
            }
            Command::Dump => return Ok(succeeded(show::script(&Rule::all(registry)))),
        }
        Ok(succeeded("\n"))
    }
}

fn direction(word: &str) -> Result<Direction, Problem> {
    let found = spelled_out(word, &Direction::ALL.map(Direction::name))
        .and_then(|name| Direction::ALL.into_iter().find(|direction| direction.name() == name));
    match found {
        Some(direction) => Ok(direction),
        None if ["help", "?", "/?"].contains(&word) => Err(Problem::NotModelled),
        None => Err(Problem::NotFound),
    }
}

fn store(verb: &str, direction: Direction, arguments: &[String]) -> Result<Command, Problem> {
    // A rule of one family that connects to itself is no use, and netsh's help for v4tov4 has the
    // address without brackets; between families it defaults to the local computer.
    let required = direction.listens() == direction.connects();
    let address = if required { "[connectaddress=]" } else { "[[connectaddress=]" };
    let close = if required { "" } else { "]" };
    let usage = format!(
        "Usage: {verb} {} [listenport=]<integer>|<servicename>\n             \
         {address}<IPv{} address>|<hostname>{close}\n            \
         [[connectport=]<integer>|<servicename>]\n            \
         [[listenaddress=]<IPv{} address>|<hostname>]\n            \
         [[protocol=]tcp]\n",
        direction.name(),
        digit(direction.connects()),
        digit(direction.listens()),
    );
    let tags = ["listenport", "connectaddress", "connectport", "listenaddress", "protocol"];
    let [listen_port, connect_address, connect_port, listen_address, protocol] =
        Tags::parse(arguments, tags, &usage)?.into_values();
    let missing = || Problem::Said(format!("{ESSENTIAL}{BAD_SYNTAX}\n{usage}\n"));
    let listen_port = port(&listen_port.ok_or_else(missing)?)?;
    let connect_address = match connect_address {
        Some(address) => checked(address, direction.connects())?,
        None if required => return Err(missing()),
        None => "localhost".to_owned(),
    };
    let connect_port = connect_port.as_deref().map_or(Ok(listen_port), port)?;
    let key = RuleKey { direction, address: listen(listen_address, direction)?, port: listen_port };
    only_tcp(protocol)?;
    let destination = Destination { address: connect_address, port: connect_port };
    Ok(Command::Store(Rule { key, destination }))
}

fn delete(direction: Direction, arguments: &[String]) -> Result<Command, Problem> {
    let usage = format!(
        "Usage: delete {} [listenport=]<integer>|<servicename>\n            \
         [[listenaddress=]<IPv{} address>|<hostname>]\n            \
         [[protocol=]tcp]\n",
        direction.name(),
        digit(direction.listens()),
    );
    let [listen_port, listen_address, protocol] =
        Tags::parse(arguments, ["listenport", "listenaddress", "protocol"], &usage)?.into_values();
    let missing = || Problem::Said(format!("{ESSENTIAL}{BAD_SYNTAX}\n{usage}\n"));
    let port = port(&listen_port.ok_or_else(missing)?)?;
    let address = listen(listen_address, direction)?;
    only_tcp(protocol)?;
    Ok(Command::Delete(RuleKey { direction, address, port }))
}

/// A rule that names no listen address is stored and shown with `*`.
fn listen(address: Option<String>, direction: Direction) -> Result<String, Problem> {
    match address {
        None => Ok("*".to_owned()),
        Some(star) if star == "*" => Ok(star),
        Some(address) => checked(address, direction.listens()),
    }
}

/// netsh takes any name without looking it up (MicrosoftDocs/WSL#1890: even one with a blank at its
/// end); nothing at all, a slash, which the registry cannot hold, and an address of the other family
/// are refused.
fn checked(address: String, family: Family) -> Result<String, Problem> {
    let wrong_family = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => family == Family::V6,
        Ok(std::net::IpAddr::V6(_)) => family == Family::V4,
        Err(_) => false,
    };
    if wrong_family || address.trim().is_empty() || address.contains('/') {
        return Err(Problem::Said(INCORRECT.to_owned()));
    }
    Ok(address)
}

/// A port is 1-65535. netsh also takes the names of Windows' services file, which the model lacks.
fn port(text: &str) -> Result<u16, Problem> {
    match text.parse::<u16>() {
        Ok(port @ 1..) => Ok(port),
        _ if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            Err(Problem::NotModelled)
        }
        _ => Err(Problem::Said(INCORRECT.to_owned())),
    }
}

/// There is no UDP port proxy (ledger 4.3.7).
fn only_tcp(protocol: Option<String>) -> Result<(), Problem> {
    match protocol {
        Some(other) if !other.eq_ignore_ascii_case("tcp") => Err(Problem::Said(format!(
            "{other} is not an acceptable value for protocol.\n{INCORRECT}"
        ))),
        _ => Ok(()),
    }
}

const fn digit(family: Family) -> char {
    match family {
        Family::V4 => '4',
        Family::V6 => '6',
    }
}
