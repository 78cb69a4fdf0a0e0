//! The packet filter of the windows node, as nf_tables netlink messages: the first transaction of a
//! namespace costs 0.2 ms this way and 4 ms through `nft`.
//!
//! Two things of Windows are modelled here: WinNAT, which masquerades the guest's network towards
//! the LAN, and Defender's default, which silently drops what comes in from another machine and is
//! not an answer (ledger F15, F29; loopback is exempt, ledger 4.1.4).

use super::netlink::{Batch, request_flags};
use crate::topology::{ETHERNET, SWITCH_NETWORK, SWITCH_PREFIX};

const SUBSYSTEM: u16 = 10 << 8; // NFNL_SUBSYS_NFTABLES
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;
const NEW_TABLE: u16 = SUBSYSTEM;
const NEW_CHAIN: u16 = SUBSYSTEM | 3;
const NEW_RULE: u16 = SUBSYSTEM | 6;
const CREATE: u16 = 0x400; // NLM_F_CREATE
const APPEND: u16 = 0x800; // NLM_F_APPEND
const NESTED: u16 = 0x8000;

const INET: u8 = 1;
const HOOK_INPUT: u32 = 1;
const HOOK_POSTROUTING: u32 = 4;
const PRIORITY_FILTER: u32 = 0;
const PRIORITY_SRCNAT: u32 = 100;

const REGISTER: u32 = 1;
const META_IIFNAME: u32 = 6;
const META_OIFNAME: u32 = 7;
const META_NFPROTO: u32 = 15;
const CT_STATE: u32 = 0;
const ESTABLISHED_OR_RELATED: u32 = 0b110;
const EQ: u32 = 0;
const NEQ: u32 = 1;
const ACCEPT: u32 = 1;
const DROP: u32 = 0;

/// The same rules for `nft -f`, which the benchmark compares with.
pub fn as_script() -> String {
    format!(
        "table inet windows {{\n\
         chain defender {{ type filter hook input priority 0; policy drop;\n\
         iifname lo accept\n ct state established,related accept\n }}\n\
         chain winnat {{ type nat hook postrouting priority 100; policy accept;\n\
         ip saddr {SWITCH_NETWORK}/{SWITCH_PREFIX} oifname {ETHERNET} masquerade\n }}\n}}\n"
    )
}

/// The filter of a fresh Windows.
pub fn windows() -> Batch {
    let mut batch = Batch::default();
    frame(&mut batch, BATCH_BEGIN);
    let table = text(1, "windows");
    message(&mut batch, "table windows", NEW_TABLE, CREATE, &table);
    chain(&mut batch, "defender", "filter", HOOK_INPUT, PRIORITY_FILTER, DROP);
    chain(&mut batch, "winnat", "nat", HOOK_POSTROUTING, PRIORITY_SRCNAT, ACCEPT);
    rule(&mut batch, "defender", &[meta(META_IIFNAME), equals(&name("lo")), verdict(ACCEPT)]);
    rule(
        &mut batch,
        "defender",
        &[
            ct_state(),
            masked(&ESTABLISHED_OR_RELATED.to_ne_bytes()),
            compare(NEQ, &[0; 4]),
            verdict(ACCEPT),
        ],
    );
    let mask = u32::MAX << (32 - u32::from(SWITCH_PREFIX));
    rule(
        &mut batch,
        "winnat",
        &[
            meta(META_NFPROTO),
            equals(&[2]), // NFPROTO_IPV4
            source_address(),
            masked(&mask.to_be_bytes()),
            equals(&SWITCH_NETWORK.octets()),
            meta(META_OIFNAME),
            equals(&name(ETHERNET)),
            expression("masq", &[]),
        ],
    );
    frame(&mut batch, BATCH_END);
    batch
}

