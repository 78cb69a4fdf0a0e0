//! `.wslconfig` and `wsl.conf`. The section counts: a key under another one than its own is ignored
//! by WSL, and that is a cause.

use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Mode, Setting, SettingFile},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "wslconfig", read };

/// Sections by which a file without a name is known.
const WSLCONFIG: [&str; 3] = ["wsl2", "experimental", "general"];
const WSLCONF: [&str; 6] = ["boot", "network", "interop", "automount", "user", "time"];

fn read(block: &Block<'_>, out: &mut Sink) {
    let file = named(block).or_else(|| by_section(block));
    let Some(file) = file else { return };
    let own = if file == SettingFile::WslConfig { Side::Windows } else { Side::Guest };
    // The shell that printed the file says nothing about whose file it is.
    let side = if named(block).is_some() { own } else { block.side.or(own) };
    let mut section = None;
    for line in &block.lines {
        let pieces = if block.form == Form::Output { vec![*line] } else { pieces(*line) };
        for piece in pieces {
            one(piece, &file, &mut section, side, out);
        }
    }
}

fn named(block: &Block<'_>) -> Option<SettingFile> {
    let about = |word: &str| {
        block.is_about(word)
            || block.command.is_some_and(|command| command.has(word) && !command.has("echo"))
    };
    match () {
        () if about("wslconfig") => Some(SettingFile::WslConfig),
        () if about("wsl.conf") => Some(SettingFile::WslConf),
        () => None,
    }
}

/// A file whose name was cut off, by its first section.
fn by_section(block: &Block<'_>) -> Option<SettingFile> {
    if block.form != Form::Output || block.command.is_some() {
        return None;
    }
    let first = block.lines.iter().find_map(|line| section_of(*line))?;
    let is = |names: &[&str]| names.iter().any(|name| first.as_str().eq_ignore_ascii_case(name));
    match () {
        () if is(&WSLCONFIG) => Some(SettingFile::WslConfig),
        () if is(&WSLCONF) => Some(SettingFile::WslConf),
        () => None,
    }
}

