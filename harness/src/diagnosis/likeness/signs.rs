//! The signs of a report: the clues that it has, and its facts without what only one report can
//! have, in the language of clues (`../test.rs`). Words say how somebody put it, signs what was seen.
//! A clue among them shows what it is worth beside others.

use super::Counts;
use crate::{
    diagnosis::{case::Case, causes, computed},
    evidence::{
        fact::{Bind, Fact, Kind, Place},
        span::Span,
    },
};

/// How often each sign is seen in a report, and where it is first.
pub(super) fn signs(case: &Case<'_>) -> Counts {
    let mut counts = Counts::new();
    let mut count = |sign: String, span: Span| counts.entry(sign).or_insert((0, span)).0 += 1;
    for (rule, seen) in causes::rules().iter().zip(causes::sightings(case)) {
        for (clue, spans) in rule.clues.iter().zip(seen) {
            if let Some(span) = spans.as_ref().and_then(|spans| spans.first()) {
                count(format!("{}: {}", rule.cause, clue.says), *span);
            }
        }
    }
    for (name, compute) in computed::ALL {
        if let Some(span) = compute(case).first() {
            count(format!("fact {name}"), *span);
        }
    }
    let setup = case.evidence.facts.iter().find(|fact| matches!(fact.kind, Kind::Setup(_)));
    if let (Some(mode), Some(fact)) = (case.mode, setup) {
        count(format!("mode {}", mode.name()), fact.span);
    }
    for fact in &case.evidence.facts {
        for sign in signs_of(fact) {
            count(sign, fact.span);
        }
    }
    counts
}

/// Those of one fact.
fn signs_of(Fact { side, kind, .. }: &Fact) -> Vec<String> {
    let one = match kind {
        Kind::Attempt(it) => {
            let (to, came) = (place(&it.to), if it.seen.is_good() { "good" } else { "bad" });
            return vec![
                format!("try {side} -> {to} {}", it.seen),
                format!("try {side} -> {to} {came}"),
                format!("try any -> {to} {came}"),
                format!("try any -> any {}", it.seen),
            ];
        }
        Kind::Listener(it) => format!("listens {side} {}", it.bind().name()),
        Kind::Mention(it) if it.denied => format!("denied {}", it.what),
        Kind::Mention(it) => format!("topic {}", it.what),
        Kind::Change(it) if it.helped => format!("helped {}", it.what),
        Kind::Change(it) => format!("useless {}", it.what),
        Kind::BindFailure(it) => format!("bind-error {}", it.error.name()),
        Kind::Serving(it) => format!("serves {}", Bind::of(&it.at.host).name()),
        Kind::Dialed(it) => format!("dials {}", place(&Place::of(&it.at.host))),
        Kind::Setting(it) => format!("setting * * {} *", it.key.to_ascii_lowercase()),
        other => format!("has {}", other.name()),
    };
    vec![one]
}

/// Where to, without an address of its own.
fn place(place: &Place) -> String {
    match place {
        Place::Other(_) => "other".to_owned(),
        place => place.to_string(),
    }
}
