//! How Windows and Linux stand to each other: `Setup: WSL2`, `wslinfo --networking-mode`.

use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Mode},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "setup", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let said = block.form == Form::Item
        && block.key.is_some_and(|key| {
            let key = key.as_str().to_ascii_lowercase();
            matches!(key.as_str(), "setup" | "networking mode" | "network mode" | "networkingmode")
        });
    if !said && !block.ran(&["wslinfo", "networking-mode"]) {
        return;
    }
    if let Some((mode, text)) = block.lines.iter().find_map(|line| Some((mode(*line)?, *line))) {
        out.put(Side::Unknown, text.span(), Kind::Setup(mode));
    }
}

/// What a setup without WSL is made of.
const WITHOUT: [&str; 14] = [
    "none",
    "linux",
    "docker",
    "podman",
    "kubernetes",
    "k8s",
    "macos",
    "mac",
    "osx",
    "windows",
    "ubuntu",
    "debian",
    "fedora",
    "centos",
];

fn mode(text: Text<'_>) -> Option<Mode> {
    let lower = text.as_str().to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|it| it == word);
    Some(match () {
        () if has("mirrored") => Mode::Mirrored,
        () if has("virtioproxy") || has("consomme") => Mode::Virtio,
        () if has("nat") => Mode::Nat,
        () if has("wsl2") || lower.contains("wsl 2") => Mode::Wsl2,
        () if has("wsl1") || lower.contains("wsl 1") => Mode::Wsl1,
        () if words.any(|word| word.starts_with("wsl")) => Mode::Wsl2,
        () if WITHOUT.iter().any(|word| has(word)) => Mode::None,
        () => return None,
    })
}

/// The mode of a report that has no line for it.
pub(in crate::evidence) fn implied_mode(text: &str) -> Option<Mode> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    let wsl = words.any(|word| word.starts_with("wsl"));
    wsl.then(|| if lower.contains("=mirrored") { Mode::Mirrored } else { Mode::Wsl2 })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Kind, Mode};

    #[test]
    fn said_in_the_first_line() {
        let is_mode = |kind: &Kind| matches!(kind, Kind::Setup(_));
        let mode = |text: &str| facts(text).into_iter().map(|fact| fact.kind).find(is_mode);
        assert_eq!(mode("Setup: WSL2\n"), Some(Kind::Setup(Mode::Wsl2)));
        assert_eq!(mode("Setup: none\n"), Some(Kind::Setup(Mode::None)));
        assert_eq!(mode("Setup: mirrored\n"), Some(Kind::Setup(Mode::Mirrored)));
        let long = "Setup: Windows 11 22H2, Docker in WSL2 (Ubuntu), no VPN\n";
        assert_eq!(mode(long), Some(Kind::Setup(Mode::Wsl2)));
        assert_eq!(mode("Setup: a native docker on a Mac\n"), Some(Kind::Setup(Mode::None)));
        assert_eq!(mode("$ wslinfo --networking-mode\nnat\n"), Some(Kind::Setup(Mode::Nat)));
        assert_eq!(mode("Setup: of a chair\n"), None);
    }
}
