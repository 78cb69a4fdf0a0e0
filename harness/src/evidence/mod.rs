//! From what somebody pasted to typed facts.
//!
//! ```text
//! bytes --input::decode--> text --Document::blocks--> blocks --readers--> facts
//! ```
//! [`document`] cuts the report, [`readers`] has a small file for every tool and file that people
//! paste, [`fact`] is what comes out. A fact keeps its [`Span`](span::Span), so it can be quoted.
//! Nothing here draws conclusions.

pub mod document;
pub mod fact;
pub mod host;
pub mod input;
pub mod lexicon;
mod prompt;
pub mod reader;
pub mod readers;
mod resolve;
pub mod side;
pub mod span;
pub mod words;

use self::{
    document::Document,
    fact::{Fact, Kind, Mode},
    reader::Sink,
    side::Side,
};

/// A report and the facts in it.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The report.
    pub document: Document,
    /// The facts, in the order in which they stand in it.
    pub facts: Vec<Fact>,
}

impl Evidence {
    /// Reads a report.
    pub fn read(text: impl Into<String>) -> Evidence {
        let document = Document::new(text);
        let mut sink = Sink::default();
        for block in document.blocks() {
            for reader in readers::of(&block) {
                (reader.read)(&block, &mut sink);
            }
        }
        let mut evidence = Evidence { facts: sink.finish(), document };
        let mode = evidence.mode();
        resolve::resolve(&mut evidence.facts, mode);
        evidence
    }

    /// The passages of the report, for patterns over words.
    pub fn passages(&self) -> Vec<words::Passage> {
        let blocks = self.document.blocks();
        blocks.iter().filter(|block| !readers::is_matrix(block)).flat_map(words::passages).collect()
    }

    /// The facts of one kind: `evidence.all(|fact| match &fact.kind { … })`.
    pub fn all<'e, T: 'e>(
        &'e self,
        pick: impl Fn(&'e Fact) -> Option<T> + 'e,
    ) -> impl Iterator<Item = T> + 'e {
        self.facts.iter().filter_map(pick)
    }

    /// How Windows and Linux stand to each other: the most particular that the report says, else
    /// what its words imply. WSL that is not told apart is WSL2.
    pub fn mode(&self) -> Option<Mode> {
        let modes: Vec<Mode> = self
            .all(|fact| match fact.kind {
                Kind::Setup(mode) => Some(mode),
                _ => None,
            })
            .collect();
        let particular = modes.iter().find(|mode| !matches!(mode, Mode::None | Mode::Wsl2));
        let stated = particular.or(modes.first()).copied();
        stated.or_else(|| readers::implied_mode(self.document.text()))
    }

    /// Facts about one machine.
    pub fn of(&self, side: Side) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.side == side)
    }
}
