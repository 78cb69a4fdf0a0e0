//! Variables of the environment: `env | grep -i proxy`, `export …`, `docker run -e …`,
//! `$env:HTTP_PROXY = …`, Docker's `"httpProxy": …`.
//!
//! Proxies are taken wherever they stand; other variables only from the output of `env`.

use super::shape::{label, runs};
use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Variable},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "environment", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let prints = ["env", "printenv", "set", "export", "declare"];
    let asked = prints.iter().any(|it| runs(block.command, it)) || block.is_about("env");
    let side = block.side;
    if block.form == Form::Item
        && let (Some(key), Some(value)) = (block.key, block.lines.first())
        && is_proxy(key.as_str())
    {
        let variable =
            Variable { name: key.as_str().to_owned(), value: value_of(value.as_str(), true) };
        return out.put(side, value.span(), Kind::Variable(variable));
    }
    if let Some(command) = block.command {
        // `docker run -e` and `export`; what is set for one command alone is none of the machine's.
        let lasts = command.words().next().is_some_and(|first| is_setter(first.as_str()));
        let engine = ["docker", "podman", "nerdctl"].iter().any(|it| runs(block.command, it));
        if lasts || engine {
            let side = if engine { Side::Container } else { side };
            assignments(command, side, out);
        }
    }
    for line in &block.lines {
        if block.form == Form::Output && asked && whole(*line, side, out) {
            continue;
        }
        if !(json(*line, side, out) || table(*line, side, out)) {
            assignments(*line, side, out);
            apart(*line, side, out);
        }
    }
}

fn is_setter(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    matches!(word.as_str(), "export" | "set" | "setx" | "setenv" | "declare")
        || word.starts_with("$env:")
}

/// A line of `env`: the value goes to its end.
fn whole(line: Text<'_>, side: Side, out: &mut Sink) -> bool {
    let bare = line.trim();
    let bare = bare.after("export ").or_else(|| bare.after("declare -x ")).unwrap_or(bare);
    let Some((name, value)) = bare.as_str().split_once('=') else { return false };
    if !is_name(name) {
        return false;
    }
    let variable = Variable { name: name.to_owned(), value: value_of(value, true) };
    out.put(side, bare.span(), Kind::Variable(variable));
    true
}

/// `http_proxy=…` anywhere in a line, `$env:HTTP_PROXY = "…"`.
fn assignments(line: Text<'_>, side: Side, out: &mut Sink) {
    let text = line.as_str();
    for (at, _) in text.match_indices('=') {
        let before = text[..at].trim_end();
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8));
        let name = &before[start..];
        let spaced = before.len() != at;
        if !is_proxy(name) || spaced && !before.to_ascii_lowercase().contains("$env:") {
            continue;
        }
        let rest = text[at + 1..].trim_start_matches(' ');
        if rest.starts_with('=') {
            continue;
        }
        let rest_is_far = rest.len() != text.len() - at - 1 && !spaced;
        let value = if rest_is_far { Some(String::new()) } else { value_of(rest, false) };
        let variable = Variable { name: name.to_owned(), value };
        let piece = line.part(name);
        let end = line.part(rest.split_whitespace().next().unwrap_or(name));
        out.put(side, piece.span().to(end.span()), Kind::Variable(variable));
    }
}

/// `"httpProxy": "http://10.0.0.1:3128"` of Docker's config.json.
fn json(line: Text<'_>, side: Side, out: &mut Sink) -> bool {
    let Some((key, value)) = label(line) else { return false };
    let name = key.as_str();
    let quoted = name.starts_with('"') && name.ends_with('"');
    let name = name.trim_matches('"');
    if !quoted || !is_proxy(name) {
        return false;
    }
    let value = value.as_str().trim_end_matches(',').trim_matches('"').to_owned();
    let variable = Variable { name: name.to_owned(), value: Some(value) };
    out.put(side, line.span(), Kind::Variable(variable));
    true
}

