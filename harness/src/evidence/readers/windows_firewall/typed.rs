//! Rules as they were typed: `netsh advfirewall firewall add rule …`, `New-NetFirewallRule …`,
//! `New-NetFirewallHyperVRule …`.

use super::{ports, proto, verdict};
use crate::evidence::{fact::Rule, span::Text};

pub(super) fn rule(line: Text<'_>) -> Option<Rule> {
    netsh(line).or_else(|| cmdlet(line))
}

fn netsh(line: Text<'_>) -> Option<Rule> {
    if !(line.has("advfirewall") && line.has("add rule")) {
        return None;
    }
    let words = cut(line.as_str());
    let value = |tag: &str| {
        words.iter().find_map(|word| {
            let (name, value) = word.split_once('=')?;
            name.eq_ignore_ascii_case(tag).then(|| value.trim_matches(['"', '\'']).to_owned())
        })
    };
    let mut found = super::rule(false);
    found.name = value("name").unwrap_or_default();
    found.inbound = Some(!value("dir")?.eq_ignore_ascii_case("out"));
    found.verdict = verdict(&value("action")?)?;
    found.enabled = !value("enable").is_some_and(|it| it.eq_ignore_ascii_case("no"));
    found.proto = value("protocol").as_deref().and_then(proto);
    let port = value("localport").or_else(|| value("remoteport"));
    found.ports = port.map_or(Some(Vec::new()), |it| ports(&it))?;
    Some(found)
}

fn cmdlet(line: Text<'_>) -> Option<Rule> {
    let hyper_v = line.has("New-NetFirewallHyperVRule");
    if !hyper_v && !line.has("New-NetFirewallRule") {
        return None;
    }
    let words = cut(line.as_str());
    let value = |flag: &str| {
        let at = words.iter().position(|word| word.eq_ignore_ascii_case(flag))?;
        words.get(at + 1).map(|it| it.trim_matches(['"', '\'']).to_owned())
    };
    let mut found = super::rule(hyper_v);
    found.name = value("-DisplayName").or_else(|| value("-Name")).unwrap_or_default();
    found.inbound =
        Some(!value("-Direction").is_some_and(|it| it.eq_ignore_ascii_case("Outbound")));
    found.verdict = value("-Action").map_or(Some(found.verdict), |it| verdict(&it))?;
    found.enabled = !value("-Enabled").is_some_and(|it| it.eq_ignore_ascii_case("False"));
    found.proto = value("-Protocol").as_deref().and_then(proto);
    let port =
        value("-LocalPort").or_else(|| value("-LocalPorts")).or_else(|| value("-RemotePort"));
    found.ports = port.map_or(Some(Vec::new()), |it| ports(&it))?;
    Some(found)
}

/// Words, but a quoted one keeps its blanks.
fn cut(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_whitespace() => words.push(String::new()),
            _ => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
