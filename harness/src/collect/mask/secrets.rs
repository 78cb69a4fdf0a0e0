//! What only its owner may know.

use super::learn::Login;

/// Words that a secret stands behind.
const WORDS: [&str; 9] = [
    "password",
    "passwd",
    "token",
    "secret",
    "api_key",
    "apikey",
    "authorization",
    "bearer",
    "cookie",
];

/// The line without secrets: what stands before an `@`, in a URL or without one, and what follows a
/// word for it.
pub(super) fn hide(line: &str) -> String {
    behind_words(&before_at(&login(line)))
}

/// `jane@pc:~$`: the host has a mask of its own.
fn login(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some(Login { user, .. }) =
        Login::find(&line).filter(|it| &line[it.user.clone()] != "root")
    {
        line.replace_range(user, "***");
    }
    line
}

/// `http://user:password@host`, `user:password@host`, `user@host.example`. Links of other namespaces
/// (`eth0@if2`), packages (`app@1.0.0`) and scopes (`@angular/cli`) have one too.
fn before_at(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')' | ',' | ';' | '=')
    };
    for piece in line.split_inclusive(ends) {
        let scheme = piece.find("://").map(|at| at + 3);
        let start = scheme.unwrap_or_default();
        let hidden = piece.rfind('@').filter(|at| {
            let (user, host) = (piece.get(start..*at).unwrap_or_default(), &piece[at + 1..]);
            let pair =
                scheme.is_some() || user.split('/').next().is_some_and(|it| it.contains(':'));
            !user.is_empty() && (pair || is_domain(host.trim_end_matches(ends)))
        });
        match hidden {
            Some(at) => out.extend([&piece[..start], "***", &piece[at..]]),
            None => out.push_str(piece),
        }
    }
    out
}

/// `corp.example`: what mail goes to.
fn is_domain(text: &str) -> bool {
    let last = text.trim_end_matches(['.', ':']).rsplit_once('.').map(|it| it.1);
    last.is_some_and(|last| last.len() > 1 && last.chars().all(char::is_alphabetic))
}

fn behind_words(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let starts = WORDS.iter().flat_map(|word| {
        lower.match_indices(word).filter_map(|(at, _)| {
            let sign = lower[at..].find(['=', ':']).filter(|sign| *sign < word.len() + 12)?;
            Some(at + sign + 1)
        })
    });
    let end = line.trim_end().len();
    match starts.min().filter(|start| *start < end) {
        Some(start) => format!("{} ***{}", &line[..start], &line[end..]),
        None => line.to_owned(),
    }
}
