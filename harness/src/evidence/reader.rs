//! What a reader is: it looks at a block and gives the facts in it.
//!
//! A reader is one small file in [`readers`](super::readers) with a constant `READER` that stands in
//! the list there. It sees every block and takes only what it is sure of: it recognises its text by
//! the shape of a row (two addresses and a state), and by the command that stood before the output
//! ([`Block::ran`]) where a shape alone would not do. It never fails and never guesses: what it
//! cannot read is not its own.
//!
//! Words in the output of Windows are translated, cut by the terminal's width and damaged by code
//! pages. Shapes are not: prefer numbers, addresses and columns to words.

use super::{
    document::Block,
    fact::{Fact, Kind},
    side::Side,
    span::Span,
};

/// A reader.
#[derive(Clone, Copy)]
pub struct Reader {
    /// The tool or file, for tests and logs.
    pub name: &'static str,
    /// Looks at one block.
    pub read: fn(&Block<'_>, &mut Sink),
}

impl Reader {
    /// What this reader by itself finds in a block.
    pub fn facts(&self, block: &Block<'_>) -> Vec<Fact> {
        let mut sink = Sink::default();
        (self.read)(block, &mut sink);
        sink.finish()
    }
}

/// Where readers put facts.
#[derive(Debug, Default)]
pub struct Sink {
    facts: Vec<Fact>,
}

impl Sink {
    /// A fact about this machine, from this place.
    pub fn put(&mut self, side: Side, span: Span, kind: Kind) {
        let fact = Fact { side, span, kind };
        // Two readers may know the same line; what both say is said once.
        if !self.facts.iter().rev().take(64).any(|known| *known == fact) {
            self.facts.push(fact);
        }
    }

    /// Everything so far, in the order of the report.
    pub fn finish(mut self) -> Vec<Fact> {
        self.facts.sort_by_key(|fact| fact.span);
        self.facts
    }

    /// What was put in so far.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
}
