//! One reader a file. To add one: a file with a `READER`, and a line here.

mod matrix;
mod portproxy;
mod program;
mod proxy_settings;
mod run_by;
mod sentence;
mod setup;
mod ss;
mod typed;
mod version;

pub use proxy_settings::FILE as PROXY_SETTINGS;

use super::reader::Reader;

/// Every reader, in the order in which they see a block.
pub const ALL: &[Reader] = &[
    setup::READER,
    matrix::READER,
    proxy_settings::READER,
    run_by::READER,
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
