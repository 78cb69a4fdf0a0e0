//! The Windows firewall and Hyper-V's: profiles, rules, logs, as the cmdlets and netsh print them and
//! as rules were typed.

mod log;
mod netsh;
mod object;
mod typed;

#[cfg(test)]
mod tests;

use crate::evidence::{
    document::{Block, Form},
    fact::{Firewall, Kind, Proto, Rule, Verdict},
    reader::{Reader, Sink},
    side::Side,
};

pub(super) const READER: Reader = Reader { name: "windows firewall", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    object::read(block, out);
    netsh::read(block, out);
    for line in block.command.iter().chain(&block.lines) {
        // A sentence may speak of a command that was never run.
        if block.form != Form::Prose
            && let Some(rule) = typed::rule(*line)
        {
            out.put(Side::Windows, line.span(), Kind::Firewall(Firewall::Rule(rule)));
        }
        if let Some((side, logged)) = log::line(*line) {
            out.put(block.side.or(side), line.span(), Kind::Firewall(logged));
        }
    }
}

/// A rule of which nothing is known yet; what Windows takes where nothing is said.
fn rule(hyper_v: bool) -> Rule {
    Rule {
        name: String::new(),
        hyper_v,
        inbound: Some(true),
        verdict: Verdict::Allow,
        enabled: true,
        proto: None,
        ports: Vec::new(),
    }
}

/// What a word says about traffic, in the languages of Windows. `NotConfigured` says nothing.
fn verdict(word: &str) -> Option<Verdict> {
    const ALLOW: [&str; 8] =
        ["allow", "zulassen", "允许", "許可", "autoriser", "permitir", "허용", "bypass"];
    const BLOCK: [&str; 8] =
        ["block", "blocken", "blockieren", "阻止", "ブロック", "bloquer", "bloquear", "차단"];
    let word = word.to_lowercase();
    match () {
        () if ALLOW.contains(&word.as_str()) => Some(Verdict::Allow),
        () if BLOCK.contains(&word.as_str()) => Some(Verdict::Block),
        () => None,
    }
}

/// `8080`, `8080,8081`, `{8080}`, `3000-3010`; `Any` is the empty list. `None`: something else.
fn ports(text: &str) -> Option<Vec<crate::evidence::fact::Ports>> {
    let text = text.trim_matches(['{', '}', '"', '\'', '@', '(', ')', ' ']);
    let any =
        ["any", "beliebig", "任何", "すべて", "任意", "tous", "cualquiera", "모두", "n/a", ""];
    if any.contains(&text.to_lowercase().as_str()) {
        return Some(Vec::new());
    }
    text.split(',').map(|port| crate::evidence::fact::Ports::parse(port.trim())).collect()
}

/// `TCP`, `6`, `Any`.
fn proto(text: &str) -> Option<Proto> {
    match text {
        "6" => Some(Proto::Tcp),
        "17" => Some(Proto::Udp),
        text => Proto::parse(text),
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "2" | "no" => Some(false),
        _ => None,
    }
}
