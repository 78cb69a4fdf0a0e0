//! What a report speaks of, and what somebody did.

use crate::evidence::{
    document::Form,
    fact::{Change, Kind, Mention, Seen},
    lexicon::lexicon,
    reader::Sink,
    side::Side,
    words::{Passage, Word},
};

/// Words that deny what stands near them.
const DENIALS_BEFORE: [&str; 12] =
    ["no", "not", "without", "never", "isnt", "neither", "non", "kein", "keine", "pas", "不", "没"];
const DENIALS_AFTER: [&str; 12] = [
    "off",
    "disabled",
    "no",
    "none",
    "false",
    "inactive",
    "absent",
    "empty",
    "uninstalled",
    "deactivated",
    "aus",
    "disconnected",
];

/// What "no" before it denies by itself.
const REACH: [&str; 9] = [
    "network",
    "internet",
    "connection",
    "connections",
    "connectivity",
    "route",
    "dns",
    "access",
    "answer",
];

/// What may follow "not", so that it denies: "is not used", not "is not reachable".
const NOT_SO: [&str; 10] = [
    "used",
    "set",
    "installed",
    "enabled",
    "active",
    "involved",
    "configured",
    "present",
    "in",
    "listed",
];

/// Words by which a change did not help.
const USELESS: [&str; 14] = [
    "help",
    "helped",
    "helps",
    "effect",
    "difference",
    "change",
    "changes",
    "same",
    "still",
    "useless",
    "vain",
    "ineffective",
    "unchanged",
    "nothing",
];

/// Words by which a change helped.
const USEFUL: [&str; 16] = [
    "fixes", "fixed", "fix", "solves", "solved", "resolves", "resolved", "cures", "works", "helps",
    "helped", "ok", "restores", "back", "worked", "again",
];

pub(super) fn read(passage: &Passage, out: &mut Sink) {
    for sentence in passage.words.split(|word| word.text == ".") {
        in_sentence(sentence, passage.form == Form::Output, out);
    }
}

fn in_sentence(words: &[Word], is_output: bool, out: &mut Sink) {
    for (topic, start, end) in lexicon().topics.all(words) {
        if topic.prose && is_output {
            continue;
        }
        let span = words[start].span.to(words[end - 1].span);
        let what = topic.name.clone();
        if topic.change {
            let only = words[start.saturating_sub(4)..start]
                .iter()
                .any(|word| matches!(&*word.text, "unless" | "until" | "except" | "only"));
            if let Some(helped) = if only { Some(true) } else { helped(words, end) } {
                out.put(Side::Unknown, span, Kind::Change(Change { what, helped }));
            } else {
                out.put(Side::Unknown, span, Kind::Mention(Mention { what, denied: false }));
            }
        } else {
            // "VPN off: works" does not deny that there is one.
            let denied = denied(words, start, end) && helped(words, end) != Some(true);
            out.put(Side::Unknown, span, Kind::Mention(Mention { what, denied }));
        }
    }
}

fn denied(words: &[Word], start: usize, end: usize) -> bool {
    let near = |words: &[Word], list: &[&str]| {
        words.iter().take_while(|word| !word.is_mark()).any(|word| list.contains(&&*word.text))
    };
    let before: Vec<Word> = words[start.saturating_sub(2)..start].iter().rev().cloned().collect();
    // "VPN connected: no network" does not deny that there is one.
    let of_another = |word: &&Word| {
        let next = words[end..].iter().skip_while(|it| it.span != word.span).nth(1);
        word.text == "no" && next.is_some_and(|next| REACH.contains(&&*next.text))
    };
    let after: Vec<Word> =
        words[end..].iter().take(2).filter(|word| !of_another(word)).cloned().collect();
    let tail = &words[end..words.len().min(end + 4)];
    let not_so = tail.windows(2).any(|pair| {
        matches!(&*pair[0].text, "not" | "never" | "isnt") && NOT_SO.contains(&&*pair[1].text)
    });
    near(&before, &DENIALS_BEFORE) || near(&after, &DENIALS_AFTER) || not_so
}

/// Whether the passage says that a change helped. `None`: it says neither.
fn helped(words: &[Word], end: usize) -> Option<bool> {
    let has = |words: &[Word], list: &[&str]| words.iter().any(|word| list.contains(&&*word.text));
    let tail = &words[end.min(words.len())..];
    let negated = has(tail, &["not", "no", "doesnt", "didnt", "dont", "never", "without", "nor"]);
    let useless = negated && has(tail, &USELESS) || has(tail, &["still", "same", "useless"]);
    if useless {
        return Some(false);
    }
    if has(words, &USEFUL) {
        return Some(true);
    }
    // "with the firewall off I can"
    if !negated && has(tail, &["can", "accessible", "succeeds"]) {
        return Some(true);
    }
    match lexicon().outcomes.first(tail)?.0 {
        Seen::Works => Some(true),
        Seen::Outcome(outcome) if outcome.is_good() => Some(true),
        _ => Some(false),
    }
}
