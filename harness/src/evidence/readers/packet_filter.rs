//! `iptables -S`, `iptables-save`, `iptables -L`, `nft list ruleset`: policies, rules on ports, and
//! the ports that a container engine forwards.
//!
//! A rule with a condition that is not understood (a source, a set, a state) says nothing here: it
//! might never match.

use super::shape::words;
use crate::evidence::{
    document::Block,
    fact::{Firewall, Kind, Ports, Profile, Proto, Publication, Rule, Verdict},
    host::{Endpoint, Host},
    reader::{Reader, Sink},
    side::Side,
};

pub(super) const READER: Reader = Reader { name: "iptables", read };

/// The built-in chain that the rows stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    Input,
    Output,
    Forward,
    Other,
}

impl Chain {
    pub(super) fn parse(name: &str) -> Chain {
        match name {
            "INPUT" => Chain::Input,
            "OUTPUT" => Chain::Output,
            "FORWARD" => Chain::Forward,
            _ => Chain::Other,
        }
    }

    pub(super) fn inbound(self) -> Option<bool> {
        match self {
            Chain::Input => Some(true),
            Chain::Output => Some(false),
            Chain::Forward | Chain::Other => None,
        }
    }
}

/// What is understood of a rule.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub proto: Option<Proto>,
    pub ports: Vec<Ports>,
    pub verdict: Option<Verdict>,
    /// Where a DNAT rule leads.
    pub leads: Option<Endpoint>,
    /// The address for which a DNAT rule is.
    pub host: Option<Host>,
    /// Whether something else must hold, too.
    pub conditional: bool,
}

impl Parsed {
    /// The fact in it, if it is one.
    pub(super) fn kind(self, name: String, chain: Chain) -> Option<Kind> {
        if let Some(leads) = self.leads {
            let [ports] = self.ports.as_slice() else { return None };
            return Some(Kind::Publication(Publication {
                container: Some(leads.host.to_string()),
                host: self.host,
                host_port: ports.is_one().then(|| *ports.0.start()),
                container_port: leads.port.or(Some(*ports.0.start())),
            }));
        }
        if self.conditional || chain == Chain::Other {
            return None;
        }
        Some(Kind::Firewall(Firewall::Rule(Rule {
            name,
            hyper_v: false,
            inbound: chain.inbound(),
            verdict: self.verdict?,
            enabled: true,
            proto: self.proto,
            ports: self.ports,
        })))
    }
}

/// The policy of a chain.
pub(super) fn policy(owner: &str, chain: Chain, verdict: Verdict) -> Option<Kind> {
    let (inbound, outbound) = match chain {
        Chain::Input => (Some(verdict), None),
        Chain::Output => (None, Some(verdict)),
        Chain::Forward | Chain::Other => return None,
    };
    Some(Kind::Firewall(Firewall::Profile(Profile {
        name: owner.to_owned(),
        hyper_v: false,
        enabled: Some(true),
        inbound,
        outbound,
        loopback: None,
    })))
}

pub(super) fn verdict(word: &str) -> Option<Verdict> {
    match word.trim_end_matches(';').to_ascii_lowercase().as_str() {
        "accept" => Some(Verdict::Allow),
        "drop" | "reject" => Some(Verdict::Block),
        _ => None,
    }
}

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = block.side.or(Side::Guest);
    let mut chain: Option<Chain> = None;
    for line in &block.lines {
        let words = words(*line);
        let kind =
            match words.as_slice() {
                ["-P", name, action] => verdict(action)
                    .and_then(|action| policy("iptables", Chain::parse(name), action)),
                [name, action, _] if name.starts_with(':') => {
                    let chain = Chain::parse(name.trim_start_matches(':'));
                    verdict(action).and_then(|action| policy("iptables", chain, action))
                }
                ["-A", name, rest @ ..] => {
                    saved(rest).kind(line.trim().as_str().to_owned(), Chain::parse(name))
                }
                ["Chain", name, rest @ ..] => {
                    chain = Some(Chain::parse(name));
                    let action = rest.first().filter(|word| **word == "(policy").and(rest.get(1));
                    let action = action.and_then(|word| verdict(word.trim_end_matches(')')));
                    action.and_then(|action| policy("iptables", Chain::parse(name), action))
                }
                words => chain
                    .and_then(|chain| listed(words)?.kind(line.trim().as_str().to_owned(), chain)),
            };
        if let Some(kind) = kind {
            out.put(side, line.span(), kind);
        }
    }
}

