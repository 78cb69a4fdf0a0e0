//! `netsh advfirewall show allprofiles` and `… firewall show rule`. Both are translated: what is left
//! is the order of the rows, `TCP`, and `BlockInbound,AllowOutbound`.

use super::super::shape::{is_ruler, label, words};
use super::{ports, proto, rule, verdict};
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Profile, Verdict},
    reader::Sink,
    side::Side,
    span::Text,
};

/// Words for "on" and for "off".
const ON: [&str; 8] = ["on", "ein", "启用", "有効", "オン", "actif", "activar", "켜짐"];
const OFF: [&str; 8] = ["off", "aus", "禁用", "無効", "オフ", "inactif", "desactivar", "꺼짐"];
/// Words for "yes", "in" and "out".
const YES: [&str; 8] = ["yes", "ja", "是", "はい", "oui", "sí", "예", "true"];
const NO: [&str; 7] = ["no", "nein", "否", "いいえ", "non", "아니요", "false"];
const IN: [&str; 8] = ["in", "eingehend", "入", "入力", "entrée", "dentro", "受信", "인바운드"];
const OUT: [&str; 8] = ["out", "ausgehend", "出", "出力", "sortie", "fuera", "送信", "아웃바운드"];

pub(super) fn read(block: &Block<'_>, out: &mut Sink) {
    if block.ran(&["show", "rule"]) || (block.command.is_none() && has_rule(block)) {
        rules(block, out);
    }
    profiles(block, out);
}

fn is(word: &str, list: &[&str]) -> bool {
    list.contains(&word.to_lowercase().as_str())
}

/// The names of three profiles, in the order in which they are shown.
fn profiles(block: &Block<'_>, out: &mut Sink) {
    let mut seen = 0;
    let mut named: Option<&str> = None;
    let mut state: Option<bool> = None;
    for line in &block.lines {
        let words = words(*line);
        let text = line.as_str();
        for name in ["Domain", "Private", "Public"] {
            if text.starts_with(name) {
                named = Some(name);
            }
        }
        let Some((last, rest)) = words.split_last() else { continue };
        if !rest.is_empty() && (is(last, &ON) || is(last, &OFF)) {
            state.get_or_insert(is(last, &ON));
        }
        let Some((inbound, outbound)) = last.split_once(',') else { continue };
        let side = |text: &str, mark: &str| match text.strip_suffix(mark)? {
            "Block" | "BlockAlways" => Some(Verdict::Block),
            "Allow" => Some(Verdict::Allow),
            _ => None,
        };
        let inbound = side(inbound, "Inbound").or_else(|| side(inbound, "InboundAlways"));
        let (Some(inbound), Some(outbound)) = (inbound, side(outbound, "Outbound")) else {
            continue;
        };
        let by_order = ["Domain", "Private", "Public"].get(seen).copied().unwrap_or_default();
        let profile = Profile {
            name: named.take().unwrap_or(by_order).to_owned(),
            hyper_v: false,
            enabled: state.take(),
            inbound: Some(inbound),
            outbound: Some(outbound),
            loopback: None,
        };
        seen += 1;
        out.put(Side::Windows, line.span(), Kind::Firewall(Firewall::Profile(profile)));
    }
}

/// Whether some rows look like those of a rule: a rule of dashes and `TCP` below it.
fn has_rule(block: &Block<'_>) -> bool {
    let ruler = |line: &Text<'_>| matches!(words(*line)[..], [word] if is_ruler(word));
    let above = block.lines.iter().position(ruler);
    above.is_some_and(|at| {
        block.lines[at..].iter().any(|line| {
            label(*line).is_some_and(|(_, value)| matches!(value.as_str(), "TCP" | "UDP"))
        })
    })
}

/// A heading with the name, a rule of dashes, then rows in a fixed order: on, direction, profiles, …,
/// protocol, local port, remote port, …, action.
fn rules(block: &Block<'_>, out: &mut Sink) {
    let lines = &block.lines;
    for (at, line) in lines.iter().enumerate() {
        let is_rule = matches!(words(*line)[..], [word] if is_ruler(word));
        let Some(name) = at.checked_sub(1).and_then(|at| label(*lines.get(at)?)) else { continue };
        if !is_rule {
            continue;
        }
        let rows: Vec<(Text<'_>, Text<'_>)> =
            lines[at + 1..].iter().map_while(|line| label(*line)).collect();
        let [(_, enabled), (_, direction), ..] = rows.as_slice() else { continue };
        let Some((_, last)) = rows.iter().rev().find(|(_, it)| verdict(it.as_str()).is_some())
        else {
            continue;
        };
        let mut found = rule(false);
        name.1.as_str().clone_into(&mut found.name);
        found.enabled = !is(enabled.as_str(), &NO);
        let known = is(enabled.as_str(), &YES) || is(enabled.as_str(), &NO);
        found.inbound = match direction.as_str() {
            word if is(word, &IN) => Some(true),
            word if is(word, &OUT) => Some(false),
            _ => None,
        };
        found.verdict = verdict(last.as_str()).unwrap_or(Verdict::Block);
        let transport = rows.iter().position(|(_, it)| proto(it.as_str()).is_some());
        found.proto = transport.and_then(|at| proto(rows[at].1.as_str()));
        let local = transport.and_then(|at| rows.get(at + 1)).map_or("", |it| it.1.as_str());
        let remote = transport.and_then(|at| rows.get(at + 2)).map_or("", |it| it.1.as_str());
        let sides = (ports(local), ports(remote));
        // A rule for a port of the other side blocks what goes there.
        found.ports = match sides {
            (Some(local), _) if !local.is_empty() => local,
            (_, Some(remote)) => remote,
            _ => continue,
        };
        if known {
            let span = name.1.span().to(last.span());
            out.put(Side::Windows, span, Kind::Firewall(Firewall::Rule(found)));
        }
    }
}
