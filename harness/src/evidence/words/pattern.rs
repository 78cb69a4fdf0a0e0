//! Patterns over words.

use std::collections::HashMap;

use super::token::Word;
use crate::evidence::span::Span;

/// A sequence of words. In its text:
/// - `refused|denied`: one of them
/// - `refus*`: a word that begins so
/// - `?the`: may be there or not
/// - `...`: up to six words of the same clause; `#`: a number; `@`: an IPv4 address
/// - a Chinese or Japanese word is written as it is
#[derive(Clone, Debug)]
pub struct Pattern {
    steps: Vec<Step>,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It begins with nothing that could be found.
    #[error("`{0}` is no pattern: it begins with nothing that could be found")]
    Empty(String),
    /// A word of it is several in a report, so that it would never be found.
    #[error("`{pattern}` is never found: `{word}` is not one word; write blanks for its marks")]
    Split {
        /// The pattern.
        pattern: String,
        /// The word.
        word: String,
    },
}

#[derive(Clone, Debug)]
enum Step {
    Words { any: Vec<Piece>, optional: bool },
    Gap,
}

#[derive(Clone, Debug)]
enum Piece {
    Whole(String),
    Prefix(String),
    Number,
    Address,
}

/// How many words a gap may skip.
const GAP: usize = 6;

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It has to begin with a word, and each of its words has to be one in a report too.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let mut steps = Vec::new();
        for part in text.split_whitespace() {
            if part == "..." {
                steps.push(Step::Gap);
                continue;
            }
            let (optional, part) = match part.strip_prefix('?') {
                Some(rest) => (true, rest),
                None => (false, part),
            };
            if part.chars().next().is_some_and(|c| !c.is_ascii() && c.is_alphabetic())
                && !part.contains(['|', '*'])
                && part.chars().all(|c| c as u32 >= 0x3040)
            {
                // Each ideograph is a word.
                let pieces = part.chars().map(|c| vec![Piece::Whole(c.to_string())]);
                steps.extend(pieces.map(|any| Step::Words { any, optional: false }));
                continue;
            }
            if let Some(word) = part.split('|').find(|word| !is_word(word)) {
                let (pattern, word) = (text.to_owned(), word.to_owned());
                return Err(PatternError::Split { pattern, word });
            }
            let any = part.split('|').map(piece).collect();
            steps.push(Step::Words { any, optional });
        }
        // What may be missing at the head need not be found.
        while let Some(Step::Words { optional: true, .. }) = steps.first() {
            steps.remove(0);
        }
        match steps.first() {
            Some(Step::Words { .. }) => Ok(Pattern { steps }),
            _ => Err(PatternError::Empty(text.to_owned())),
        }
    }

    /// In which passages it may stand, by their numbers and in order: those that have one of the words
    /// of a step which no other word fits. `None`: it may stand in any.
    pub fn candidates(&self, index: &HashMap<String, Vec<usize>>) -> Option<Vec<usize>> {
        let places = |step: &Step| {
            let Step::Words { any, optional: false } = step else { return None };
            let mut passages = Vec::new();
            for piece in any {
                let Piece::Whole(text) = piece else { return None };
                passages.extend(index.get(text).into_iter().flatten().copied());
            }
            Some(passages)
        };
        let mut passages = self.steps.iter().filter_map(places).min_by_key(Vec::len)?;
        passages.sort_unstable();
        passages.dedup();
        Some(passages)
    }

    /// The first place where it stands.
    pub fn find(&self, words: &[Word]) -> Option<Span> {
        self.range(words, 0).map(|(start, end)| words[start].span.to(words[end - 1].span))
    }

    /// Words from one to before another, searched from the given one on.
    pub fn range(&self, words: &[Word], from: usize) -> Option<(usize, usize)> {
        (from..words.len()).find_map(|start| {
            let end = run(&self.steps, words, start)?;
            (end > start).then_some((start, end))
        })
    }
}

/// Whether a report can have it as one word: an address, or letters and digits.
fn is_word(piece: &str) -> bool {
    let word = piece.strip_suffix('*').unwrap_or(piece);
    matches!(word, "#" | "@" | "::")
        || word.parse::<std::net::IpAddr>().is_ok()
        || !word.is_empty() && word.chars().all(char::is_alphanumeric)
}

/// Patterns under numbers, found in one pass: each word is looked up once, not once a pattern.
#[derive(Debug, Default)]
pub struct PatternSet {
    patterns: Vec<(usize, Pattern)>,
    by_word: HashMap<String, Vec<usize>>,
    /// Those that begin with the beginning of a word, or with a number, by its first character.
    by_character: HashMap<char, Vec<usize>>,
}

impl PatternSet {
    /// Patterns, each with a number that several may share.
    pub fn new(patterns: impl IntoIterator<Item = (usize, Pattern)>) -> PatternSet {
        let mut set = PatternSet { patterns: patterns.into_iter().collect(), ..Self::default() };
        for (at, (_, pattern)) in set.patterns.iter().enumerate() {
            let Some(Step::Words { any, .. }) = pattern.steps.first() else { continue };
            for piece in any {
                match piece {
                    Piece::Whole(text) => {
                        set.by_word.entry(text.clone()).or_default().push(at);
                    }
                    Piece::Prefix(text) => {
                        let first = text.chars().next().unwrap_or_default();
                        set.by_character.entry(first).or_default().push(at);
                    }
                    Piece::Number | Piece::Address => {
                        for digit in '0'..='9' {
                            set.by_character.entry(digit).or_default().push(at);
                        }
                    }
                }
            }
        }
        set
    }