/// `-p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80`
fn saved(words: &[&str]) -> Parsed {
    let mut parsed = Parsed::default();
    let mut words = words.iter().copied().peekable();
    let mut negated = false;
    while let Some(word) = words.next() {
        match word {
            "!" => negated = true,
            "-p" => parsed.proto = words.next().and_then(Proto::parse),
            "-m" | "--reject-with" | "--comment" | "--log-prefix" => {
                let quoted =
                    words.next().is_some_and(|word| word.starts_with('"') && !word.ends_with('"'));
                if quoted {
                    words.by_ref().find(|word| word.ends_with('"'));
                }
            }
            "--dport" | "--dports" => ports(words.next().unwrap_or_default(), &mut parsed),
            "-j" => match words.next() {
                Some("DNAT") => {}
                Some(target) => {
                    parsed.verdict = verdict(target);
                    parsed.conditional |= parsed.verdict.is_none();
                }
                None => parsed.conditional = true,
            },
            "--to-destination" => parsed.leads = words.next().and_then(leads),
            "-d" => {
                let host = words.next().and_then(|word| Host::parse(word.split('/').next()?));
                parsed.host = host;
                parsed.conditional = true;
            }
            "--ctstate" | "--state" => {
                parsed.conditional |= !words.next().is_some_and(|states| states.contains("NEW"));
            }
            "-i" | "-o" => {
                let name = words.next().unwrap_or_default();
                // What comes in from outside: the one interface that has a name for it.
                parsed.conditional |= negated || !name.starts_with("eth");
                negated = false;
            }
            _ => parsed.conditional = true,
        }
    }
    parsed
}

fn ports(text: &str, parsed: &mut Parsed) {
    match text.split(',').map(Ports::parse).collect::<Option<Vec<Ports>>>() {
        Some(ports) => parsed.ports = ports,
        None => parsed.conditional = true,
    }
}

fn leads(text: &str) -> Option<Endpoint> {
    Endpoint::parse(text).or_else(|| {
        let host = Host::parse(text)?;
        Some(Endpoint { host, port: None })
    })
}

