//! `collect` on this machine, as Linux and as a WSL guest with Windows behind it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::support::{Run, run::xtask};

/// What the section of one machine says: command, answer.
fn section(page: &str, title: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("## {title}\n")).expect(title) + 3;
    let whole = page[start..].split("\n## ").next().unwrap();
    let blocks = whole.split("\n```\n").filter_map(|block| block.split_once('\n'));
    let typed = blocks.filter_map(|(typed, said)| Some((typed.strip_prefix(r"C:\> ")?, said)));
    let said = |said: &str| said.trim_end_matches("```").to_owned();
    typed.map(|(typed, answer)| (typed.to_owned(), said(answer))).collect()
}

/// A `cmd.exe` that answers these lines and no others, as interop would start it.
fn stand_in(directory: &Path, answers: &[(String, String)]) {
    let mut script =
        String::from("#!/bin/sh\n[ \"$1 $2\" = \"/d /c\" ] || exit 9\ncase \"$3\" in\n");
    for (number, (line, said)) in answers.iter().enumerate() {
        let file = directory.join(number.to_string());
        fs::write(&file, said.replace('\n', "\r\n")).unwrap();
        script += &format!("'{}') cat '{}';;\n", line.replace('\'', r"'\''"), file.display());
    }
    script += "*) exit 1;;\nesac\n";
    let program = directory.join("cmd.exe");
    fs::write(&program, script).unwrap();
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
}

fn unnumbered(text: &str) -> String {
    let parts: Vec<&str> = text.split("host").collect();
    let digits = |part: &&str| part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
    parts.iter().map(digits).collect::<Vec<_>>().join("host")
}

#[test]
fn from_inside_wsl_windows_is_asked_too() {
    let lab = ["collect", "--no-install", "--scenario", "stale-portproxy"];
    let lab = xtask(lab).exits(0).stdout;
    let windows = section(&lab, "Windows");
    assert!(windows.len() > 10, "{windows:?}");
    let directory = TempDir::with_prefix("interop-").unwrap();
    // The model knows nobody by name; a real one does.
    let named = |(line, said): &(String, String)| match line.as_str() {
        "wsl --version" => (line.clone(), "WSL: 2.6.1.0\nC:\\x\\jane on Janes-PC\n".to_owned()),
        _ => (line.clone(), said.clone()),
    };
    let mut answers: Vec<(String, String)> = windows.iter().map(named).collect();
    answers.push(("hostname".to_owned(), "JANES-PC\n".to_owned()));
    answers.push(("whoami".to_owned(), "janes-pc\\jane\n".to_owned()));
    stand_in(directory.path(), &answers);
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["collect", "--port", "8080"]);
    command.env("PATH", format!("{}:{path}", directory.path().display()));
    command.env("WSL_INTEROP", "/run/WSL/1_interop").env("USER", "jane");
    let page = Run::of(&mut command).exits(0).prints("Setup: WSL2").prints("## WSL").stdout;
    let asked = section(&page, "Windows");
    let typed =
        |answers: &[(String, String)]| answers.iter().map(|it| it.0.clone()).collect::<Vec<_>>();
    assert_eq!(typed(&asked), typed(&windows));
    for ((line, said), (_, expected)) in asked.iter().zip(&windows) {
        match line.as_str() {
            "wsl --version" => assert!(said.contains(r"C:\x\user1 on host"), "{said}"),
            // What the lab has masked already gets another number.
            _ => assert_eq!(unnumbered(said), unnumbered(expected), "{line}"),
        }
    }
    assert!(!page.to_lowercase().contains("jane"), "{page}");
}

#[test]
fn what_is_secret_stays_here() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["collect", "--port", "1"]);
    command.env("USER", "erika").env("http_proxy", "erika:pa55@gate.corp.example:1");
    command.env("no_proxy", "localhost,127.0.0.1,::1,.lab.example").env("MY_PROXY_TOKEN", "t0p");
    let page = Run::of(&mut command).exits(0).prints("http_proxy=***@host").stdout;
    for gone in ["erika", "pa55", "corp", "lab.example", "t0p", "TOKEN"] {
        assert!(!page.contains(gone), "{gone} in {page}");
    }
}