fn section_of(line: Text<'_>) -> Option<Text<'_>> {
    let text = line.as_str().trim();
    let inner = text.strip_prefix('[')?.split(']').next()?;
    let sound = !inner.is_empty() && inner.len() < 40 && text.contains(']');
    sound.then(|| line.part(inner).trim())
}

fn is_head(name: Text<'_>) -> bool {
    WSLCONFIG.iter().chain(&WSLCONF).any(|known| name.as_str().eq_ignore_ascii_case(known))
}

/// An item has the file in one line: `[wsl2] networkingMode=mirrored, dnsTunneling=true`.
fn pieces(line: Text<'_>) -> Vec<Text<'_>> {
    let parts = line.as_str().split([',', ';', ' ']);
    let bare = |part| line.part(part).trim();
    parts
        .map(bare)
        .filter(|part| part.as_str().contains('=') || section_of(*part).is_some())
        .collect()
}

fn one(
    line: Text<'_>,
    file: &SettingFile,
    section: &mut Option<String>,
    side: Side,
    out: &mut Sink,
) {
    let bare = line.trim();
    let text = bare.as_str();
    if let Some(remark) = text.strip_prefix(['#', ';']) {
        // The keys below a head that is a remark have lost it.
        if let Some(head) = section_of(bare.part(remark.trim())).filter(|head| is_head(*head)) {
            *section = Some(format!("#{}", head.as_str()));
        }
        return;
    }
    if text.is_empty() {
        return;
    }
    if let Some(found) = section_of(bare) {
        *section = Some(found.as_str().to_owned());
        // `[wsl2] networkingMode=nat` in one line.
        let rest = text.split_once(']').map_or("", |(_, rest)| rest).trim();
        if rest.contains('=') {
            one(bare.part(rest), file, section, side, out);
        }
        return;
    }
    let (key, value) = match bare.split_once("=") {
        Some((key, value)) => (key.as_str(), without_remark(value.as_str())),
        // WSL ignores such a line; so the whole of it is no key.
        None => (text, ""),
    };
    if key.is_empty() || key.len() > 80 {
        return;
    }
    if let Some(mode) = mode(file, section.as_deref(), key, value) {
        out.put(Side::Unknown, bare.span(), Kind::Setup(mode));
    }
    let setting = Setting {
        file: file.clone(),
        section: section.clone(),
        key: key.to_owned(),
        value: value.to_owned(),
    };
    out.put(side, bare.span(), Kind::Setting(setting));
}

/// Without `# remark`, without ` (as pasted)`, without quotes.
fn without_remark(value: &str) -> &str {
    let end = [" #", "\t#", " (", " ;"].iter().filter_map(|mark| value.find(mark)).min();
    value.get(..end.unwrap_or(value.len())).unwrap_or(value).trim().trim_matches(['"', '\''])
}

fn mode(file: &SettingFile, section: Option<&str>, key: &str, value: &str) -> Option<Mode> {
    let sections = ["wsl2", "experimental"];
    let section = section?;
    let holds = *file == SettingFile::WslConfig
        && sections.iter().any(|name| section.eq_ignore_ascii_case(name))
        && key.eq_ignore_ascii_case("networkingMode");
    match value.to_ascii_lowercase().as_str() {
        _ if !holds => None,
        "mirrored" => Some(Mode::Mirrored),
        "nat" => Some(Mode::Nat),
        "virtioproxy" | "consomme" => Some(Mode::Virtio),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |side, kind| match kind {
            Kind::Setting(it) => {
                let section = it.section.as_deref().unwrap_or("-").to_owned();
                Some(format!("{side} {:?} {section} {}={}", it.file, it.key, it.value))
            }
            Kind::Setup(mode) => Some(format!("{mode:?}")),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.side, fact.kind)).collect()
    }

    #[test]
    fn wslconfig() {
        let text = "```\nC:\\> type %UserProfile%\\.wslconfig\n; remark\n[wsl2]\n\
            networkingMode = mirrored # new\nhostAddressLoopback=true (as pasted)\n\n\
            [experimental]\nautoProxy=\"false\"\n```\n";
        let expected = [
            "windows WslConfig wsl2 networkingMode=mirrored",
            "Mirrored",
            "windows WslConfig wsl2 hostAddressLoopback=true",
            "windows WslConfig experimental autoProxy=false",
        ];
        let mut found = shown(text);
        found.sort();
        let mut expected = expected.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_head_that_is_a_remark() {
        let text = "```\n$ cat /etc/wsl.conf\n# [boot]\nsystemd=true\n# see [docs]\n\
            ; [network]\ngenerateResolvConf=false\n```\n";
        let expected =
            ["guest WslConf #boot systemd=true", "guest WslConf #network generateResolvConf=false"];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn read_from_inside_wsl() {
        let text = "$ cat /mnt/c/Users/me/.wslconfig\n[wsl2]\nlocalhostForwarding=false\n";
        assert_eq!(shown(text), ["windows WslConfig wsl2 localhostForwarding=false"]);
    }

    #[test]
    fn wsl_conf_and_files_without_a_name() {
        let text = "```\n$ cat /etc/wsl.conf\n[boot]\nservice docker start\nsystemd=true\n```\n";
        let expected =
            ["guest WslConf boot service docker start=", "guest WslConf boot systemd=true"];
        assert_eq!(shown(text), expected);
        assert_eq!(
            shown("```ini\n[network]\ngenerateHosts=false\n```\n"),
            ["guest WslConf network generateHosts=false"]
        );
        assert_eq!(shown("```\n[package]\nname=\"x\"\n```\n"), [""; 0]);
    }

    #[test]
    fn items() {
        assert_eq!(
            shown("- .wslconfig: [wsl2] localhostForwarding=false\n"),
            ["windows WslConfig wsl2 localhostForwarding=false"]
        );
    }
}
