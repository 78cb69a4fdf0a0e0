//! The terms of a report: its words, without what only one report can have.

use super::Counts;
use crate::evidence::{
    span::Span,
    words::{Passage, Word},
};

/// Addresses that mean the same everywhere.
const KEPT: [&str; 4] = ["127.0.0.1", "0.0.0.0", "127.0.0.53", "10.255.255.254"];

/// The words, and the pairs of words that follow each other.
pub(super) fn terms(passages: &[Passage]) -> [Counts; 2] {
    let [mut words, mut pairs] = [Counts::new(), Counts::new()];
    for passage in passages {
        let mut last: Option<(String, Span)> = None;
        for word in &passage.words {
            let Some(term) = term(word) else { continue };
            words.entry(term.clone()).or_insert((0, word.span)).0 += 1;
            if let Some((before, span)) = last {
                let place = span.to(word.span);
                pairs.entry(format!("{before}\u{b7}{term}")).or_insert((0, place)).0 += 1;
            }
            last = Some((term, word.span));
        }
    }
    [words, pairs]
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
