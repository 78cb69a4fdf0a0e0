//! The terms of a report: its words, without what only one report can have.

use super::Counts;
use crate::evidence::words::{Passage, Word};

/// Addresses that mean the same everywhere.
const KEPT: [&str; 4] = ["127.0.0.1", "0.0.0.0", "127.0.0.53", "10.255.255.254"];

/// How often each word stands in the passages, and where it does first.
pub(super) fn terms(passages: &[Passage]) -> Counts {
    let mut counts = Counts::new();
    for word in passages.iter().flat_map(|passage| &passage.words) {
        if let Some(term) = term(word) {
            counts.entry(term).or_insert((0, word.span)).0 += 1;
        }
    }
    counts
}

/// A number is any number, an address is one of its class.
fn term(word: &Word) -> Option<String> {
    let text = word.text.as_str();
    if word.is_mark() {
        return None;
    }
    if let Ok(address) = text.parse::<std::net::Ipv4Addr>() {
        let [first, ..] = address.octets();
        return Some(if KEPT.contains(&text) { text.to_owned() } else { format!("{first}.*") });
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == text.len() && digits > 1 {
        return Some("#".to_owned());
    }
    // Hashes, masks and names of machines.
    (digits < 4).then(|| text.to_owned())
}
