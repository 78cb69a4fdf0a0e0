//! A piece of a report that knows where it stood.

use std::ops::Range;

/// A byte range of the report's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// From the start of one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A piece of text and its place. Everything a reader cuts out of it keeps its own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'d> {
    text: &'d str,
    start: usize,
}

impl<'d> Text<'d> {
    /// `text` stands at this byte of the report.
    pub(super) fn new(text: &'d str, start: usize) -> Text<'d> {
        Text { text, start }
    }

    /// The characters.
    pub fn as_str(self) -> &'d str {
        self.text
    }

    /// Where it stood.
    pub fn span(self) -> Span {
        Span { start: self.start, end: self.start + self.text.len() }
    }

    /// A part that was cut out of this text with the methods of `str`, with its place. A string
    /// from elsewhere has none here: the whole text then.
    pub fn part(self, part: &'d str) -> Text<'d> {
        let (base, at) = (self.text.as_ptr() as usize, part.as_ptr() as usize);
        match at.checked_sub(base) {
            Some(offset) if offset + part.len() <= self.text.len() => {
                Text { text: part, start: self.start + offset }
            }
            _ => self,
        }
    }

    /// Without blanks around it.
    pub fn trim(self) -> Text<'d> {
        self.part(self.text.trim())
    }

    /// What white space separates.
    pub fn words(self) -> impl Iterator<Item = Text<'d>> {
        self.text.split_whitespace().map(move |word| self.part(word))
    }

    /// Both sides of the first `separator`, trimmed.
    pub fn split_once(self, separator: &str) -> Option<(Text<'d>, Text<'d>)> {
        let (left, right) = self.text.split_once(separator)?;
        Some((self.part(left).trim(), self.part(right).trim()))
    }

    /// What follows `prefix`, trimmed; the case of ASCII letters does not matter.
    pub fn after(self, prefix: &str) -> Option<Text<'d>> {
        let head = self.text.get(..prefix.len())?;
        let rest = self.text.get(prefix.len()..)?;
        head.eq_ignore_ascii_case(prefix).then(|| self.part(rest).trim())
    }

    /// Whether it has this word or words in it; the case of ASCII letters does not matter.
    pub fn has(self, words: &str) -> bool {
        let words = words.as_bytes();
        let mut windows = self.text.as_bytes().windows(words.len().max(1));
        windows.any(|window| window.eq_ignore_ascii_case(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_place() {
        let line = Text::new("  tcp  127.0.0.1:80 LISTEN", 100);
        let words: Vec<(&str, usize)> =
            line.words().map(|word| (word.as_str(), word.span().start)).collect();
        assert_eq!(words, [("tcp", 102), ("127.0.0.1:80", 107), ("LISTEN", 120)]);
        assert_eq!(line.trim().span(), Span { start: 102, end: 126 });
    }

    #[test]
    fn a_strange_string_has_no_place() {
        let line = Text::new("abc", 7);
        assert_eq!(line.part("elsewhere"), line);
    }

    #[test]
    fn words_are_found_in_any_case() {
        let line = Text::new("Listen on ipv4:", 0);
        assert!(line.has("LISTEN ON"));
        assert!(!line.has("connect"));
        assert_eq!(line.after("listen").map(Text::as_str), Some("on ipv4:"));
        assert_eq!(Text::new("é", 0).after("a"), None);
    }
}
