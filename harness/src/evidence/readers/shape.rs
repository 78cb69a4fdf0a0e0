//! Shapes that many tools share: rows of words, `Key . . . : value`, netmasks, prefixes.

use std::net::Ipv4Addr;

use crate::evidence::{host::Host, span::Text};

/// What white space separates.
pub(super) fn words(line: Text<'_>) -> Vec<&str> {
    line.as_str().split_whitespace().collect()
}

/// An address, also a masked one; never a name.
pub(super) fn address(text: &str) -> Option<Host> {
    let host = Host::parse(text)?;
    matches!(host, Host::V4(_) | Host::V6(_) | Host::Masked(_)).then_some(host)
}

/// `10.0.0.1/8`, `fe80::1/64`, or an address without a prefix.
pub(super) fn cidr(text: &str) -> Option<(Host, Option<u8>)> {
    match text.split_once('/') {
        Some((host, prefix)) => {
            let host = address(host)?;
            let longest = if host.is_v6() { 128 } else { 32 };
            let prefix = prefix.parse().ok().filter(|prefix| *prefix <= longest)?;
            Some((host, Some(prefix)))
        }
        None => Some((address(text)?, None)),
    }
}

/// `255.255.240.0`, and what BSD prints: `0xfffff000`.
pub(super) fn prefix_of_mask(text: &str) -> Option<u8> {
    let mask = match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => text.parse::<Ipv4Addr>().ok()?.into(),
    };
    let ones = mask.leading_ones();
    (mask.checked_shl(ones).unwrap_or(0) == 0).then_some(())?;
    u8::try_from(ones).ok()
}

/// `Key . . . . : value`, `Key : value`, `Key: value`; a value may be empty.
pub(super) fn label(line: Text<'_>) -> Option<(Text<'_>, Text<'_>)> {
    let text = line.as_str();
    // Behind the dots, where there are some: a key may have a colon of its own.
    if let Some(at) = [". :", " .:"].iter().filter_map(|dots| text.find(dots)).min() {
        let key = text[..at].trim_start().trim_end_matches(['.', ' ', '\u{a0}']);
        let value = text[at..].split_once(':').map_or("", |(_, value)| value).trim();
        return (!key.is_empty()).then(|| (line.part(key), line.part(value)));
    }
    let mut colons = text.match_indices([':', '：']);
    let (at, colon) = colons.find(|(at, colon)| {
        let rest = &text[at + colon.len()..];
        *colon == "：" || rest.is_empty() || rest.starts_with(char::is_whitespace)
    })?;
    let key = text[..at].trim_start().trim_end_matches(['.', ' ', '\t', '\u{a0}']);
    let value = text[at + colon.len()..].trim();
    (!key.is_empty()).then(|| (line.part(key), line.part(value)))
}

/// Whether a line begins in the first column.
pub(super) fn is_flush(line: Text<'_>) -> bool {
    line.as_str().starts_with(|c: char| !c.is_whitespace())
}

/// Whether a word is made of dashes or equals signs: the rule under a header.
pub(super) fn is_ruler(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(|c| matches!(c, '-' | '=' | '─' | '━' | '—'))
}

/// One word of the command, as a whole and in any case: `ip`, not `ipconfig`.
pub(super) fn runs(command: Option<Text<'_>>, program: &str) -> bool {
    let Some(command) = command else { return false };
    command.words().any(|word| {
        let word = word.as_str().trim_matches(['"', '\'', '`', ';', '|', '&', '(', ')']);
        let file = word.rsplit(['/', '\\']).next().unwrap_or(word);
        let file = file
            .get(file.len().saturating_sub(4)..)
            .filter(|end| end.eq_ignore_ascii_case(".exe"))
            .map_or(file, |end| &file[..file.len() - end.len()]);
        file.eq_ignore_ascii_case(program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_prefixes() {
        assert_eq!(prefix_of_mask("255.255.240.0"), Some(20));
        assert_eq!(prefix_of_mask("0xffffff00"), Some(24));
        assert_eq!(prefix_of_mask("0.0.0.0"), Some(0));
        assert_eq!(prefix_of_mask("255.255.255.255"), Some(32));
        assert_eq!(prefix_of_mask("172.20.1.2"), None);
        assert_eq!(cidr("10.0.0.1/33"), None);
        assert_eq!(cidr("localhost/8"), None);
    }

    #[test]
    fn labels_with_and_without_dots() {
        let shown = |text: &'static str| {
            label(Text::new(text, 0)).map(|(key, value)| (key.as_str(), value.as_str()))
        };
        assert_eq!(
            shown("   IPv4 Address. . . . . : 10.0.0.1(Preferred)"),
            Some(("IPv4 Address", "10.0.0.1(Preferred)"))
        );
        assert_eq!(shown("Enabled      : True"), Some(("Enabled", "True")));
        assert_eq!(shown("Passerelle par défaut. . . :"), Some(("Passerelle par défaut", "")));
        assert_eq!(shown("Vínculo: local. . . : fe80::1"), Some(("Vínculo: local", "fe80::1")));
        assert_eq!(shown("地址：1"), Some(("地址", "1")));
        assert_eq!(shown("127.0.0.1:80"), None);
        assert_eq!(shown(": 1"), None);
    }

    #[test]
    fn programs_of_commands() {
        let text = |text| Some(Text::new(text, 0));
        assert!(runs(text("sudo /sbin/ip -br a"), "ip"));
        assert!(runs(text("IPCONFIG.EXE /all"), "ipconfig"));
        assert!(!runs(text("ipconfig"), "ip"));
        assert!(!runs(text("é.ex"), "ip"));
        assert!(!runs(None, "ip"));
    }
}
