//! `netsh advfirewall firewall add|delete|set|show rule`.

use super::{
    super::{
        Problem, spelled_out,
        tags::{BAD_SYNTAX, Tags},
    },
    show,
};
use crate::{
    agent::protocol::Output,
    windows_model::{
        failed,
        firewall::{Action, Firewall, FirewallError, Ports, Profiles, Protocol, Remote, Rule},
        succeeded,
    },
};

const VERBS: [&str; 6] = ["add", "delete", "dump", "help", "set", "show"];

const NO_MATCH: &str = "\nNo rules match the specified criteria.\n\n";

/// What `add rule` takes; of Windows' tags, `edge`, `localip`, `remoteport`, `service`,
/// `rmtcomputergrp` and the like are missing.
const TAGS: [&str; 11] = [
    "name",
    "dir",
    "action",
    "program",
    "description",
    "enable",
    "profile",
    "remoteip",
    "localport",
    "protocol",
    "interfacetype",
];

/// Tags of Windows that the model lacks.
const OTHER_TAGS: [&str; 10] = [
    "service",
    "localip",
    "remoteport",
    "rmtcomputergrp",
    "rmtusrgrp",
    "edge",
    "security",
    "verbose",
    "new",
    "group",
];

/// Runs a command.
pub(super) fn run(
    firewall: &Firewall,
    verb: &str,
    what: &str,
    arguments: &[String],
) -> Result<Output, Problem> {
    let verb = spelled_out(verb, &VERBS).ok_or(Problem::NotFound)?;
    if spelled_out(what, &["rule"]).is_none() {
        return Err(Problem::NotFound);
    }
    match verb {
        "add" => add(firewall, arguments),
        "delete" => {
            let found = matching(firewall, &parse(arguments, &["name"])?)?;
            if found.is_empty() {
                return Ok(failed(1, NO_MATCH));
            }
            done(firewall.delete(&found))?;
            Ok(succeeded(format!("\nDeleted {} rule(s).\nOk.\n\n", found.len())))
        }
        "set" => set(firewall, arguments),
        "show" => {
            let verbose = arguments.last().is_some_and(|last| last.eq_ignore_ascii_case("verbose"));
            let plain = &arguments[..arguments.len() - usize::from(verbose)];
            let found = matching(firewall, &parse(plain, &["name"])?)?;
            if found.is_empty() {
                return Ok(failed(1, NO_MATCH));
            }
            Ok(succeeded(show::rules(&found)))
        }
        _ => Err(Problem::NotModelled),
    }
}

fn add(firewall: &Firewall, arguments: &[String]) -> Result<Output, Problem> {
    let tags = parse(arguments, &["name", "dir", "action"])?;
    let name = tags.get("name").unwrap_or_default();
    if name.eq_ignore_ascii_case("all") {
        return Err(Problem::Said(
            "\nA specified value is not valid.\n\n".to_owned() + BAD_SYNTAX + "\n",
        ));
    }
    let mut rule = Rule::named(firewall.fresh_name(), name.to_owned());
    inbound(&tags)?;
    if let Some(word) = tags.get("protocol") {
        rule.protocol = protocol(word)?;
    }
    if let Some(ports) = tags.get("localport") {
        rule.local_ports = Ports::parse(ports).ok_or(Problem::NotModelled)?;
    }
    rule.program = tags.get("program").map(str::to_owned);
    rule.description = tags.get("description").unwrap_or_default().to_owned();
    change(&mut rule, &tags)?;
    rule.check().map_err(|_| Problem::NotModelled)?;
    done(firewall.store(&[rule]))?;
    Ok(succeeded("Ok.\n\n"))
}

/// `set rule ... new ...`
fn set(firewall: &Firewall, arguments: &[String]) -> Result<Output, Problem> {
    let new = arguments.iter().position(|argument| argument.eq_ignore_ascii_case("new"));
    let (which, what) = arguments.split_at(new.ok_or_else(bad_syntax)?);
    let mut found = matching(firewall, &parse(which, &["name"])?)?;
    let tags = parse(&what[1..], &[])?;
    let changed = ["enable", "action", "profile", "remoteip"];
    if tags.names().any(|name| !changed.contains(&name)) {
        return Err(Problem::NotModelled);
    }
    if found.is_empty() {
        return Ok(failed(1, NO_MATCH));
    }
    found.iter_mut().try_for_each(|rule| change(rule, &tags))?;
    done(firewall.store(&found))?;
    Ok(succeeded(format!("\nUpdated {} rule(s).\nOk.\n\n", found.len())))
}

