//! Closed lists in messages: the nearest allowed word, and hints made from it.

/// The one of `allowed` that `word` most likely was meant to be, if any is near enough to be a slip
/// or an abbreviation.
pub fn nearest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let score = |candidate: &str| {
        let length = candidate.chars().count().max(1);
        let edits = strsim::osa_distance(word, candidate);
        let alike = strsim::jaro_winkler(word, candidate);
        let near = edits <= (length / 3).max(1) || alike >= 0.85;
        near.then(|| alike.max(1.0 - edits as f64 / length as f64))
    };
    allowed
        .into_iter()
        .filter(|candidate| !candidate.is_empty())
        .filter_map(|candidate| score(candidate).map(|score| (score, candidate)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `did you mean …? ` where a word is near, then the list.
pub(super) fn one_of(word: &str, allowed: &[&str]) -> String {
    let list = format!("one of {}", allowed.join(", "));
    match nearest(word, allowed.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    }
}

/// Splits a parse error of the vocabulary, ``unknown tool `x`; one of a, b``, or of serde,
/// ``unknown field `x`, expected one of `a`, `b` ``, into a message and a hint with the nearest
/// word.
pub(super) fn split_hint(error: &str) -> (String, Option<String>) {
    let Some((message, rest)) = error.split_once("; ").or_else(|| error.split_once(", expected "))
    else {
        return (error.to_owned(), None);
    };
    let list = rest.strip_prefix("one of ").unwrap_or(rest).replace('`', "");
    let allowed: Vec<&str> = list.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let hint = match message.split('`').nth(1).and_then(|word| nearest(word, allowed)) {
        Some(near) => format!("did you mean `{near}`? {rest}"),
        None => rest.to_owned(),
    };
    (message.to_owned(), Some(hint))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use rstest::rstest;

    use super::*;
    use crate::{node::Node, outcome::Outcome, target::Target, tool::Tool};

    #[rstest]
    #[case::transposed("wls", Some("wsl"))]
    #[case::abbreviated("firewalld", Some("firewalld-block"))]
    #[case::one_too_many("lann", Some("lan"))]
    #[case::nothing_alike("quux", None)]
    #[case::empty("", None)]
    fn the_nearest_word(#[case] word: &str, #[case] expected: Option<&str>) {
        let allowed = ["windows", "wsl", "lan", "firewalld-block"];
        assert_eq!(nearest(word, allowed), expected);
    }

    #[rstest]
    #[case::node(Node::from_str("widows").unwrap_err(), "did you mean `windows`?")]
    #[case::target(Target::from_str("wsl_ip").unwrap_err(), "did you mean `wsl-ip`?")]
    #[case::tool(Tool::from_str("crul").unwrap_err(), "did you mean `curl`?")]
    #[case::outcome(Outcome::from_str("refusd").unwrap_err(), "did you mean `refused`?")]
    #[case::field(
        "unknown field `titel`, expected one of `title`, `cause`".to_owned(),
        "did you mean `title`?"
    )]
    fn every_vocabulary_gets_a_hint(#[case] error: String, #[case] expected: &str) {
        let (message, hint) = split_hint(&error);
        assert!(message.starts_with("unknown ") && !message.contains("one of"), "{message}");
        assert!(hint.unwrap_or_default().starts_with(expected));
    }

    #[test]
    fn an_error_without_a_list_stays_whole() {
        assert_eq!(split_hint("no list here"), ("no list here".to_owned(), None));
    }
}
