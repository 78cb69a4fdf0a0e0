//! The ledger of the article's claims: what it says, and what is true.
//!
//! `docs/facts/LEDGER.md` is the same for reading, with the sources' key.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A sentence of the article that can be checked.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Its number, for instance `4.2.3`.
    pub id: String,
    /// Its section of the article: `ch1`, or a number such as `2.4`.
    pub section: String,
    /// Its line in the article.
    pub line: u32,
    /// What the article says, in English.
    pub claim: String,
    /// How far that is true.
    pub verdict: Truth,
    /// What is true.
    pub truth: String,
}

/// How far a claim is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Truth {
    /// It is.
    True,
    /// It is in part.
    Partly,
    /// It is not.
    False,
}

impl Truth {
    /// The word of tables.
    pub const fn name(self) -> &'static str {
        match self {
            Truth::True => "true",
            Truth::Partly => "partly",
            Truth::False => "false",
        }
    }

    /// The word of sentences.
    pub const fn word(self) -> &'static str {
        match self {
            Truth::True => "true",
            Truth::Partly => "partly true",
            Truth::False => "false",
        }
    }
}

#[derive(Deserialize)]
struct File {
    claims: Vec<Entry>,
}

// A file of this repository that a test reads: it cannot be wrong in a program that was built.
static LEDGER: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let text = include_str!("../../docs/facts/claims.json");
    serde_json::from_str::<File>(text).map(|file| file.claims).unwrap_or_default()
});

/// The entry with this number.
pub fn entry(id: &str) -> Option<&'static Entry> {
    LEDGER.iter().find(|entry| entry.id == id)
}

/// Every entry, in the order of the article.
pub fn all() -> &'static [Entry] {
    &LEDGER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_every_claim_and_its_verdict() {
        let count = |truth| all().iter().filter(|entry| entry.verdict == truth).count();
        assert_eq!(all().len(), 104);
        assert_eq!((count(Truth::True), count(Truth::Partly), count(Truth::False)), (27, 36, 41));
        assert!(entry("1.4").unwrap().claim.contains("firewalld"));
        assert!(entry("9.9").is_none());
    }
}
