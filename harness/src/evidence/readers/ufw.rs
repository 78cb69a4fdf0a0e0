//! `ufw status`, `ufw status verbose`. ufw is translated; its actions are not.

use super::shape::{runs, words};
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Ports, Profile, Proto, Rule, Verdict},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "ufw", read };

/// How a translated "inactive" begins; "active" begins otherwise in each of these languages.
const INACTIVE: [&str; 5] = ["inact", "inakt", "不活", "非アクティブ", "비활성"];
const ACTIVE: [&str; 6] = ["activ", "aktiv", "actif", "激活", "アクティブ", "활성"];

fn read(block: &Block<'_>, out: &mut Sink) {
    let asked = runs(block.command, "ufw") || block.is_about("ufw");
    let headed = block.lines.first().is_some_and(|line| line.as_str().starts_with("Status: "));
    if !(asked || headed) {
        return;
    }
    let side = block.side.or(Side::Guest);
    let mut known = false;
    for line in &block.lines {
        if !known && let Some(running) = running(*line) {
            known = true;
            let state = Firewall::Running { name: "ufw".to_owned(), running };
            out.put(side, line.span(), Kind::Firewall(state));
        } else if let Some(profile) = defaults(*line) {
            out.put(side, line.span(), Kind::Firewall(Firewall::Profile(profile)));
        } else if let Some(rule) = rule(*line) {
            out.put(side, line.span(), Kind::Firewall(Firewall::Rule(rule)));
        }
    }
}

fn running(line: Text<'_>) -> Option<bool> {
    let text = line.as_str().to_lowercase();
    let last = text.split([':', '：']).next_back()?.trim();
    let is = |list: &[&str]| list.iter().any(|word| last.starts_with(word));
    if is(&INACTIVE) { Some(false) } else { is(&ACTIVE).then_some(true) }
}

/// `Default: deny (incoming), allow (outgoing), disabled (routed)`
fn defaults(line: Text<'_>) -> Option<Profile> {
    let words = words(line);
    let of = |mark: &str| {
        let at = words.iter().position(|word| word.trim_end_matches(',') == mark)?;
        verdict(words.get(at.checked_sub(1)?)?)
    };
    let inbound = of("(incoming)");
    inbound.is_some().then(|| Profile {
        name: "ufw".to_owned(),
        hyper_v: false,
        enabled: None,
        inbound,
        outbound: of("(outgoing)"),
        loopback: None,
    })
}

fn verdict(word: &str) -> Option<Verdict> {
    match word.to_ascii_lowercase().as_str() {
        "allow" | "limit" => Some(Verdict::Allow),
        "deny" | "reject" => Some(Verdict::Block),
        _ => None,
    }
}

/// `[ 1] 8080/tcp (v6)  ALLOW IN  Anywhere (v6)`. A rule for one source or by a name is none of ours
/// to judge.
fn rule(line: Text<'_>) -> Option<Rule> {
    let words = words(line);
    let at =
        words.iter().position(|word| matches!(*word, "ALLOW" | "DENY" | "REJECT" | "LIMIT"))?;
    let to: Vec<&str> = words[..at]
        .iter()
        .copied()
        .filter(|word| !word.starts_with(['[', '(']) && !word.ends_with(']'))
        .collect();
    let inbound = words.get(at + 1).is_none_or(|word| *word != "OUT" && *word != "FWD");
    let from = words[at + 1..].iter().find(|word| !matches!(**word, "IN" | "OUT"))?;
    let [target] = to[..] else { return None };
    let (ports, proto) = match target.split_once('/') {
        Some((ports, proto)) => (ports, Some(Proto::parse(proto)?)),
        None => (target, None),
    };
    let ports = match ports {
        "Anywhere" => Vec::new(),
        ports => ports.split(',').map(Ports::parse).collect::<Option<Vec<Ports>>>()?,
    };
    (*from == "Anywhere").then(|| Rule {
        name: words.join(" "),
        hyper_v: false,
        inbound: Some(inbound),
        verdict: verdict(words[at]).unwrap_or(Verdict::Block),
        enabled: true,
        proto,
        ports,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Firewall, Kind};

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Firewall(Firewall::Running { name, running }) => {
                Some(format!("{name} {running}"))
            }
            Kind::Firewall(Firewall::Profile(it)) => {
                Some(format!("{} {:?} {:?}", it.name, it.inbound, it.outbound))
            }
            Kind::Firewall(Firewall::Rule(it)) => {
                Some(format!("{:?} {:?} {:?} {:?}", it.verdict, it.inbound, it.proto, it.ports))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn status_verbose() {
        let text = "```\n$ sudo ufw status verbose\nStatus: active\nLogging: on (low)\n\
            Default: deny (incoming), allow (outgoing), disabled (routed)\n\n\
            To                         Action      From\n--                         ------      ----\n\
            22/tcp                     ALLOW IN    Anywhere\n\
            8080,8090/tcp              DENY        Anywhere\n\
            3000                       ALLOW IN    10.0.0.0/8\n\
            22/tcp (v6)                ALLOW IN    Anywhere (v6)\n```\n";
        let expected = [
            "ufw true",
            "ufw Some(Block) Some(Allow)",
            "Allow Some(true) Some(Tcp) [Ports(22..=22)]",
            "Block Some(true) Some(Tcp) [Ports(8080..=8080), Ports(8090..=8090)]",
            "Allow Some(true) Some(Tcp) [Ports(22..=22)]",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn languages() {
        assert_eq!(shown("$ sudo ufw status\nStatus: inactive\n"), ["ufw false"]);
        assert_eq!(shown("$ sudo ufw status\n状态： 不活动\n"), ["ufw false"]);
        assert_eq!(shown("$ sudo ufw status\nStatus: Aktiv\n"), ["ufw true"]);
    }
}
