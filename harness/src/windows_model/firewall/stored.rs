//! A rule in the registry, in Windows' own form: a value of
//! `...\SharedAccess\Parameters\FirewallPolicy\FirewallRules`, named as the rule, with text like
//! `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8080|Name=Server|`.

use super::{Action, Ports, Profile, Profiles, Protocol, Remote, Rule, ports::PortRange};
use crate::windows_model::{
    network::adapters,
    registry::{KeyPath, NamedValue, Registry, RegistryError, Value},
};

/// The version of the form that Windows 11 writes.
const VERSION: &str = "v2.31";

pub(super) fn policy_key() -> KeyPath {
    KeyPath::machine(r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy")
}

pub(super) fn rules_key() -> KeyPath {
    policy_key().child("FirewallRules")
}

/// Every rule in the order of creation. What is no rule, or one that the model lacks, is passed
/// over: somebody wrote it with `reg`.
pub(super) fn rules(registry: &Registry) -> Vec<Rule> {
    let values = registry.values(&rules_key()).unwrap_or_default();
    values.into_iter().filter_map(read).collect()
}

pub(super) fn store(registry: &Registry, rule: &Rule) -> Result<(), RegistryError> {
    registry.set(&rules_key(), &rule.name, Value::Sz(write(rule)))
}

pub(super) fn delete(registry: &Registry, name: &str) -> Result<bool, RegistryError> {
    registry.delete_value(&rules_key(), name)
}

fn write(rule: &Rule) -> String {
    let mut text = format!("{VERSION}|Action={}|", rule.action.name());
    let mut field = |name: &str, value: &str| text += &format!("{name}={value}|");
    field("Active", if rule.enabled { "TRUE" } else { "FALSE" });
    field("Dir", "In");
    if let Some(number) = rule.protocol.number() {
        field("Protocol", &number.to_string());
    }
    if rule.profiles != Profiles::ANY {
        rule.profiles.iter().for_each(|profile| field("Profile", profile.name()));
    }
    for range in rule.local_ports.ranges() {
        let name = if range.first == range.last { "LPort" } else { "LPort2_10" };
        field(name, &range.to_string());
    }
    if let Protocol::Icmp4(Some(kind)) = rule.protocol {
        field("ICMP4", &format!("{kind}:*"));
    }
    rule.remote.iter().for_each(|remote| field("RA4", &remote.to_string()));
    for guid in rule.interfaces.iter().filter_map(|alias| adapters::guid(alias)) {
        field("IF", guid);
    }
    if let Some(program) = &rule.program {
        field("App", program);
    }
    field("Name", &rule.display_name);
    if !rule.description.is_empty() {
        field("Desc", &rule.description);
    }
    text
}

fn read(value: NamedValue) -> Option<Rule> {
    let Value::Sz(text) = value.value else { return None };
    let mut fields = text.split('|');
    fields.next().filter(|version| version.starts_with("v2."))?;
    let mut rule = Rule::named(value.name, String::new());
    let (mut action, mut inbound) = (None, false);
    let (mut ports, mut profiles) = (Vec::new(), Vec::new());
    for field in fields.filter(|field| !field.is_empty()) {
        let (name, text) = field.split_once('=')?;
        match name {
            "Action" => action = Some(Action::parse(text)?),
            "Active" => rule.enabled = text.eq_ignore_ascii_case("true"),
            "Dir" => inbound = text == "In",
            "Protocol" => rule.protocol = Protocol::parse(text)?,
            "Profile" => profiles.push(Profile::parse(text)?.name()),
            "LPort" | "LPort2_10" => ports.extend(some_ports(text)?),
            "ICMP4" => {
                rule.protocol = Protocol::Icmp4(Some(text.strip_suffix(":*")?.parse().ok()?));
            }
            "RA4" => rule.remote.extend(Remote::parse_list(text)?),
            "IF" => rule.interfaces.push(adapters::alias_of_guid(text)?.to_owned()),
            "App" => rule.program = Some(text.to_owned()),
            "Name" => rule.display_name = text.to_owned(),
            "Desc" => rule.description = text.to_owned(),
            _ => return None,
        }
    }
    rule.action = action.filter(|_| inbound)?;
    if !ports.is_empty() {
        rule.local_ports = Ports::Some(ports);
    }
    if !profiles.is_empty() {
        rule.profiles = Profiles::parse(&profiles.join(","))?;
    }
    rule.check().ok().map(|()| rule)
}

fn some_ports(text: &str) -> Option<Vec<PortRange>> {
    match Ports::parse(text)? {
        Ports::Any => None,
        Ports::Some(ranges) => Some(ranges),
    }
}
