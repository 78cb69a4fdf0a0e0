//! `wsl -l -v`, `wsl --version`, `uname`, `ver`.

use super::shape::{label, runs};
use crate::evidence::{
    document::{Block, Form},
    fact::{Distro, Kind, Product, State, Version},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "wsl", read };

const RUNNING: [&str; 7] =
    ["Running", "正在运行", "实行中", "実行中", "En cours", "Wird ausgeführt", "실행 중"];
const STOPPED: [&str; 8] =
    ["Stopped", "已停止", "停止", "Arrêté", "Beendet", "Detenido", "중지됨", "Arr"];

fn read(block: &Block<'_>, out: &mut Sink) {
    let wsl = runs(block.command, "wsl");
    distros(block, out);
    if wsl && block.ran(&["--version"]) || wsl && block.ran(&[" -v"]) && !block.ran(&["-l"]) {
        versions(block, out);
    }
    for line in &block.lines {
        let version = if runs(block.command, "uname") {
            kernel(*line).map(|text| (Side::Guest, Product::Kernel, text))
        } else {
            windows(*line).map(|text| (Side::Windows, Product::Windows, text))
        };
        if let Some((side, product, text)) = version {
            let version = Version { product, text: text.as_str().to_owned() };
            out.put(block.side.or(side), text.span(), Kind::Version(version));
        }
    }
}

fn distros(block: &Block<'_>, out: &mut Sink) {
    let asked = runs(block.command, "wsl") || block.is_about("wsl -l") || block.is_about("distro");
    if block.form == Form::Prose || block.form == Form::Item && !asked {
        return;
    }
    for line in &block.lines {
        for part in line.as_str().split([';', ',']) {
            let part = line.part(part).trim();
            if let Some(distro) = distro(part) {
                out.put(Side::Windows, part.span(), Kind::Distro(distro));
            }
        }
    }
}

/// `* Ubuntu-20.04  Running  2`
fn distro(row: Text<'_>) -> Option<Distro> {
    let row = row.after("*").unwrap_or(row);
    let (rest, version) = row.as_str().rsplit_once(char::is_whitespace)?;
    let wsl = match version {
        "1" => 1,
        "2" => 2,
        _ => return None,
    };
    let (name, state) = rest.split_once(char::is_whitespace)?;
    let state = state.trim();
    let is = |words: &[&str]| words.iter().any(|word| state.starts_with(word));
    let state = match () {
        () if is(&RUNNING) => State::Running,
        () if is(&STOPPED) => State::Stopped,
        () => return None,
    };
    let sound = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    sound.then(|| Distro { name: name.to_owned(), state, wsl })
}

/// `WSL version: 2.0.9.0`, `Version du noyau : 5.15`, `内核版本： 5.15`. The kernel's comes second.
fn versions(block: &Block<'_>, out: &mut Sink) {
    let mut row = 0;
    for line in &block.lines {
        let Some((key, value)) = label(*line) else { continue };
        if !value.as_str().starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        row += 1;
        let product = match () {
            () if row == 1 => Product::Wsl,
            () if key.has("WSLg") || key.has("MSRDC") || key.has("D3D") || key.has("DXCore") => {
                continue;
            }
            () if key.has("Windows") => Product::Windows,
            () if key.has("Kernel") || row == 2 => Product::Kernel,
            () => continue,
        };
        let version = Version { product, text: value.as_str().to_owned() };
        out.put(Side::Windows, value.span(), Kind::Version(version));
    }
}

fn kernel(line: Text<'_>) -> Option<Text<'_>> {
    line.words().find(|word| {
        let text = word.as_str();
        text.starts_with(|c: char| c.is_ascii_digit()) && text.split(['.', '-']).count() >= 3
    })
}

/// `Microsoft Windows [Version 10.0.22000.168]`, also translated.
fn windows(line: Text<'_>) -> Option<Text<'_>> {
    let text = line.as_str();
    let rest = &text[text.find("Microsoft Windows [")?..];
    let inner = rest.split('[').nth(1)?.split(']').next()?;
    let start = inner.find(|c: char| c.is_ascii_digit())?;
    Some(line.part(&inner[start..]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Distro(it) => Some(format!("{} {:?} {}", it.name, it.state, it.wsl)),
            Kind::Version(it) => Some(format!("{:?} {}", it.product, it.text)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn distros() {
        let text = "```\nC:\\> wsl -l -v\n  NAME            STATE           VERSION\n\
                    * Ubuntu          Running         2\n  Debian          Stopped         1\n\
                    \x20 docker-desktop  正在运行         2\n```\n";
        let expected = ["Ubuntu Running 2", "Debian Stopped 1", "docker-desktop Running 2"];
        assert_eq!(shown(text), expected);
        assert_eq!(
            shown("```\nC:\\> wsl -l -v\nUbuntu-20.04 Running 2; x Running 2\n```\n"),
            ["Ubuntu-20.04 Running 2", "x Running 2"]
        );
        assert_eq!(shown("server Running 2\n"), [""; 0]);
    }

    #[test]
    fn versions() {
        for [wsl, kernel, windows] in [
            ["WSL version:", "Kernel version:", "Windows version:"],
            ["WSL 版本：", "内核版本：", "Windows 版本："],
            ["Version WSL\u{a0}:", "Version du noyau\u{a0}:", "Version de Windows\u{a0}:"],
        ] {
            let text = format!(
                "```\nPS> wsl --version\n{wsl} 2.0.9.0\n{kernel} 5.15.133.1-1\n\
                 WSLg version: 1.0.59\nDXCore version: 10.0.25131.1002-220531\n\
                 {windows} 10.0.22621.2715\n```\n"
            );
            let expected = ["Wsl 2.0.9.0", "Kernel 5.15.133.1-1", "Windows 10.0.22621.2715"];
            assert_eq!(shown(&text), expected, "{wsl}");
        }
        assert_eq!(
            shown("$ uname -a\nLinux PC 5.15.90.1-microsoft-standard-WSL2 #1 SMP x86_64\n"),
            ["Kernel 5.15.90.1-microsoft-standard-WSL2"]
        );
        assert_eq!(
            shown("C:\\> ver\n\nMicrosoft Windows [版本 10.0.19045.3803]\n"),
            ["Windows 10.0.19045.3803"]
        );
    }
}
