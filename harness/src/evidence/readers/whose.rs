//! Addresses that people name: `- wsl ip: 172.17.180.64/16`, `- wsl gateway: 192.168.96.193`.

use crate::evidence::{
    document::{Block, Form},
    fact::{InterfaceAddress, Kind},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "whose", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let (Form::Item, Some(key)) = (block.form, block.key) else { return };
    let Some((side, interface)) = whose(key) else { return };
    for line in &block.lines {
        for word in line.words() {
            let text = word.as_str().trim_matches([',', ';', '(', ')']);
            let (host, prefix) = text.split_once('/').unwrap_or((text, ""));
            let Some(address @ Host::V4(_)) = Host::parse(host) else { continue };
            let address = InterfaceAddress {
                interface: Some(interface.to_owned()),
                address,
                prefix: prefix.parse().ok(),
            };
            out.put(side, word.span(), Kind::Address(address));
        }
        // An item that says what came of an attempt names no more than one address.
        if line.has("refused") || line.has("timeout") {
            return;
        }
    }
}

/// The machine and interface that a key names.
fn whose(key: Text<'_>) -> Option<(Side, &'static str)> {
    let lower = key.as_str().to_ascii_lowercase();
    let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|it| it == word);
    let address = has("ip") || has("address") || has("addr") || has("inet");
    let tries = ["curl", "ping", "telnet", "nc", "ssh", "browser", "tcp"].iter().any(|it| has(it));
    if tries {
        return None;
    }
    Some(match () {
        () if has("gateway") => (Side::Windows, "vEthernet (WSL)"),
        () if lower.contains("hostname -i") => (Side::Guest, "eth0"),
        () if address && has("eth0") => (Side::Guest, "eth0"),
        () if address && (has("lan") || has("wifi")) => (Side::Windows, "Ethernet"),
        () if address && (has("wsl") || has("wsl2") || has("vm")) => (Side::Guest, "eth0"),
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    #[test]
    fn addresses_by_their_key() {
        let shown = |text: &str| -> Vec<String> {
            let show = |kind| match kind {
                Kind::Address(it) => {
                    Some(format!("{} {}", it.interface.unwrap_or_default(), it.address))
                }
                _ => None,
            };
            let facts = facts(text).into_iter();
            facts.filter_map(|fact| Some(format!("{} {}", fact.side, show(fact.kind)?))).collect()
        };
        assert_eq!(shown("- wsl ip: 172.17.180.64/16\n"), ["guest eth0 172.17.180.64"]);
        assert_eq!(shown("- wsl ip now: 172.17.180.64\n"), ["guest eth0 172.17.180.64"]);
        assert_eq!(
            shown("- wsl gateway: 192.168.96.193\n"),
            ["windows vEthernet (WSL) 192.168.96.193"]
        );
        assert_eq!(shown("- wsl hostname -I: 172.18.47.200\n"), ["guest eth0 172.18.47.200"]);
        assert_eq!(shown("- ping wsl ip: 172.18.47.200 ok\n"), [""; 0]);
        assert_eq!(shown("- wsl ip: reachable\n"), [""; 0]);
    }
}
