//! From lines to words.

use crate::evidence::{
    document::{Block, Form},
    side::Side,
    span::{Span, Text},
};

/// A word, or the end of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// In lower case. An address is one word (`127.0.0.1`, `::1`); of other things, punctuation
    /// separates. The end of a clause is `,`, of a sentence `.`.
    pub text: String,
    /// Where it stood.
    pub span: Span,
}

impl Word {
    /// Whether it ends a clause.
    pub fn is_mark(&self) -> bool {
        matches!(self.text.as_str(), "," | ".")
    }
}

/// Words that belong together: a sentence or several, an item, a line of output.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What it was cut from.
    pub form: Form,
    /// The machine that the block is about.
    pub side: Side,
    /// How many of the words are the key of an item.
    pub key: usize,
    /// The words.
    pub words: Vec<Word>,
}

/// The passages of a block: sentences as a whole, since lines wrap; anything else by line.
pub fn passages(block: &Block<'_>) -> Vec<Passage> {
    let passage =
        |key: usize, words: Vec<Word>| Passage { form: block.form, side: block.side, key, words };
    let mut all = Vec::new();
    match block.form {
        Form::Prose => {
            let words = block.lines.iter().flat_map(|line| split(*line)).collect();
            all.push(passage(0, words));
        }
        Form::Item => {
            let mut words = block.key.map(split).unwrap_or_default();
            let key = words.len();
            words.extend(block.lines.iter().flat_map(|line| split(*line)));
            all.push(passage(key, words));
        }
        Form::Output => {
            // What a command filters by is no part of what it shows: `env | grep -i proxy`.
            let command = block.command.map(|line| {
                let end = ["| grep", "|grep", "| findstr", "|findstr", "| select-string"]
                    .into_iter()
                    .filter_map(|filter| line.as_str().to_ascii_lowercase().find(filter))
                    .min();
                line.part(end.and_then(|end| line.as_str().get(..end)).unwrap_or(line.as_str()))
            });
            let heads = command.iter().chain(&block.key).chain(&block.lines);
            all.extend(heads.map(|line| passage(0, split(*line))));
        }
    }
    all.retain(|passage| !passage.words.is_empty());
    all
}

/// The words of a line.
pub fn split(line: Text<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    for chunk in line.words() {
        chunk_words(chunk, &mut words);
    }
    words
}

fn chunk_words(chunk: Text<'_>, out: &mut Vec<Word>) {
    let text = chunk.as_str();
    let mut rest = 0;
    while let Some(c) = text[rest..].chars().next() {
        if let Some(length) = address(text, rest) {
            push(chunk, rest, rest + length, out);
            rest += length;
        } else if is_ideograph(c) {
            push(chunk, rest, rest + c.len_utf8(), out);
            rest += c.len_utf8();
        } else if c.is_alphanumeric() {
            let in_word = |c: char| c.is_alphanumeric() && !is_ideograph(c);
            let end = text[rest..].find(|c| !in_word(c)).map_or(text.len(), |end| rest + end);
            push(chunk, rest, end, out);
            rest = end;
            // "doesn't": one word without its apostrophe.
            let suffix = text.get(rest..).unwrap_or_default();
            if let Some(tail) = suffix.strip_prefix(['\'', '’'])
                && (tail == "t"
                    || tail.starts_with("t") && !tail[1..].starts_with(char::is_alphanumeric))
                && let Some(last) = out.last_mut()
            {
                last.text.push('t');
                rest += suffix.len() - tail.len() + 1;
            }
        } else {
            let end = rest + c.len_utf8();
            let ends = text[end..].chars().all(|c| !c.is_alphanumeric());
            let mark = match c {
                ',' | ';' | '，' | '；' | '、' if ends || !c.is_ascii() => Some(","),
                '.' | '!' | '?' if ends => Some("."),
                '。' | '！' | '？' => Some("."),
                '(' if rest == 0 => Some(","),
                _ => None,
            };
            if let Some(mark) = mark
                && out.last().is_some_and(|last| !last.is_mark())
            {
                let at = chunk.span().start + rest;
                out.push(Word { text: mark.to_owned(), span: Span { start: at, end: at } });
            }
            rest = end;
        }
    }
}

fn push(chunk: Text<'_>, start: usize, end: usize, out: &mut Vec<Word>) {
    let piece = chunk.part(&chunk.as_str()[start..end]);
    out.push(Word { text: piece.as_str().to_lowercase(), span: piece.span() });
}

/// The length of an IP address that begins here.
fn address(text: &str, start: usize) -> Option<usize> {
    let before = text[..start].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '.') {
        return None;
    }
    let rest = &text[start..];
    if rest.starts_with("::1") && !rest[3..].starts_with(|c: char| c.is_ascii_hexdigit()) {
        return Some(3);
    }
    if rest.starts_with("::") && !rest[2..].starts_with(char::is_alphabetic) {
        return Some(2);
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let candidate = rest[..end].trim_end_matches('.');
    candidate.parse::<std::net::Ipv4Addr>().is_ok().then_some(candidate.len())
}

/// A character of a script that puts no blanks between words.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(Text::new(text, 0)).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn addresses_are_words() {
        assert_eq!(
            words("http://[::1]:8080 works, 127.0.0.1:80 doesn't."),
            ["http", "::1", "8080", "works", ",", "127.0.0.1", "80", "doesnt", "."]
        );
        assert_eq!(words("tcp6 :::8881 v1.2.3.4"), ["tcp6", "::", "8881", "v1", "2", "3", "4"]);
    }

    #[test]
    fn names_fall_apart() {
        assert_eq!(words("ERR_CONNECTION_REFUSED"), ["err", "connection", "refused"]);
        assert_eq!(words("host.docker.internal"), ["host", "docker", "internal"]);
        assert_eq!(words("--network=host"), ["network", "host"]);
        assert_eq!(words("-p 8080:80"), ["p", "8080", "80"]);
    }

    #[test]
    fn ideographs_are_words() {
        assert_eq!(words("无法连接localhost。"), ["无", "法", "连", "接", "localhost", "."]);
    }

    #[test]
    fn words_keep_their_place() {
        let found = split(Text::new("é: refused", 10));
        assert_eq!(found[1].span, Span { start: 14, end: 21 });
    }
}
