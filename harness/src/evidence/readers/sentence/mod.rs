//! Sentences and items: which address works from where, what was changed, what the report speaks of.
//!
//! "Windows browser gets ERR_CONNECTION_REFUSED on 127.0.0.1:8080, `http://[::1]:8080` works" is two
//! attempts; what a clause does not say, it takes from the one before it. The words are data, in
//! [`lexicon`](crate::evidence::lexicon).

mod attempt;
mod clause;
mod topic;

#[cfg(test)]
mod tests;

use crate::evidence::{
    document::Block,
    reader::{Reader, Sink},
    words,
};

pub(super) const READER: Reader = Reader { name: "sentence", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    // A client's own output says more than its words do.
    let transcript = super::transcript::is_one(block) || super::dns::is_one(block);
    for passage in words::passages(block) {
        topic::read(&passage, out);
        if !transcript {
            attempt::read(&passage, out);
        }
    }
}