/// What `add` and `set` have in common.
fn change(rule: &mut Rule, tags: &Given) -> Result<(), Problem> {
    if let Some(word) = tags.get("action") {
        // `bypass` is for authenticated connections.
        rule.action = Action::parse(word).ok_or(Problem::NotModelled)?;
    }
    if let Some(word) = tags.get("enable") {
        rule.enabled = match word.to_lowercase().as_str() {
            "yes" => true,
            "no" => false,
            _ => return Err(bad_syntax()),
        };
    }
    if let Some(words) = tags.get("profile") {
        rule.profiles = Profiles::parse(words).ok_or_else(bad_syntax)?;
    }
    if let Some(text) = tags.get("remoteip") {
        rule.remote = Remote::parse_list(text).ok_or(Problem::NotModelled)?;
    }
    Ok(())
}

/// The rules that have this name, and fit the other tags.
fn matching(firewall: &Firewall, tags: &Given) -> Result<Vec<Rule>, Problem> {
    inbound(tags)?;
    let name = tags.get("name").unwrap_or_default();
    let protocol = tags.get("protocol").map(protocol).transpose()?;
    let ports = tags.get("localport").map(|text| Ports::parse(text).ok_or(Problem::NotModelled));
    let ports = ports.transpose()?;
    let other = ["name", "dir", "protocol", "localport"];
    if tags.names().any(|name| !other.contains(&name)) {
        return Err(Problem::NotModelled);
    }
    let mut rules = firewall.rules();
    rules.retain(|rule| {
        (name.eq_ignore_ascii_case("all") || rule.display_name.eq_ignore_ascii_case(name))
            && protocol.is_none_or(|protocol| rule.protocol == protocol)
            && ports.as_ref().is_none_or(|ports| rule.local_ports == *ports)
    });
    Ok(rules)
}

/// Tags and their values.
struct Given([Option<String>; 11]);

impl Given {
    fn get(&self, tag: &str) -> Option<&str> {
        let at = TAGS.iter().position(|known| *known == tag)?;
        self.0.get(at)?.as_deref()
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        TAGS.into_iter().zip(&self.0).filter(|(_, value)| value.is_some()).map(|(tag, _)| tag)
    }
}

fn parse(arguments: &[String], required: &[&str]) -> Result<Given, Problem> {
    for argument in arguments {
        // These rules take no values without tags.
        let Some((tag, _)) = argument.split_once('=') else { return Err(bad_syntax()) };
        if OTHER_TAGS.iter().any(|other| other.eq_ignore_ascii_case(tag)) {
            return Err(Problem::NotModelled);
        }
    }
    let given = Given(Tags::parse(arguments, TAGS, "Usage: see help.")?.into_values());
    if required.iter().any(|tag| given.get(tag).is_none()) {
        return Err(Problem::Said(
            "One or more essential parameters were not entered.\n\
             Verify the required parameters, and reenter them.\n"
                .to_owned()
                + BAD_SYNTAX
                + "\n",
        ));
    }
    if given.get("interfacetype").is_some_and(|kind| !kind.eq_ignore_ascii_case("any")) {
        return Err(Problem::NotModelled);
    }
    Ok(given)
}

fn inbound(tags: &Given) -> Result<(), Problem> {
    match tags.get("dir") {
        None => Ok(()),
        Some(word) if word.eq_ignore_ascii_case("in") => Ok(()),
        Some(word) if word.eq_ignore_ascii_case("out") => Err(Problem::NotModelled),
        Some(_) => Err(bad_syntax()),
    }
}

/// `tcp`, `udp`, `any`, `icmpv4`, `icmpv4:8,any`.
fn protocol(word: &str) -> Result<Protocol, Problem> {
    let (name, kind) = word.split_once(':').unwrap_or((word, "any,any"));
    match (Protocol::parse(name), kind.split_once(',')) {
        (Some(Protocol::Icmp4(_)), Some((kind, code))) if code.eq_ignore_ascii_case("any") => {
            if kind.eq_ignore_ascii_case("any") {
                return Ok(Protocol::Icmp4(None));
            }
            kind.parse().map(|kind| Protocol::Icmp4(Some(kind))).map_err(|_| Problem::NotModelled)
        }
        (Some(protocol), _) if !word.contains(':') => Ok(protocol),
        _ => Err(Problem::NotModelled),
    }
}

fn bad_syntax() -> Problem {
    Problem::Said(format!("{BAD_SYNTAX}\n"))
}

fn done(result: Result<(), FirewallError>) -> Result<(), Problem> {
    result.map_err(|error| Problem::Lab(error.into()))
}