fn chain(batch: &mut Batch, chain: &str, kind: &str, hook: u32, priority: u32, policy: u32) {
    let hook = [number(1, hook), number(2, priority)].concat();
    let attributes =
        [text(1, "windows"), text(3, chain), nested(4, &hook), number(5, policy), text(7, kind)];
    message(batch, &format!("chain {chain}"), NEW_CHAIN, CREATE, &attributes.concat());
}

fn rule(batch: &mut Batch, chain: &str, expressions: &[Vec<u8>]) {
    let attributes = [text(1, "windows"), text(2, chain), nested(4, &expressions.concat())];
    let object = format!("rule of chain {chain}");
    message(batch, &object, NEW_RULE, CREATE | APPEND, &attributes.concat());
}

fn meta(key: u32) -> Vec<u8> {
    expression("meta", &[number(2, key), number(1, REGISTER)].concat())
}

fn ct_state() -> Vec<u8> {
    expression("ct", &[number(2, CT_STATE), number(1, REGISTER)].concat())
}

fn source_address() -> Vec<u8> {
    const NETWORK_HEADER: u32 = 1;
    let data = [number(1, REGISTER), number(2, NETWORK_HEADER), number(3, 12), number(4, 4)];
    expression("payload", &data.concat())
}

fn masked(mask: &[u8; 4]) -> Vec<u8> {
    let value = |kind, bytes: &[u8]| nested(kind, &attribute(1, bytes));
    let registers = [number(1, REGISTER), number(2, REGISTER), number(3, 4)].concat();
    expression("bitwise", &[registers, value(4, mask), value(5, &[0; 4])].concat())
}

fn equals(data: &[u8]) -> Vec<u8> {
    compare(EQ, data)
}

fn compare(operator: u32, data: &[u8]) -> Vec<u8> {
    let data = nested(3, &attribute(1, data));
    expression("cmp", &[number(1, REGISTER), number(2, operator), data].concat())
}

fn verdict(code: u32) -> Vec<u8> {
    let data = nested(2, &nested(2, &number(1, code)));
    expression("immediate", &[number(1, 0), data].concat())
}

fn expression(kind: &str, data: &[u8]) -> Vec<u8> {
    nested(1, &[text(1, kind), nested(2, data)].concat())
}

/// An interface name as the kernel compares it: padded to IFNAMSIZ.
fn name(interface: &str) -> [u8; 16] {
    let mut padded = [0; 16];
    for (to, from) in padded.iter_mut().take(15).zip(interface.bytes()) {
        *to = from;
    }
    padded
}

fn number(kind: u16, value: u32) -> Vec<u8> {
    attribute(kind, &value.to_be_bytes())
}

fn text(kind: u16, value: &str) -> Vec<u8> {
    attribute(kind, &[value.as_bytes(), &[0]].concat())
}

fn nested(kind: u16, data: &[u8]) -> Vec<u8> {
    attribute(kind | NESTED, data)
}

fn attribute(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + data.len()).unwrap_or(u16::MAX);
    let mut bytes = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), data].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn frame(batch: &mut Batch, kind: u16) {
    let bytes = encode(kind, 1, 0, 0, SUBSYSTEM >> 8, &[]);
    batch.push(None, &bytes);
}

fn message(batch: &mut Batch, object: &str, kind: u16, flags: u16, attributes: &[u8]) {
    let sequence = batch.next_sequence();
    let bytes = encode(kind, request_flags(flags), sequence, INET, 0, attributes);
    batch.push(Some(format!("add {object}")), &bytes);
}

fn encode(kind: u16, flags: u16, sequence: u32, family: u8, resource: u16, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(20 + data.len()).unwrap_or(u32::MAX);
    let resource = resource.to_be_bytes();
    [
        &length.to_ne_bytes()[..],
        &kind.to_ne_bytes(),
        &flags.to_ne_bytes(),
        &sequence.to_ne_bytes(),
        &[0; 4],
        &[family, 0, resource[0], resource[1]],
        data,
    ]
    .concat()
}
