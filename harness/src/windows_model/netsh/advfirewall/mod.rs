//! `netsh advfirewall`: rules and the state of the profiles.

use super::{Problem, spelled_out, tags::BAD_SYNTAX};
use crate::{
    agent::protocol::Output,
    windows_model::{
        firewall::{Firewall, Profile, ProfileState},
        succeeded,
    },
};

mod rules;
mod show;
#[cfg(test)]
mod tests;

const COMMANDS: [&str; 12] = [
    "consec", "delete", "dump", "export", "firewall", "help", "import", "mainmode", "monitor",
    "reset", "set", "show",
];

/// The profiles of `set` and `show`.
const STORES: [(&str, &[Profile]); 4] = [
    ("allprofiles", &Profile::ALL),
    ("domainprofile", &[Profile::Domain]),
    ("privateprofile", &[Profile::Private]),
    ("publicprofile", &[Profile::Public]),
];

/// Runs what follows `netsh advfirewall`.
pub(super) fn run(firewall: &Firewall, arguments: &[String]) -> Result<Output, Problem> {
    let Some((command, rest)) = arguments.split_first() else { return Err(Problem::NotModelled) };
    match (spelled_out(command, &COMMANDS).ok_or(Problem::NotFound)?, rest) {
        ("firewall", [verb, what, rest @ ..]) => rules::run(firewall, verb, what, rest),
        ("set", [store, what, value]) => set(firewall, store, what, value),
        ("show", [store, what]) => show(firewall, store, what),
        _ => Err(Problem::NotModelled),
    }
}

fn set(firewall: &Firewall, store: &str, what: &str, value: &str) -> Result<Output, Problem> {
    let profiles = profiles(store)?.iter().copied();
    let value = value.to_lowercase();
    let state = what.eq_ignore_ascii_case("state");
    let policy = what.eq_ignore_ascii_case("firewallpolicy");
    let done = match value.as_str() {
        "on" | "off" if state => {
            let enabled = value == "on";
            firewall.set_profiles(profiles, |state| ProfileState { enabled, ..state })
        }
        "notconfigured" if state => return Err(Problem::NotModelled),
        "blockinbound,allowoutbound" | "allowinbound,allowoutbound" if policy => {
            let allows_inbound = value.starts_with("allow");
            firewall.set_profiles(profiles, |state| ProfileState { allows_inbound, ..state })
        }
        _ if state => return Err(Problem::Said(format!("{BAD_SYNTAX}\n"))),
        _ => return Err(Problem::NotModelled),
    };
    done.map_err(|error| Problem::Lab(error.into()))?;
    Ok(succeeded("Ok.\n\n"))
}

fn show(firewall: &Firewall, store: &str, what: &str) -> Result<Output, Problem> {
    if !what.eq_ignore_ascii_case("state") {
        return Err(Problem::NotModelled);
    }
    let states = profiles(store)?.iter().map(|profile| (*profile, firewall.profile(*profile)));
    Ok(succeeded(show::states(states)))
}

fn profiles(store: &str) -> Result<&'static [Profile], Problem> {
    let names = STORES.map(|(name, _)| name);
    let found = spelled_out(store, &names).ok_or(Problem::NotModelled)?;
    let profiles = STORES.iter().find(|(name, _)| *name == found);
    profiles.map(|(_, profiles)| *profiles).ok_or(Problem::NotModelled)
}