    /// Everything found: the number, from which word, to before which. For each number the first
    /// place only.
    pub fn find(&self, words: &[Word]) -> Vec<(usize, usize, usize)> {
        let mut found: Vec<(usize, usize, usize)> = Vec::new();
        for (start, word) in words.iter().enumerate() {
            let known = self.by_word.get(&word.text).into_iter().flatten();
            let first = word.text.chars().next().unwrap_or_default();
            let others = self.by_character.get(&first).into_iter().flatten();
            for at in known.chain(others) {
                let (number, pattern) = &self.patterns[*at];
                if found.iter().any(|(known, ..)| known == number) {
                    continue;
                }
                if let Some(end) = run(&pattern.steps, words, start).filter(|end| *end > start) {
                    found.push((*number, start, end));
                }
            }
        }
        found
    }
}

fn piece(text: &str) -> Piece {
    match text {
        "#" => Piece::Number,
        "@" => Piece::Address,
        text => match text.strip_suffix('*') {
            Some(prefix) => Piece::Prefix(prefix.to_lowercase()),
            None => Piece::Whole(text.to_lowercase()),
        },
    }
}

/// Where the steps end when they begin at this word.
fn run(steps: &[Step], words: &[Word], at: usize) -> Option<usize> {
    match steps.split_first() {
        None => Some(at),
        Some((Step::Gap, rest)) => {
            // Not to the end of the clause: that makes a long text without marks quadratic.
            let clause = words[at..].iter().take(GAP).take_while(|word| !word.is_mark()).count();
            (0..=clause).find_map(|skip| run(rest, words, at + skip))
        }
        Some((Step::Words { any, optional }, rest)) => {
            let here = words.get(at).is_some_and(|word| any.iter().any(|it| it.is(&word.text)));
            let taken = if here { run(rest, words, at + 1) } else { None };
            taken.or_else(|| if *optional { run(rest, words, at) } else { None })
        }
    }
}

impl Piece {
    fn is(&self, word: &str) -> bool {
        match self {
            Piece::Whole(text) => text == word,
            Piece::Prefix(text) => word.starts_with(text.as_str()),
            Piece::Number => word.bytes().all(|byte| byte.is_ascii_digit()),
            Piece::Address => word.parse::<std::net::Ipv4Addr>().is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::token::split, *};
    use crate::evidence::span::Text;

    fn found(pattern: &str, text: &str) -> Option<String> {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let span = pattern.find(&split(Text::new(text, 0)))?;
        Some(text[span.range()].to_owned())
    }

    #[test]
    fn words_in_a_row() {
        let reset = "connection was|is reset ?by";
        assert_eq!(
            found(reset, "The Connection was reset by peer").as_deref(),
            Some("Connection was reset by")
        );
        assert_eq!(found(reset, "connection is reset").as_deref(), Some("connection is reset"));
        assert_eq!(found(reset, "connection reset"), None);
    }

    #[test]
    fn gaps_stay_in_a_clause() {
        let pattern = "browser ... fail*";
        assert!(found(pattern, "browser on the host fails").is_some());
        assert!(found(pattern, "browser works, curl fails").is_none());
        assert!(found(pattern, "browser a b c d e f g fails").is_none());
    }

    #[test]
    fn sets_find_what_each_finds() {
        let texts = ["connection reset", "reset|refus*", "port #", "?was refused"];
        let pattern = |text: &&str| Pattern::parse(text).expect("a pattern");
        let set = PatternSet::new(texts.iter().map(pattern).enumerate());
        let words = split(Text::new("the port 80 refused, connection reset", 0));
        let mut found = set.find(&words);
        found.sort_unstable();
        let alone: Vec<_> = texts
            .iter()
            .map(pattern)
            .enumerate()
            .filter_map(|(at, it)| it.range(&words, 0).map(|(start, end)| (at, start, end)))
            .collect();
        assert_eq!(found, alone);
    }

    #[test]
    fn passages_that_may_have_it() {
        let index = HashMap::from([
            ("port".to_owned(), vec![0, 2, 3]),
            ("taken".to_owned(), vec![2]),
            ("used".to_owned(), vec![3, 5]),
        ]);
        let candidates = |text| Pattern::parse(text).expect("a pattern").candidates(&index);
        assert_eq!(candidates("port #"), Some(vec![0, 2, 3]));
        assert_eq!(candidates("port ... taken ?by"), Some(vec![2]));
        assert_eq!(candidates("taken|used"), Some(vec![2, 3, 5]));
        assert_eq!(candidates("port reset"), Some(Vec::new()));
        assert_eq!(candidates("use* #"), None);
    }

    #[test]
    fn numbers_and_other_scripts() {
        assert!(found("port #", "port 8080").is_some());
        assert!(found("nameserver @", "nameserver 10.0.0.1").is_some());
        assert!(found("无法 连接", "浏览器无法连接").is_some());
        assert_eq!(Pattern::parse("").map(|_| ()), Err(PatternError::Empty(String::new())));
        assert!(Pattern::parse("... a").is_err());
    }
}
