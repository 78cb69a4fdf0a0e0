//! The `NetFirewallRule` cmdlets.

use super::{Call, Does, query};
use crate::windows_model::{
    Windows,
    firewall::{Action, Ports, Profiles, Protocol, Remote, Rule},
    network::adapters,
    powershell::{
        error::Trouble,
        object::{Class, Object, Value, like},
    },
};

mod signatures;

pub(super) use signatures::CMDLETS;

const CLASS: &str = "MSFT_NetFirewallRule";

pub(super) fn new(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let firewall = windows.firewall();
    let Some(display_name) = call.bound.joined("DisplayName") else {
        // On Windows PowerShell asks for it, and fails where nobody is there to answer.
        return Err(call.lacks("a call without -DisplayName"));
    };
    if call.word("Direction", "NetSecurity.Direction", &["Inbound", "Outbound"])?
        == Some("Outbound")
    {
        return Err(call.lacks("an outbound rule"));
    }
    let name = match call.bound.joined("Name") {
        None => firewall.fresh_name(),
        Some(name) if firewall.rules().iter().all(|rule| rule.name != name) => name,
        Some(_) => {
            return Err(call.says(
                "Cannot create a file when that file already exists.".to_owned(),
                "ResourceExists: (MSFT_NetFirewallRule:root/standardcimv2/MSFT_NetFirewallRule) \
                 [{}], CimException",
                "Windows System Error 183".to_owned(),
            ));
        }
    };
    let mut rule = Rule::named(name, display_name);
    rule.description = call.bound.joined("Description").unwrap_or_default();
    if let Some(protocol) = call.bound.joined("Protocol") {
        rule.protocol = Protocol::parse(&protocol).ok_or_else(|| call.lacks("such a protocol"))?;
    }
    if let Some(ports) = call.bound.joined("LocalPort") {
        rule.local_ports = Ports::parse(&ports).ok_or_else(|| call.lacks("such a local port"))?;
    }
    if let Some(kind) = call.bound.joined("IcmpType") {
        let kind = if kind.eq_ignore_ascii_case("any") { None } else { Some(kind.parse().ok()) };
        rule.protocol = match (rule.protocol, kind) {
            (Protocol::Icmp4(_), None) => Protocol::Icmp4(None),
            (Protocol::Icmp4(_), Some(Some(kind))) => Protocol::Icmp4(Some(kind)),
            _ => return Err(call.lacks("such an ICMP type")),
        };
    }
    rule.program = call.bound.joined("Program").filter(|program| program != "Any");
    for pattern in call.bound.list("InterfaceAlias").unwrap_or_default() {
        let fitting = adapters::ADAPTERS.iter().filter(|known| like(known.alias, pattern));
        let before = rule.interfaces.len();
        rule.interfaces.extend(fitting.map(|known| known.alias.to_owned()));
        if rule.interfaces.len() == before {
            return Err(call.lacks("an interface that is not there"));
        }
    }
    change(call, &mut rule)?;
    rule.check().map_err(|error| call.lacks(&error.to_string()))?;
    firewall.store(std::slice::from_ref(&rule))?;
    Ok(vec![object(&rule)])
}

pub(super) fn get(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    if call.input.is_some() {
        return Err(call.lacks("input"));
    }
    Ok(found(windows, call)?.iter().map(object).collect())
}

pub(super) fn remove(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    if call.input.is_none() && call.bound.names().next().is_none() {
        return Err(call.lacks("a call that names no rule"));
    }
    windows.firewall().delete(&found(windows, call)?)?;
    Ok(Vec::new())
}

pub(super) fn set(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let named = ["Name", "DisplayName"].iter().any(|name| call.bound.list(name).is_some());
    if call.input.is_none() && !named {
        return Err(call.lacks("a call that names no rule"));
    }
    let mut rules = found(windows, call)?;
    for rule in &mut rules {
        change(call, rule)?;
    }
    windows.firewall().store(&rules)?;
    Ok(Vec::new())
}

/// What `New-` and `Set-NetFirewallRule` have in common.
fn change(call: &Call<'_>, rule: &mut Rule) -> Result<(), Trouble> {
    if let Some(word) = call.word("Enabled", "NetSecurity.Enabled", &["True", "False"])? {
        rule.enabled = word == "True";
    }
    let actions = ["NotConfigured", "Allow", "Block"];
    if let Some(word) = call.word("Action", "NetSecurity.Action", &actions)? {
        rule.action = Action::parse(word).ok_or_else(|| call.lacks("such an action"))?;
    }
    if let Some(typed) = call.bound.joined("Profile") {
        let words = ["Any", "Domain", "Private", "Public", "NotApplicable"];
        rule.profiles = Profiles::parse(&typed)
            .ok_or_else(|| call.no_such_word("Profile", "NetSecurity.Profile", &typed, &words))?;
    }
    if let Some(typed) = call.bound.joined("RemoteAddress") {
        rule.remote =
            Remote::parse_list(&typed).ok_or_else(|| call.lacks("such a remote address"))?;
    }
    Ok(())
}

/// The rules that the pipeline brought, or that the parameters name.
fn found(windows: &Windows, call: &Call<'_>) -> Result<Vec<Rule>, Trouble> {
    let rules = windows.firewall().rules();
    let objects = match &call.input {
        Some(objects) if objects.iter().all(|object| object.class == Class::FirewallRule) => {
            objects.clone()
        }
        Some(_) => return Err(call.lacks("input that is no firewall rule")),
        None => {
            let stores = call.bound.joined("PolicyStore").unwrap_or_default().to_lowercase();
            if !["", "activestore", "persistentstore"].contains(&stores.as_str()) {
                return Err(call.lacks("such a policy store"));
            }
            // `Set-` takes these as what to set, the others as what to find.
            let keys: &[query::Key] = if call.cmdlet.does == Does::SetRule {
                &[query::key("Name"), query::key("DisplayName")]
            } else {
                &[
                    query::key("Name"),
                    query::key("DisplayName"),
                    query::exact("Direction"),
                    query::exact("Enabled"),
                    query::exact("Action"),
                ]
            };
            query::find(call, CLASS, keys, rules.iter().map(object).collect())?
        }
    };
    let is_meant = |rule: &Rule| objects.iter().any(|object| object.text("Name") == rule.name);
    Ok(rules.into_iter().filter(is_meant).collect())
}

/// As Windows 11 lists it.
fn object(rule: &Rule) -> Object {
    let text = |text: &str| Value::from(text);
    Object::new(
        Class::FirewallRule,
        [
            ("Name", text(&rule.name)),
            ("DisplayName", text(&rule.display_name)),
            ("Description", text(&rule.description)),
            ("DisplayGroup", text("")),
            ("Group", text("")),
            ("Enabled", rule.enabled.into()),
            ("Profile", rule.profiles.to_string().into()),
            ("Platform", text("{}")),
            ("Direction", text("Inbound")),
            ("Action", text(rule.action.name())),
            ("EdgeTraversalPolicy", text("Block")),
            ("LooseSourceMapping", false.into()),
            ("LocalOnlyMapping", false.into()),
            ("Owner", text("")),
            ("PrimaryStatus", text("OK")),
            ("Status", text("The rule was parsed successfully from the store. (65536)")),
            ("EnforcementStatus", text("NotApplicable")),
            ("PolicyStoreSource", text("PersistentStore")),
            ("PolicyStoreSourceType", text("Local")),
            ("RemoteDynamicKeywordAddresses", text("{}")),
            ("PolicyAppId", text("")),
        ],
    )
}