/// `HTTP_PROXY    http://10.0.0.1:3128` of `dir env:`.
fn table(line: Text<'_>, side: Side, out: &mut Sink) -> bool {
    let mut words = line.words().map(Text::as_str);
    let (Some(name), Some(value), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    if !is_proxy(name) || value.starts_with('=') {
        return false;
    }
    let variable = Variable { name: known_as(name), value: value_of(value, true) };
    out.put(side, line.span(), Kind::Variable(variable));
    true
}

/// `ENV https_proxy "http://…"` of a Dockerfile, `HTTP_PROXY: http://…`, `no_proxy is not set`.
fn apart(line: Text<'_>, side: Side, out: &mut Sink) {
    let bare = |word: Text<'_>| word.as_str().trim_matches([':', '"', '\'', '`', ',']).to_owned();
    let words: Vec<Text<'_>> = line.words().collect();
    let Some(at) = words.iter().position(|word| is_proxy(&bare(*word))) else { return };
    let rest: Vec<String> = words[at + 1..].iter().map(|word| bare(*word)).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let value = match rest.as_slice() {
        ["not", "set", ..] | ["is", "not", "set", ..] | ["unset", ..] | ["is", "unset", ..] => None,
        [value, ..] if value.contains("://") => value_of(value, false),
        _ => return,
    };
    let variable = Variable { name: known_as(&bare(words[at])), value };
    out.put(side, words[at].span(), Kind::Variable(variable));
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `Acquire::http::Proxy` of apt and `http.proxy` of git are the same variable by another name.
fn known_as(name: &str) -> String {
    let bare = name.to_ascii_lowercase().replace([':', '.'], "");
    match bare.strip_prefix("acquire").unwrap_or(&bare) {
        "httpproxy" if bare != name.to_ascii_lowercase() => "http_proxy".to_owned(),
        "httpsproxy" if bare != name.to_ascii_lowercase() => "https_proxy".to_owned(),
        _ => name.to_owned(),
    }
}

fn is_proxy(name: &str) -> bool {
    let name = known_as(name).to_ascii_lowercase().replace('_', "");
    matches!(name.as_str(), "httpproxy" | "httpsproxy" | "allproxy" | "noproxy" | "ftpproxy")
}

/// Up to the closing quote, else up to a blank, or in `env` up to the end. `(unset)` is none.
fn value_of(text: &str, whole: bool) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let unset = ["(unset)", "<unset>", "(not set)", "unset", "not set", "(none)", "(empty)"];
    if unset.iter().any(|word| lower == *word || !whole && lower.starts_with(word)) {
        return None;
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = match quote {
        Some(quote) => text[1..].split(quote).next().unwrap_or_default(),
        None if whole => text,
        None => {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            text[..end].trim_end_matches([',', ';', ')', '`', '.', '"', '\''])
        }
    };
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |side, kind| match kind {
            Kind::Variable(it) => {
                Some(format!("{side} {}={}", it.name, it.value.as_deref().unwrap_or("?")))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.side, fact.kind)).collect()
    }

    #[test]
    fn env() {
        let text = "```\n$ env | grep -i proxy\nhttps_proxy=http://127.0.0.1:7897\n\
                    NO_PROXY=(unset)\nno_proxy=localhost, 127.0.0.1\nHOME=/root\n\
                    MYSQL_HOST=localhost\n```\n";
        let expected = [
            "guest https_proxy=http://127.0.0.1:7897",
            "guest NO_PROXY=?",
            "guest no_proxy=localhost, 127.0.0.1",
            "guest HOME=/root",
            "guest MYSQL_HOST=localhost",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn as_typed() {
        assert_eq!(
            shown("$ export http_proxy=\"http://10.0.0.1:1\" https_proxy=x\n"),
            ["guest http_proxy=http://10.0.0.1:1", "guest https_proxy=x"]
        );
        assert_eq!(
            shown("$ docker run -e HTTP_PROXY=http://p:1 -p 80:80 nginx\n"),
            ["container HTTP_PROXY=http://p:1"]
        );
        assert_eq!(
            shown("PS> $env:HTTP_PROXY = 'http://p:1'\n"),
            ["windows HTTP_PROXY=http://p:1"]
        );
        assert_eq!(shown("$ http_proxy= curl localhost\n"), [""; 0]);
    }

    #[test]
    fn in_sentences_items_and_files() {
        assert_eq!(
            shown("exported http_proxy=127.0.0.1:7897, then it fails\n"),
            ["unknown http_proxy=127.0.0.1:7897"]
        );
        assert_eq!(shown("- HTTP_PROXY: http://p:1\n"), ["unknown HTTP_PROXY=http://p:1"]);
        assert_eq!(
            shown("```json\n  \"httpProxy\": \"http://p:1\",\n```\n"),
            ["unknown httpProxy=http://p:1"]
        );
        assert_eq!(shown("set a proxy = fast\n"), [""; 0]);
    }

    fn variables(text: &str) -> Vec<String> {
        let strip = |it: String| it.split_once(' ').map_or(String::new(), |it| it.1.to_owned());
        shown(text).into_iter().map(strip).map(|it| it.replace("=?", "=-")).collect()
    }

    #[test]
    fn listings() {
        let text = "```\n$ env | grep -i proxy\nhttps_proxy=http://127.0.0.1:7897\nNO_PROXY=(unset)\n\
                    HTTP_PROXY=<squid>\nMYSQL_HOST=localhost\n```\n";
        assert_eq!(
            variables(text),
            [
                "https_proxy=http://127.0.0.1:7897",
                "NO_PROXY=-",
                "HTTP_PROXY=<squid>",
                "MYSQL_HOST=localhost",
            ]
        );
    }

    #[test]
    fn elsewhere_only_proxies() {
        assert_eq!(
            variables("exported http_proxy=127.0.0.1:7897 in WSL2, A=b\n"),
            ["http_proxy=127.0.0.1:7897"]
        );
        assert_eq!(
            variables("- dockerfile: ENV https_proxy \"http://10.0.0.1:1\"\n"),
            ["https_proxy=http://10.0.0.1:1"]
        );
        assert_eq!(
            variables("- env: HTTP_PROXY=http://10.1.2.3:8080, no_proxy not set\n"),
            ["HTTP_PROXY=http://10.1.2.3:8080", "no_proxy=-"]
        );
        assert_eq!(variables("- no_proxy: not set\n"), ["no_proxy=-"]);
        assert_eq!(
            variables("$env:HTTP_PROXY = \"http://127.0.0.1:8888\"\n"),
            ["HTTP_PROXY=http://127.0.0.1:8888"]
        );
    }
}
