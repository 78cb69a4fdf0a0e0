//! Rules and profiles as lines of a packet filter, and these as nf_tables of the node.
//!
//! Besides Defender the table has WinNAT, which masquerades the guest's network towards the LAN, and
//! Defender's stealth mode: a port that a rule opens and nobody listens on stays silent, because the
//! reset that would say so is dropped on its way out (Microsoft KB2586744).

use std::fmt;

use super::{Action, Profile, ProfileState, Rule, address::AddressRange, ports::PortRange};
use crate::{
    topology::{ETHERNET, SWITCH_NETWORK, SWITCH_PREFIX, VETHERNET},
    windows_model::network::adapters,
};

#[cfg(target_os = "linux")]
mod kernel;

#[cfg(target_os = "linux")]
pub use kernel::{fresh, replacing};

/// Which profile a link's network has. Both are public: what Windows 11 makes of a network that
/// nobody has classified.
const NETWORKS: [(&str, Profile); 2] = [(VETHERNET, Profile::Public), (ETHERNET, Profile::Public)];

/// A chain of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// What comes in; dropped unless a line accepts it.
    Defender,
    /// What this machine sends.
    Stealth,
    /// What leaves the guest's network.
    WinNat,
}

impl Chain {
    const fn name(self) -> &'static str {
        match self {
            Chain::Defender => "defender",
            Chain::Stealth => "stealth",
            Chain::WinNat => "winnat",
        }
    }
}

/// What becomes of a packet that a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It passes.
    Accept,
    /// It is gone.
    Drop,
    /// It leaves with this machine's address.
    Masquerade,
}

/// A condition of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It came in by this link.
    Input(&'static str),
    /// It goes out by this link.
    Output(&'static str),
    /// It belongs to a connection that was let through before.
    Answers,
    /// It is of this protocol.
    Protocol(u8),
    /// It goes to one of these ports.
    Port(PortRange),
    /// It is this ICMP message.
    IcmpType(u8),
    /// It comes from one of these IPv4 addresses.
    Source(AddressRange),
    /// It refuses a TCP connection that never stood.
    Refuses,
}

/// A line of the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub chain: Chain,
    /// What it is about: all of these.
    pub matches: Vec<Match>,
    /// What happens then.
    pub fate: Fate,
}

impl Line {
    fn new(chain: Chain, matches: impl Into<Vec<Match>>, fate: Fate) -> Line {
        Line { chain, matches: matches.into(), fate }
    }
}

/// The filter that these rules make.
pub fn lines(rules: &[Rule], state: impl Fn(Profile) -> ProfileState) -> Vec<Line> {
    let mut lines = always();
    let states = NETWORKS.map(|(link, profile)| (link, state(profile)));
    let links = |wanted: fn(ProfileState) -> bool| {
        states.into_iter().filter(move |(_, state)| wanted(*state)).map(|(link, _)| link)
    };
    let accept = |link| Line::new(Chain::Defender, [Match::Input(link)], Fate::Accept);
    lines.extend(links(|state| !state.enabled).map(accept));
    for action in [Action::Block, Action::Allow] {
        let counting = rules
            .iter()
            .filter(|rule| rule.enabled && rule.action == action && rule.reaches_a_socket());
        counting.for_each(|rule| lines.extend(lines_of(rule)));
    }
    lines.extend(links(|state| state.enabled && state.allows_inbound).map(accept));
    lines.extend(
        links(|state| state.enabled).map(|link| {
            Line::new(Chain::Stealth, [Match::Output(link), Match::Refuses], Fate::Drop)
        }),
    );
    lines
}

/// What no rule changes.
fn always() -> Vec<Line> {
    vec![
        Line::new(Chain::Defender, [Match::Input("lo")], Fate::Accept),
        Line::new(Chain::Defender, [Match::Answers], Fate::Accept),
    ]
}

fn winnat() -> Line {
    let guests = AddressRange::network(SWITCH_NETWORK, SWITCH_PREFIX);
    Line::new(Chain::WinNat, [Match::Source(guests), Match::Output(ETHERNET)], Fate::Masquerade)
}

/// A rule is a line for each combination of a network, a range of ports and a range of addresses.
fn lines_of(rule: &Rule) -> Vec<Line> {
    let fate = match rule.action {
        Action::Allow => Fate::Accept,
        Action::Block => Fate::Drop,
    };
    let links = NETWORKS.into_iter().filter(|(link, profile)| {
        let named = |alias: &String| adapters::link_of_alias(alias) == Some(*link);
        rule.profiles.contains(*profile)
            && (rule.interfaces.is_empty() || rule.interfaces.iter().any(named))
    });
    let kind = match rule.protocol {
        super::Protocol::Icmp4(kind) => kind,
        _ => None,
    };
    let ports = or_none(rule.local_ports.ranges().iter().copied());
    let sources = or_none(rule.remote.iter().flat_map(|remote| remote.ranges()));
    let mut lines = Vec::new();
    for (link, _) in links {
        for port in &ports {
            for source in &sources {
                let matches = [Match::Input(link)]
                    .into_iter()
                    .chain(rule.protocol.number().map(Match::Protocol))
                    .chain(kind.map(Match::IcmpType))
                    .chain(port.map(Match::Port))
                    .chain(source.map(Match::Source));
                lines.push(Line::new(Chain::Defender, matches.collect::<Vec<_>>(), fate));
            }
        }
    }
    lines
}

/// One `None` for an empty list: no condition.
fn or_none<T>(items: impl Iterator<Item = T>) -> Vec<Option<T>> {
    let items: Vec<_> = items.map(Some).collect();
    if items.is_empty() { vec![None] } else { items }
}

/// The filter of a fresh Windows for `nft -f`, which the benchmark compares with.
pub fn as_script() -> String {
    let chain = |chain: Chain, head: &str, lines: &[Line]| {
        let body: String = lines.iter().map(|line| format!(" {line}\n")).collect();
        format!("chain {} {{ {head}\n{body} }}\n", chain.name())
    };
    format!(
        "table inet windows {{\n{}{}}}\n",
        chain(Chain::Defender, "type filter hook input priority 0; policy drop;", &always()),
        chain(Chain::WinNat, "type nat hook postrouting priority 100; policy accept;", &[winnat()]),
    )
}

impl fmt::Display for Line {
    /// As `nft` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for condition in &self.matches {
            write!(f, "{condition} ")?;
        }
        f.write_str(match self.fate {
            Fate::Accept => "accept",
            Fate::Drop => "drop",
            Fate::Masquerade => "masquerade",
        })
    }
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = |f: &mut fmt::Formatter<'_>, AddressRange { first, last }: AddressRange| {
            if first == last { write!(f, "{first}") } else { write!(f, "{first}-{last}") }
        };
        match self {
            Match::Input(link) => write!(f, "iifname {link}"),
            Match::Output(link) => write!(f, "oifname {link}"),
            Match::Answers => f.write_str("ct state established,related"),
            Match::Protocol(number) => write!(f, "meta l4proto {number}"),
            Match::Port(range) => write!(f, "th dport {range}"),
            Match::IcmpType(kind) => write!(f, "icmp type {kind}"),
            Match::Source(range) => {
                f.write_str("ip saddr ")?;
                to(f, *range)
            }
            Match::Refuses => f.write_str("tcp flags rst ct status ! assured"),
        }
    }
}
