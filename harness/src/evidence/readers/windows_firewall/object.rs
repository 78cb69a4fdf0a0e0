//! `Get-NetFirewallProfile`, `Get-NetFirewallRule`, `Get-NetFirewallPortFilter`,
//! `Get-NetFirewallHyperVVMSetting`, `Get-NetFirewallHyperVProfile`, `Get-NetFirewallHyperVRule`, as
//! lists, and the profiles as a table.

use super::super::shape::{is_ruler, label, words};
use super::{ports, proto, rule, truth, verdict};
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Profile},
    reader::Sink,
    side::Side,
    span::{Span, Text},
};

/// The properties of one object.
type Properties<'d> = Vec<(Text<'d>, Text<'d>)>;

pub(super) fn read(block: &Block<'_>, out: &mut Sink) {
    let mut open: Properties<'_> = Vec::new();
    for line in &block.lines {
        match label(*line) {
            Some((key, value)) => {
                // The first property again: the next object.
                let again = open.iter().any(|(known, _)| known.as_str() == key.as_str());
                if again {
                    object(block, &std::mem::take(&mut open), out);
                }
                open.push((key, value));
            }
            None if line.trim().as_str().is_empty() => {
                object(block, &std::mem::take(&mut open), out);
            }
            None => {}
        }
    }
    object(block, &open, out);
    table(block, out);
}

fn object(block: &Block<'_>, properties: &Properties<'_>, out: &mut Sink) {
    let get = |name: &str| {
        let found = properties.iter().find(|(key, _)| key.as_str().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let Some(span) = span(properties) else { return };
    let defaults = get("DefaultInboundAction").or_else(|| get("DefaultOutboundAction"));
    let hyper_v = block.ran(&["HyperV"])
        || block.is_about("HyperV")
        || get("LoopbackEnabled").is_some()
        || get("VMCreatorId").is_some();
    if defaults.is_some() {
        let profile = Profile {
            name: get("Name").or_else(|| get("Profile")).unwrap_or_default().to_owned(),
            hyper_v,
            enabled: get("Enabled").and_then(truth),
            inbound: get("DefaultInboundAction").and_then(verdict),
            outbound: get("DefaultOutboundAction").and_then(verdict),
            loopback: get("LoopbackEnabled").and_then(truth),
        };
        return out.put(Side::Windows, span, Kind::Firewall(Firewall::Profile(profile)));
    }
    let (Some(direction), Some(action)) = (get("Direction"), get("Action").and_then(verdict))
    else {
        return;
    };
    let inbound = match direction.to_ascii_lowercase().as_str() {
        "inbound" => Some(true),
        "outbound" => Some(false),
        _ => return,
    };
    let local = get("LocalPorts").or_else(|| get("LocalPort"));
    // Ports are of another object; a rule that was not asked for by its name may be about anything.
    let asked = block.ran(&["-DisplayName"]) || block.ran(&["-Name"]);
    if local.is_none() && !asked {
        return;
    }
    let Some(ports) = local.map_or(Some(Vec::new()), ports) else { return };
    let mut rule = rule(hyper_v);
    rule.name = get("DisplayName").or_else(|| get("Name")).unwrap_or_default().to_owned();
    (rule.inbound, rule.verdict, rule.ports) = (inbound, action, ports);
    rule.enabled = get("Enabled").and_then(truth).unwrap_or(true);
    rule.proto = get("Protocol").and_then(proto);
    out.put(Side::Windows, span, Kind::Firewall(Firewall::Rule(rule)));
}

fn span(properties: &Properties<'_>) -> Option<Span> {
    let (first, last) = (properties.first()?, properties.last()?);
    Some(first.0.span().to(last.1.span()))
}

/// `Get-NetFirewallProfile | ft Name, Enabled, DefaultInboundAction`
fn table(block: &Block<'_>, out: &mut Sink) {
    let mut columns: Vec<&str> = Vec::new();
    for line in &block.lines {
        let words = words(*line);
        let is_header = words.iter().any(|word| word.eq_ignore_ascii_case("Enabled"))
            && words.first().is_some_and(|word| word.eq_ignore_ascii_case("Name"))
            && label(*line).is_none();
        if is_header {
            columns = words;
            continue;
        }
        if columns.is_empty() || words.len() != columns.len() || is_ruler(words[0]) {
            continue;
        }
        let get = |name: &str| {
            let at = columns.iter().position(|it| it.eq_ignore_ascii_case(name))?;
            words.get(at).copied()
        };
        let name = words[0];
        if !["Domain", "Private", "Public"].contains(&name) {
            continue;
        }
        let profile = Profile {
            name: name.to_owned(),
            hyper_v: block.ran(&["HyperV"]),
            enabled: get("Enabled").and_then(truth),
            inbound: get("DefaultInboundAction").and_then(verdict),
            outbound: get("DefaultOutboundAction").and_then(verdict),
            loopback: get("LoopbackEnabled").and_then(truth),
        };
        out.put(Side::Windows, line.span(), Kind::Firewall(Firewall::Profile(profile)));
    }
}
