//! What `netsh advfirewall` prints, in netsh's own layout.

use crate::windows_model::firewall::{Profile, ProfileState, Profiles, Protocol, Rule};

const LINE: &str = "----------------------------------------------------------------------\n";

/// Where values begin.
const WIDTH: usize = 38;

/// The state of profiles.
pub(super) fn states(states: impl Iterator<Item = (Profile, ProfileState)>) -> String {
    let mut text = String::new();
    for (profile, state) in states {
        text += &format!("\n{} Profile Settings: \n{LINE}", profile.name());
        text += &field("State", if state.enabled { "ON" } else { "OFF" });
    }
    text + "Ok.\n\n"
}

/// Rules, each with an empty line before it.
pub(super) fn rules(rules: &[Rule]) -> String {
    rules.iter().map(rule).collect::<String>() + "Ok.\n\n"
}

fn rule(rule: &Rule) -> String {
    let mut text = format!("\n{}{LINE}", field("Rule Name:", &rule.display_name));
    text += &field("Enabled:", if rule.enabled { "Yes" } else { "No" });
    text += &field("Direction:", "In");
    let profiles: Profiles = rule.profiles;
    text += &field("Profiles:", &profiles.join(","));
    text += &field("Grouping:", "");
    text += &field("LocalIP:", "Any");
    let remote: Vec<_> = rule.remote.iter().map(ToString::to_string).collect();
    text += &field("RemoteIP:", &if remote.is_empty() { "Any".into() } else { remote.join(",") });
    text += &field("Protocol:", rule.protocol.name());
    match rule.protocol {
        Protocol::Tcp | Protocol::Udp => {
            text += &field("LocalPort:", &rule.local_ports.to_string());
            text += &field("RemotePort:", "Any");
        }
        Protocol::Icmp4(Some(kind)) => {
            text += &format!("{:<WIDTH$}{:<8}{}\n", "", "Type", "Code");
            text += &format!("{:<WIDTH$}{kind:<8}Any\n", "");
        }
        Protocol::Icmp4(None) | Protocol::Any => {}
    }
    text += &field("Edge traversal:", "No");
    if let Some(program) = &rule.program {
        text += &field("Program:", program);
    }
    text + &field("Action:", rule.action.name())
}

fn field(name: &str, value: &str) -> String {
    format!("{name:<WIDTH$}{value}\n")
}
