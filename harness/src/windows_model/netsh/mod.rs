//! `netsh`: the way from `netsh int portproxy ...` to the one context that is modelled.
//!
//! netsh prints everything, errors included, to stdout, and exits 1 for any of them.

use super::{Windows, WindowsError, failed, not_modelled, succeeded};
use crate::agent::protocol::Output;

mod advfirewall;
mod portproxy;
mod ports;
mod show;
mod tags;

/// What the model knows, for errors about the rest.
const MODELLED: &str = "`netsh interface portproxy add|set|delete|show|reset|dump` with v4tov4, \
                        v4tov6, v6tov4, v6tov6; \
                        `netsh interface ipv4|ipv6 show excludedportrange|dynamicport tcp|udp`; \
                        `netsh advfirewall firewall add|delete|set|show rule` with inbound rules; \
                        `netsh advfirewall set|show allprofiles|domainprofile|privateprofile|\
                        publicprofile state`";

/// The contexts of netsh itself: a word may be shortened while it fits only one of them.
const CONTEXTS: [&str; 22] = [
    "advfirewall",
    "branchcache",
    "bridge",
    "dhcpclient",
    "dnsclient",
    "firewall",
    "http",
    "interface",
    "ipsec",
    "lan",
    "mbn",
    "namespace",
    "netio",
    "p2p",
    "ras",
    "rpc",
    "trace",
    "wcn",
    "wfp",
    "winhttp",
    "winsock",
    "wlan",
];

/// The contexts and commands of `netsh interface`.
const INTERFACE: [&str; 13] = [
    "6to4",
    "dump",
    "help",
    "httpstunnel",
    "ipv4",
    "ipv6",
    "isatap",
    "portproxy",
    "set",
    "show",
    "tcp",
    "teredo",
    "udp",
];

/// Runs `netsh` with these arguments. A change is in the registry, and the listeners match it,
/// when this returns.
///
/// # Errors
/// A context or command that netsh has and the model lacks, or a registry that cannot be written.
pub async fn run(windows: &Windows, arguments: &[String]) -> Result<Output, WindowsError> {
    let line = arguments.join(" ");
    let refused = || not_modelled(format!("`netsh {line}`"), MODELLED);
    let [context, sub, command @ ..] = arguments else { return Err(refused()) };
    let told = |problem| match problem {
        Problem::Said(text) => Ok(failed(1, text)),
        Problem::NotFound => Ok(not_found(&line)),
        Problem::NotModelled => Err(refused()),
        Problem::Lab(error) => Err(error),
    };
    match (spelled_out(context, &CONTEXTS), spelled_out(sub, &INTERFACE)) {
        (Some("interface"), Some("portproxy")) => match portproxy::Command::parse(command) {
            Ok(command) => command.run(windows.registry(), windows.portproxy()).await,
            Err(problem) => told(problem),
        },
        (Some("interface"), Some("ipv4" | "ipv6")) => {
            ports::show(command).map(succeeded).or_else(told)
        }
        (Some("advfirewall"), _) => {
            advfirewall::run(windows.firewall(), &arguments[1..]).or_else(told)
        }
        // `ipv4` has the aliases `ip` and `ip4`, options start with a dash or slash.
        (None, _) if !context.starts_with(['-', '/', '?']) => Ok(not_found(&line)),
        (Some("interface"), None) if !sub.to_lowercase().starts_with("ip") => Ok(not_found(&line)),
        _ => Err(refused()),
    }
}

/// Why a command did not do what it was told.
#[derive(Debug)]
enum Problem {
    /// netsh's own words for it.
    Said(String),
    /// netsh has no such command either.
    NotFound,
    /// netsh has it, the model does not.
    NotModelled,
    /// The lab cannot do it.
    Lab(WindowsError),
}

fn not_found(line: &str) -> Output {
    failed(1, format!("The following command was not found: {line}.\n\n"))
}

/// The word of the list that `word` is, or is the only one to start with.
fn spelled_out(word: &str, list: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    let mut matches = list.iter().copied().filter(|known| known.starts_with(&word));
    let first = matches.next().filter(|_| !word.is_empty())?;
    if first == word || matches.next().is_none() {
        return Some(first);
    }
    list.iter().copied().find(|known| *known == word)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::whole("interface", Some("interface"))]
    #[case::short("int", Some("interface"))]
    #[case::any_case("INT", Some("interface"))]
    #[case::ambiguous("i", None)]
    #[case::unknown("intx", None)]
    #[case::empty("", None)]
    fn words_may_be_shortened(#[case] word: &str, #[case] meant: Option<&str>) {
        assert_eq!(spelled_out(word, &CONTEXTS), meant);
    }
}
