//! Lines as the kernel takes them: transactions of nf_tables.

use std::net::Ipv4Addr;

use super::{AddressRange, Chain, Fate, Line, Match, PortRange, always, winnat};
use crate::netlink::{
    Batch,
    nft::{self, Compare, Hook, Transaction, Verdict},
};

const TABLE: &str = "windows";
const ESTABLISHED_OR_RELATED: u32 = 0b110;
const ASSURED: u32 = 1 << 2; // IPS_ASSURED
const NFPROTO_IPV4: u8 = 2;
const TCP: u8 = 6;
const RST: u8 = 0b100;

/// The filter of a fresh Windows, for a namespace that has none.
pub fn fresh() -> Batch {
    let mut transaction = Transaction::on(TABLE);
    transaction.chain(Chain::Defender.name(), Hook::Input, Verdict::Drop);
    transaction.chain(Chain::WinNat.name(), Hook::SourceNat, Verdict::Accept);
    for line in always().iter().chain([&winnat()]) {
        transaction.rule(line.chain.name(), &expressions(line));
    }
    transaction.commit()
}

/// These lines in place of all others of Defender and its stealth mode.
pub fn replacing(lines: &[Line]) -> Batch {
    let mut transaction = Transaction::on(TABLE);
    transaction.chain(Chain::Defender.name(), Hook::Input, Verdict::Drop);
    transaction.chain(Chain::Stealth.name(), Hook::Output, Verdict::Accept);
    transaction.flush(Chain::Defender.name());
    transaction.flush(Chain::Stealth.name());
    for line in lines {
        transaction.rule(line.chain.name(), &expressions(line));
    }
    transaction.commit()
}

fn expressions(line: &Line) -> Vec<Vec<u8>> {
    let mut expressions: Vec<_> = line.matches.iter().flat_map(condition).collect();
    expressions.push(match line.fate {
        Fate::Accept => nft::verdict(Verdict::Accept),
        Fate::Drop => nft::verdict(Verdict::Drop),
        Fate::Masquerade => nft::masquerade(),
    });
    expressions
}

fn condition(condition: &Match) -> Vec<Vec<u8>> {
    let is_set =
        |mask: &[u8]| [nft::masked(mask), nft::compare(Compare::NotEqual, &vec![0; mask.len()])];
    match *condition {
        Match::Input(link) => vec![nft::input_name(), nft::equals(&nft::name(link))],
        Match::Output(link) => vec![nft::output_name(), nft::equals(&nft::name(link))],
        Match::Answers => {
            let mask = is_set(&ESTABLISHED_OR_RELATED.to_ne_bytes());
            [nft::connection_state()].into_iter().chain(mask).collect()
        }
        Match::Protocol(number) => vec![nft::protocol(), nft::equals(&[number])],
        Match::Port(PortRange { first, last }) => [nft::destination_port()]
            .into_iter()
            .chain(between(&first.to_be_bytes(), &last.to_be_bytes()))
            .collect(),
        Match::IcmpType(kind) => vec![nft::icmp_type(), nft::equals(&[kind])],
        Match::Source(AddressRange { first, last }) => {
            let bytes = |address: Ipv4Addr| address.octets();
            [nft::family(), nft::equals(&[NFPROTO_IPV4]), nft::source_address()]
                .into_iter()
                .chain(between(&bytes(first), &bytes(last)))
                .collect()
        }
        Match::Refuses => [nft::protocol(), nft::equals(&[TCP]), nft::tcp_flags()]
            .into_iter()
            .chain(is_set(&[RST]))
            .chain([nft::connection_status(), nft::masked(&ASSURED.to_ne_bytes())])
            .chain([nft::equals(&[0; 4])])
            .collect(),
    }
}

fn between(first: &[u8], last: &[u8]) -> Vec<Vec<u8>> {
    if first == last {
        return vec![nft::equals(first)];
    }
    vec![nft::compare(Compare::AtLeast, first), nft::compare(Compare::AtMost, last)]
}
