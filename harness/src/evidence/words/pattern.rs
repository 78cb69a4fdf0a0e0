//! Patterns over words.

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

/// A pattern that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no pattern: it begins with nothing that could be found")]
pub struct PatternError(String);

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
    /// It has to begin with a word.
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
            let any = part.split('|').map(piece).collect();
            steps.push(Step::Words { any, optional });
        }
        // What may be missing at the head need not be found.
        while let Some(Step::Words { optional: true, .. }) = steps.first() {
            steps.remove(0);
        }
        match steps.first() {
            Some(Step::Words { .. }) => Ok(Pattern { steps }),
            _ => Err(PatternError(text.to_owned())),
        }
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
            let clause = words[at..].iter().take_while(|word| !word.is_mark()).count();
            (0..=clause.min(GAP)).find_map(|skip| run(rest, words, at + skip))
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
    fn numbers_and_other_scripts() {
        assert!(found("port #", "port 8080").is_some());
        assert!(found("nameserver @", "nameserver 10.0.0.1").is_some());
        assert!(found("无法 连接", "浏览器无法连接").is_some());
        assert_eq!(Pattern::parse("").map(|_| ()), Err(PatternError(String::new())));
        assert!(Pattern::parse("... a").is_err());
    }
}
