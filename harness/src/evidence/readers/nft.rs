//! `nft list ruleset`: chains on a hook, their policies, rules on ports; firewalld's own table.

use super::packet_filter::{Chain, Parsed, policy, verdict};
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Ports, Proto},
    host::{Endpoint, Host},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "nft", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = block.side.or(Side::Guest);
    let mut table: Option<String> = None;
    let mut chain: Option<Chain> = None;
    for line in &block.lines {
        let words: Vec<Text<'_>> = line.words().collect();
        let text: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
        match text.as_slice() {
            ["table", _family, name, "{"] => {
                table = Some((*name).to_owned());
                chain = None;
                if *name == "firewalld" {
                    let name = (*name).to_owned();
                    let state = Firewall::Running { name, running: true };
                    out.put(side, line.span(), Kind::Firewall(state));
                }
            }
            ["chain", name, "{"] if table.is_some() => chain = Some(by_name(name)),
            ["type", _, "hook", hook, rest @ ..] if chain.is_some() => {
                let found = match *hook {
                    "input" => Chain::Input,
                    "output" => Chain::Output,
                    "forward" => Chain::Forward,
                    _ => Chain::Other,
                };
                chain = Some(found);
                let action = rest.windows(2).find(|pair| pair[0] == "policy");
                let action = action.and_then(|pair| verdict(pair[1]));
                let owner = table.as_deref().unwrap_or("nftables");
                if let Some(kind) = action.and_then(|action| policy(owner, found, action)) {
                    out.put(side, line.span(), kind);
                }
            }
            rule => {
                let Some(chain) = chain else { continue };
                let kind = parse(rule).kind(line.trim().as_str().to_owned(), chain);
                if let Some(kind) = kind {
                    out.put(side, line.span(), kind);
                }
            }
        }
    }
}

/// firewalld hooks one chain and jumps to the others by name.
fn by_name(name: &str) -> Chain {
    match name {
        name if name.starts_with("filter_IN_") => Chain::Input,
        name if name.starts_with("filter_OUT_") => Chain::Output,
        name if name.starts_with("filter_FWD_") => Chain::Forward,
        name => Chain::parse(name),
    }
}

/// `tcp dport { 80, 443 } ct state { new, untracked } counter packets 0 bytes 0 accept`
fn parse(words: &[&str]) -> Parsed {
    let mut parsed = Parsed::default();
    let mut words = words.iter().copied().peekable();
    while let Some(word) = words.next() {
        match word {
            "tcp" | "udp" => {
                parsed.proto = Proto::parse(word);
                match words.next() {
                    Some("dport") => {
                        let set = value(&mut words);
                        let ports = set.iter().map(|port| Ports::parse(port));
                        match ports.collect::<Option<Vec<Ports>>>() {
                            Some(ports) if !ports.is_empty() => parsed.ports = ports,
                            _ => parsed.conditional = true,
                        }
                    }
                    _ => parsed.conditional = true,
                }
            }
            "meta" if words.next_if_eq(&"l4proto").is_some() => {
                match value(&mut words).as_slice() {
                    [one] => parsed.proto = Proto::parse(one),
                    _ => parsed.conditional = true,
                }
                parsed.conditional |= parsed.proto.is_none();
            }
            "ct" if words.next_if_eq(&"state").is_some() => {
                parsed.conditional |= !value(&mut words).iter().any(|state| state == "new");
            }
            "counter" => {
                while let Some("packets" | "bytes") = words.peek().copied() {
                    words.next();
                    words.next();
                }
            }
            "comment" => {
                let quoted = words.next().is_some_and(|it| !it.ends_with('"') || it.len() == 1);
                if quoted {
                    words.by_ref().find(|it| it.ends_with('"'));
                }
            }
            "reject" => {
                parsed.verdict = verdict(word);
                // `reject with icmpx admin-prohibited`: words about the answer, up to the end.
                if words.next_if_eq(&"with").is_some() {
                    words.by_ref().for_each(drop);
                }
            }
            "accept" | "drop" => parsed.verdict = verdict(word),
            "dnat" => {
                let to = words.by_ref().find(|it| it.contains([':', '.']));
                parsed.leads = to.and_then(Endpoint::parse);
                parsed.conditional |= parsed.leads.is_none();
            }
            "daddr" => {
                parsed.host = words.next().and_then(Host::parse);
                parsed.conditional = true;
            }
            _ => parsed.conditional = true,
        }
    }
    parsed
}

/// A value or a set: `80`, `{ 80, 443 }`, `new,untracked`.
fn value<'w>(words: &mut std::iter::Peekable<impl Iterator<Item = &'w str>>) -> Vec<String> {
    let mut all = String::new();
    match words.next() {
        Some("{") => {
            for word in words.by_ref().take_while(|word| *word != "}") {
                all.push_str(word);
            }
        }
        Some(one) => all.push_str(one),
        None => {}
    }
    all.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::packet_filter::tests::shown;

    #[test]
    fn rules() {
        let text = "```\n$ sudo nft list ruleset\ntable inet filter {\n\tchain input {\n\
            \t\ttype filter hook input priority filter; policy drop;\n\
            \t\tiifname \"lo\" accept\n\
            \t\tct state established,related accept\n\
            \t\ttcp dport { 22, 8000-8010 } ct state new counter packets 1 bytes 60 accept\n\
            \t\tmeta l4proto tcp reject with tcp reset\n\
            \t\tip saddr 10.0.0.1 tcp dport 90 drop\n\t}\n}\n\
            table ip nat {\n\tchain DOCKER {\n\
            \t\tiifname != \"docker0\" tcp dport 8080 counter packets 0 bytes 0 dnat to 172.17.0.2:80\n\
            \t}\n}\n```\n";
        let expected = [
            "filter in Some(Block) out None",
            "Allow Some(true) Some(Tcp) 22-22 8000-8010",
            "Block Some(true) Some(Tcp) ",
            r#"* Some(8080) -> Some("172.17.0.2") Some(80)"#,
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn firewalld() {
        let text = "```\ntable inet firewalld {\n\tchain filter_INPUT {\n\
            \t\ttype filter hook input priority filter + 10; policy accept;\n\
            \t\tct state { established, related } accept\n\
            \t\tjump filter_INPUT_ZONES\n\
            \t\treject with icmpx admin-prohibited\n\t}\n\
            \tchain filter_IN_public_allow {\n\
            \t\ttcp dport 22 ct state { new, untracked } accept\n\t}\n}\n```\n";
        let expected = [
            "firewalld true",
            "firewalld in Some(Allow) out None",
            "Block Some(true) None ",
            "Allow Some(true) Some(Tcp) 22-22",
        ];
        assert_eq!(shown(text), expected);
    }
}
