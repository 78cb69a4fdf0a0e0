//! What a report has been through before it was pasted.

use proptest::prelude::*;

/// One thing that was done to it.
#[derive(Clone, Debug)]
pub enum Damage {
    Delete { at: usize, length: usize },
    Repeat { at: usize, length: usize },
    Insert { at: usize, text: &'static str },
    Truncate { at: usize },
    CarriageReturns,
    Mojibake { every: usize },
    Join,
    Wrap { width: usize },
}

/// Characters of two, three and four bytes, marks that readers look for, and numbers too large.
const INSERTS: [&str; 26] = [
    "é",
    "端口",
    "\u{fffd}",
    "𝟘",
    "\u{301}",
    "\u{a0}",
    "\t",
    "\n",
    "\r\n",
    ":",
    "=",
    "|",
    "(",
    "[",
    "]",
    "\"",
    "'",
    "`",
    "->",
    "/",
    "%",
    "```\n",
    "- ",
    "$ ",
    "65536",
    "99999999999999999999",
];

/// Any of them.
pub fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>;
    prop_oneof![
        3 => (at(), 1..40usize).prop_map(|(at, length)| Damage::Delete { at, length }),
        2 => (at(), 1..80usize).prop_map(|(at, length)| Damage::Repeat { at, length }),
        4 => (at(), prop::sample::select(INSERTS.to_vec()))
            .prop_map(|(at, text)| Damage::Insert { at, text }),
        1 => at().prop_map(|at| Damage::Truncate { at }),
        1 => Just(Damage::CarriageReturns),
        1 => (2..9usize).prop_map(|every| Damage::Mojibake { every }),
        1 => Just(Damage::Join),
        1 => (8..100usize).prop_map(|width| Damage::Wrap { width }),
    ]
}

impl Damage {
    /// On characters, so that what comes out is text.
    pub fn apply(&self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let place = |at: usize| if chars.is_empty() { 0 } else { at % (chars.len() + 1) };
        match self {
            Damage::Delete { at, length } => {
                let at = place(*at);
                let end = (at + length).min(chars.len());
                chars.drain(at..end);
            }
            Damage::Repeat { at, length } => {
                let at = place(*at);
                let end = (at + length).min(chars.len());
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece);
            }
            Damage::Insert { at, text } => {
                let at = place(*at);
                chars.splice(at..at, text.chars());
            }
            Damage::Truncate { at } => chars.truncate(place(*at)),
            Damage::CarriageReturns => return text.replace('\n', "\r\n"),
            Damage::Mojibake { every } => {
                for c in chars.iter_mut().filter(|c| c.is_alphabetic()).step_by(*every) {
                    *c = '\u{fffd}';
                }
            }
            Damage::Join => return text.replace('\n', " "),
            Damage::Wrap { width } => return wrap(text, *width),
        }
        chars.into_iter().collect()
    }
}

/// As a terminal of that width cuts lines.
fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        for (at, c) in line.chars().enumerate() {
            if at > 0 && at % width == 0 {
                out.push('\n');
            }
            out.push(c);
        }
    }
    out
}

/// All of them, one after the other.
pub fn apply(damages: &[Damage], text: &str) -> String {
    damages.iter().fold(text.to_owned(), |text, damage| damage.apply(&text))
}
