//! Configuration files and versions.

use super::super::case::Case;
use crate::evidence::{
    document::Form,
    fact::{Fact, Kind, Mode, Product, Setting, SettingFile, Version},
    span::Span,
    words::Passage,
};

/// Where the keys of WSL belong. Microsoft's documentation of `.wslconfig` and `wsl.conf`.
const HOME: &[(&str, SettingFile, &str)] = &[
    ("hostAddressLoopback", SettingFile::WslConfig, "experimental"),
    ("ignoredPorts", SettingFile::WslConfig, "experimental"),
    ("bestEffortDnsParsing", SettingFile::WslConfig, "experimental"),
    ("dnsTunnelingIpAddress", SettingFile::WslConfig, "experimental"),
    ("initialAutoProxyTimeout", SettingFile::WslConfig, "experimental"),
    ("autoMemoryReclaim", SettingFile::WslConfig, "experimental"),
    ("sparseVhd", SettingFile::WslConfig, "experimental"),
    ("useWindowsDnsCache", SettingFile::WslConfig, "experimental"),
    ("localhostForwarding", SettingFile::WslConfig, "wsl2"),
    ("networkingMode", SettingFile::WslConfig, "wsl2"),
    ("dnsTunneling", SettingFile::WslConfig, "wsl2"),
    ("dnsProxy", SettingFile::WslConfig, "wsl2"),
    ("autoProxy", SettingFile::WslConfig, "wsl2"),
    ("firewall", SettingFile::WslConfig, "wsl2"),
    ("vmIdleTimeout", SettingFile::WslConfig, "wsl2"),
    ("generateHosts", SettingFile::WslConf, "network"),
    ("generateResolvConf", SettingFile::WslConf, "network"),
    ("hostname", SettingFile::WslConf, "network"),
    ("systemd", SettingFile::WslConf, "boot"),
];

/// Keys that previews had in `[experimental]`.
const MOVED: [&str; 4] = ["networkingMode", "dnsTunneling", "autoProxy", "firewall"];

fn settings<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Setting)> {
    case.pick(|kind| if let Kind::Setting(it) = kind { Some(it) } else { None })
}

/// Keys that no route depends on.
const NO_NETWORK: [&str; 4] = ["autoMemoryReclaim", "sparseVhd", "vmIdleTimeout", "systemd"];

/// A key of WSL that does not stand where WSL looks for it.
fn is_stray(it: &Setting) -> bool {
    if matches!(it.file, SettingFile::Other(_)) {
        return false;
    }
    let Some((key, file, home)) = HOME.iter().find(|(key, ..)| it.key.eq_ignore_ascii_case(key))
    else {
        return false;
    };
    // A line that is quoted without its section says nothing of where it stands.
    let Some(section) = it.section.as_deref() else { return it.file != *file };
    let moved = MOVED.contains(key) && section.eq_ignore_ascii_case("experimental");
    it.file != *file || !section.eq_ignore_ascii_case(home) && !moved
}

/// Misplaced keys that a route may depend on and that have not taken effect all the same.
fn misplaced<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Setting)> {
    let stated = case.evidence.mode() == Some(Mode::Mirrored);
    // The report says that the mode is the one that the key asks for: an excerpt without its head.
    let effective = |it: &Setting| {
        stated && it.section.is_none() && it.key.eq_ignore_ascii_case("networkingMode")
    };
    let network = |it: &Setting| !NO_NETWORK.iter().any(|key| it.key.eq_ignore_ascii_case(key));
    let all = settings(case).into_iter();
    all.filter(|(_, it)| is_stray(it) && network(it) && !effective(it)).collect()
}

/// A key stands in a file or section where WSL does not look for it.
pub(super) fn key_misplaced(case: &Case<'_>) -> Vec<Span> {
    misplaced(case).into_iter().map(|(fact, _)| fact.span).collect()
}

/// And the report is about what that key governs: it names the key outside of the file, or says
/// that a setting does nothing.
pub(super) fn misplaced_key_is_the_matter(case: &Case<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for (fact, setting) in misplaced(case) {
        let key = setting.key.to_lowercase();
        let about = |passage: &&Passage| {
            passage.form != Form::Output && passage.words.iter().any(|word| word.text == key)
        };
        if case.passages.iter().any(|passage| about(&passage)) {
            found.push(fact.span);
        }
    }
    found
}

/// A key of WSL's files is shown.
pub(super) fn any(case: &Case<'_>) -> Vec<Span> {
    let own = |it: &Setting| !matches!(it.file, SettingFile::Other(_));
    settings(case).into_iter().filter(|(_, it)| own(it)).map(|(fact, _)| fact.span).collect()
}

/// The key has this value, where WSL looks for it.
fn has(case: &Case<'_>, key: &str, value: &str) -> Vec<Span> {
    let is = |it: &Setting| {
        it.key.eq_ignore_ascii_case(key) && it.value.eq_ignore_ascii_case(value) && !is_stray(it)
    };
    settings(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect()
}

/// `localhostForwarding=false`
pub(super) fn relay_switched_off(case: &Case<'_>) -> Vec<Span> {
    has(case, "localhostForwarding", "false")
}

/// `networkingMode=mirrored`
pub(super) fn mirrored_configured(case: &Case<'_>) -> Vec<Span> {
    has(case, "networkingMode", "mirrored")
}

fn versions<'e>(case: &Case<'e>) -> Vec<(&'e Fact, &'e Version)> {
    case.pick(|kind| if let Kind::Version(it) = kind { Some(it) } else { None })
}

/// The build of Windows: 18956 of 10.0.18956.1000 and of 18956.1000.
fn build(version: &Version) -> Option<u32> {
    (version.product == Product::Windows).then_some(())?;
    version.numbers().into_iter().find(|number| *number > 10000)
}

/// A build whose relay took wildcard binds only; loopback binds came with 18970.
pub(super) fn early_relay(case: &Case<'_>) -> Vec<Span> {
    let early = |it: &Version| build(it).is_some_and(|build| (18300..18970).contains(&build));
    versions(case).into_iter().filter(|(_, it)| early(it)).map(|(fact, _)| fact.span).collect()
}

/// WSL 1.1.0 to 1.1.5 tracked ports in another way, which lost them.
pub(super) fn wsl_regressed(case: &Case<'_>) -> Vec<Span> {
    let is = |it: &Version| {
        it.product == Product::Wsl && matches!(it.numbers()[..], [1, 1, patch, ..] if patch < 6)
    };
    versions(case).into_iter().filter(|(_, it)| is(it)).map(|(fact, _)| fact.span).collect()
}