/// `DROP tcp -- anywhere anywhere tcp dpt:8080`; `-v` puts two counters before it and two
/// interfaces behind the options, `--line-numbers` a number.
fn listed(words: &[&str]) -> Option<Parsed> {
    let at = words
        .iter()
        .take(4)
        .position(|word| matches!(*word, "ACCEPT" | "DROP" | "REJECT" | "DNAT"))?;
    let mut parsed = Parsed { verdict: verdict(words[at]), ..Parsed::default() };
    let proto = *words.get(at + 1)?;
    parsed.proto = Proto::parse(proto).or(match proto {
        "6" => Some(Proto::Tcp),
        "17" => Some(Proto::Udp),
        _ => None,
    });
    parsed.conditional = parsed.proto.is_none() && !matches!(proto, "all" | "0");
    let any = |word: &&str| matches!(*word, "anywhere" | "0.0.0.0/0" | "::/0");
    let mut rest = words.get(at + 2..)?.iter().copied().peekable();
    rest.next_if(|word| matches!(*word, "--" | "-f" | "!f"));
    let verbose = words[..at].len() >= 2;
    if verbose {
        parsed.conditional |=
            !rest.next().is_some_and(|it| matches!(it, "*" | "any") || it.starts_with("eth"));
        parsed.conditional |= !rest.next().is_some_and(|it| matches!(it, "*" | "any"));
    }
    parsed.conditional |= !rest.next().is_some_and(|word| any(&word));
    let destination = rest.next()?;
    if !any(&destination) {
        parsed.host = Host::parse(destination);
        parsed.conditional = true;
    }
    while let Some(word) = rest.next() {
        match word {
            "tcp" | "udp" | "multiport" => {}
            "dports" => ports(rest.next().unwrap_or_default(), &mut parsed),
            "reject-with" => {
                rest.next();
            }
            "/*" => {
                rest.by_ref().find(|word| *word == "*/");
            }
            "ctstate" | "state" => {
                parsed.conditional |= !rest.next().is_some_and(|states| states.contains("NEW"));
            }
            word => match (
                word.strip_prefix("dpt:"),
                word.strip_prefix("dpts:"),
                word.strip_prefix("to:"),
            ) {
                (Some(port), _, _) | (_, Some(port), _) => ports(port, &mut parsed),
                (_, _, Some(to)) => parsed.leads = leads(to),
                _ => parsed.conditional = true,
            },
        }
    }
    Some(parsed)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Firewall, Kind};

    pub fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Firewall(Firewall::Profile(it)) => {
                Some(format!("{} in {:?} out {:?}", it.name, it.inbound, it.outbound))
            }
            Kind::Firewall(Firewall::Rule(it)) => {
                let ports: Vec<String> =
                    it.ports.iter().map(|it| format!("{}-{}", it.0.start(), it.0.end())).collect();
                Some(format!(
                    "{:?} {:?} {:?} {}",
                    it.verdict,
                    it.inbound,
                    it.proto,
                    ports.join(" ")
                ))
            }
            Kind::Firewall(Firewall::Running { name, running }) => {
                Some(format!("{name} {running}"))
            }
            Kind::Publication(it) => {
                let host = it.host.map_or("*".to_owned(), |host| host.to_string());
                Some(format!(
                    "{host} {:?} -> {:?} {:?}",
                    it.host_port, it.container, it.container_port
                ))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn specification() {
        let text = "```\n$ sudo iptables -S\n-P INPUT DROP\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n\
            -N DOCKER\n-A INPUT -i lo -j ACCEPT\n\
            -A INPUT -p tcp -m tcp --dport 8080 -m comment --comment \"no way\" -j REJECT --reject-with icmp-port-unreachable\n\
            -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT\n\
            -A INPUT -s 10.0.0.1/32 -p tcp -m tcp --dport 22 -j ACCEPT\n\
            -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n\
            -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\n\
            -A DOCKER -d 127.0.0.1/32 ! -i br0 -p tcp -m tcp --dport 81 -j DNAT --to-destination 172.18.0.2:80\n\
            ```\n";
        let expected = [
            "iptables in Some(Block) out None",
            "iptables in None out Some(Allow)",
            "Block Some(true) Some(Tcp) 8080-8080",
            "Allow Some(true) Some(Tcp) 80-80 443-443",
            r#"* Some(8080) -> Some("172.17.0.2") Some(80)"#,
            r#"127.0.0.1 Some(81) -> Some("172.18.0.2") Some(80)"#,
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn list() {
        let text = "```\n$ sudo iptables -L -n -v\nChain INPUT (policy ACCEPT 12 packets, 600 bytes)\n\
            \x20pkts bytes target     prot opt in     out     source               destination\n\
            \x20   5   300 DROP       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:8080\n\
            \x20   0     0 ACCEPT     all  --  lo     *       0.0.0.0/0            0.0.0.0/0\n\n\
            Chain OUTPUT (policy DROP)\ntarget     prot opt source               destination\n\
            REJECT     tcp  --  anywhere             anywhere             tcp dpts:3000:3010 reject-with icmp-port-unreachable\n\
            DROP       all  --  anywhere             10.0.0.0/8\n```\n";
        let expected = [
            "iptables in Some(Allow) out None",
            "Block Some(true) Some(Tcp) 8080-8080",
            "iptables in None out Some(Block)",
            "Block Some(false) Some(Tcp) 3000-3010",
        ];
        assert_eq!(shown(text), expected);
    }
}
