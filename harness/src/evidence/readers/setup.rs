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

fn mode(text: Text<'_>) -> Option<Mode> {
    let has = |word: &str| text.has(word);
    Some(match () {
        () if has("mirrored") => Mode::Mirrored,
        () if has("virtioproxy") || has("consomme") => Mode::Virtio,
        () if has("nat") => Mode::Nat,
        () if has("wsl1") || has("wsl 1") => Mode::Wsl1,
        () if has("wsl") => Mode::Wsl2,
        () if has("none") || has("linux") || has("docker") || has("macos") => Mode::None,
        () => return None,
    })
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
        assert_eq!(mode("$ wslinfo --networking-mode\nnat\n"), Some(Kind::Setup(Mode::Nat)));
        assert_eq!(mode("Setup: of a chair\n"), None);
    }
}
