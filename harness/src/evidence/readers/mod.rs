//! One reader a file. To add one: a file with a `READER`, and a line here.

mod environment;
mod portproxy;
mod program;
mod sentence;
mod setup;
mod ss;
mod typed;
mod version;

use super::reader::Reader;

/// Every reader, in the order in which they see a block.
pub const ALL: &[Reader] = &[
    setup::READER,
    environment::READER,
    ss::READER,
    portproxy::READER,
    sentence::READER,
    program::READER,
    typed::READER,
    version::READER,
];

#[cfg(test)]
mod testing {
    use super::super::{Evidence, fact::Fact};

    /// The facts of a text, one a line: `side: kind`.
    pub fn facts(text: &str) -> Vec<Fact> {
        Evidence::read(text).facts
    }
}
