//! `ipconfig` and `ipconfig /all` in any language.
//!
//! The words are translated, but for `IPv4`, `IPv6`, `DNS` and `DHCP`; the order is not: address,
//! mask, gateway.

use super::shape::{address, is_flush, label, prefix_of_mask, words};
use crate::evidence::{
    document::Block,
    fact::{InterfaceAddress, Kind, Nameserver, Route},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "ipconfig", read };

/// What ends the translated word for "adapter" in a header.
const ADAPTER: [&str; 8] = [
    "adapter ",
    "Adapter ",
    "适配器 ",
    "介面卡 ",
    "アダプター ",
    "어댑터 ",
    "Carte Ethernet ",
    "Adaptador de Ethernet ",
];

/// What the row is that an address stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Gateway,
    Dns,
    Other,
}

fn read(block: &Block<'_>, out: &mut Sink) {
    let asked = block.ran(&["ipconfig"]) || block.is_about("ipconfig");
    let dotted = block.lines.iter().filter(|line| line.as_str().contains(". . .")).count();
    if !(asked || dotted >= 2) {
        return;
    }
    let side = block.side.or(Side::Windows);
    let mut name: Option<String> = None;
    let mut waiting: Option<(Text<'_>, InterfaceAddress)> = None;
    let mut row = Row::Other;
    let mut masked = false;
    for line in &block.lines {
        if let Some(header) = header(*line) {
            flush(&mut waiting, side, out);
            (name, row, masked) = (Some(header), Row::Other, false);
            continue;
        }
        let (key, value) = match label(*line) {
            Some((key, value)) => (Some(key), value),
            // The next value of the row above.
            None => (None, line.trim()),
        };
        let Some(host) = value_of(value) else {
            if key.is_some() {
                row = if masked && value.as_str().is_empty() { Row::Gateway } else { Row::Other };
            }
            continue;
        };
        if let Some(key) = key {
            if let Some(prefix) = prefix_of_mask(value.as_str()).filter(|_| waiting.is_some()) {
                if let Some((_, address)) = &mut waiting {
                    address.prefix = Some(prefix);
                }
                flush(&mut waiting, side, out);
                (row, masked) = (Row::Other, true);
                continue;
            }
            flush(&mut waiting, side, out);
            row = match () {
                () if key.has("DNS") => Row::Dns,
                () if key.has("DHCP") || key.has("WINS") || key.has("IPv") => Row::Other,
                () if masked => Row::Gateway,
                () => Row::Other,
            };
            let is_own = key.has("IPv4") || key.has("IPv6") || key.has("IP Address");
            if is_own {
                let found =
                    InterfaceAddress { interface: name.clone(), address: host, prefix: None };
                waiting = Some((value, found));
                masked = false;
                continue;
            }
        }
        match row {
            Row::Dns => out.put(side, value.span(), Kind::Nameserver(Nameserver { address: host })),
            Row::Gateway => {
                let interface = name.clone();
                let route = Route { network: None, gateway: Some(host), interface, metric: None };
                out.put(side, value.span(), Kind::Route(route));
            }
            Row::Other => {}
        }
    }
    flush(&mut waiting, side, out);
}

fn flush(waiting: &mut Option<(Text<'_>, InterfaceAddress)>, side: Side, out: &mut Sink) {
    if let Some((text, address)) = waiting.take() {
        out.put(side, text.span(), Kind::Address(address));
    }
}

/// `Ethernet adapter vEthernet (WSL):`, in the first column, with nothing behind the colon.
fn header(line: Text<'_>) -> Option<String> {
    let text = line.as_str().trim_end();
    let text = text.strip_suffix([':', '：'])?.trim_end();
    if !is_flush(line) || text.contains(". .") || text.is_empty() {
        return None;
    }
    if let Some(at) = text.find("vEthernet") {
        return text.get(at..).map(str::to_owned);
    }
    let after = ADAPTER.iter().find_map(|word| {
        let at = text.find(word)? + word.len();
        text.get(at..)
    });
    Some(after.unwrap_or(text).trim().to_owned())
}

/// An address, without what stands behind it: `(Preferred)`, `(首选)`, `%12`.
fn value_of(value: Text<'_>) -> Option<Host> {
    let first = *words(value).first()?;
    let bare = first.split(['(', '（', '%', '<']).next()?;
    address(bare).or_else(|| address(first))
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Address(it) => Some(format!(
                "{} {}/{}",
                it.interface.as_deref().unwrap_or("?"),
                it.address,
                it.prefix.map_or("?".to_owned(), |prefix| prefix.to_string())
            )),
            Kind::Route(it) => Some(format!("{} via {}", it.interface?, it.gateway?)),
            Kind::Nameserver(it) => Some(format!("dns {}", it.address)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn languages() {
        for (head, [link, address, mask, gateway]) in [
            (
                "Ethernet adapter Ethernet:",
                ["Link-local IPv6 Address", "IPv4 Address", "Subnet Mask", "Default Gateway"],
            ),
            (
                "Ethernet-Adapter Ethernet:",
                [
                    "Verbindungslokale IPv6-Adresse",
                    "IPv4-Adresse",
                    "Subnetzmaske",
                    "Standardgateway",
                ],
            ),
            ("以太网适配器 Ethernet:", ["本地链接 IPv6 地址", "IPv4 地址", "子网掩码", "默认网关"]),
            (
                "Carte Ethernet Ethernet :",
                [
                    "Adresse IPv6 de liaison locale",
                    "Adresse IPv4",
                    "Masque de sous-r\u{fffd}seau",
                    "Passerelle par d\u{fffd}faut",
                ],
            ),
            (
                "イーサネット アダプター Ethernet:",
                [
                    "リンクローカル IPv6 アドレス",
                    "IPv4 アドレス",
                    "サブネット マスク",
                    "デフォルト ゲートウェイ",
                ],
            ),
        ] {
            let text = format!(
                "```\nC:\\> ipconfig\n\n{head}\n\n\
                 \x20  {link}. . . . . : fe80::1%12\n\
                 \x20  {address}. . . . . . . . . . . : 192.168.1.5(x)\n\
                 \x20  {mask} . . . . . . . . . . . : 255.255.255.0\n\
                 \x20  {gateway} . . . . . . . . . : fe80::9%12\n\
                 \x20                                      192.168.1.1\n```\n"
            );
            let expected = [
                "Ethernet fe80::1/?",
                "Ethernet 192.168.1.5/24",
                "Ethernet via fe80::9",
                "Ethernet via 192.168.1.1",
            ];
            assert_eq!(shown(&text), expected, "{head}");
        }
    }

    #[test]
    fn all_of_it() {
        let text = "```\n\nEthernet adapter vEthernet (WSL (Hyper-V firewall)):\n\n\
            \x20  Description . . . . . . . . . . . : Hyper-V Virtual Ethernet Adapter\n\
            \x20  IPv4 Address. . . . . . . . . . . : 172.28.16.1(Preferred)\n\
            \x20  Subnet Mask . . . . . . . . . . . : 255.255.240.0\n\
            \x20  Default Gateway . . . . . . . . . :\n\
            \x20  DHCP Server . . . . . . . . . . . : 10.0.0.2\n\
            \x20  DNS Servers . . . . . . . . . . . : 10.0.0.3\n\
            \x20                                      10.0.0.4\n\
            \x20  NetBIOS over Tcpip. . . . . . . . : Enabled\n```\n";
        let expected =
            ["vEthernet (WSL (Hyper-V firewall)) 172.28.16.1/20", "dns 10.0.0.3", "dns 10.0.0.4"];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn other_text() {
        assert_eq!(shown("- IPv4 address: 10.0.0.1\n"), [""; 0]);
    }
}
