//! Clues weighed, causes ranked.

use super::{
    case::Case,
    causes,
    likeness::{self, Likeness},
    rule::{Ask, Rule},
    signature,
    test::Test,
};
use crate::{
    cause::Cause,
    evidence::{
        Evidence,
        fact::{Kind, Place},
        span::Span,
    },
};

/// From which weight on a cause is told at all.
pub(super) const POSSIBLE: f32 = 2.0;
/// From which weight on a cause is likely.
pub(super) const LIKELY: f32 = 4.5;
/// From which weight on a cause with a decisive clue is certain.
const CERTAIN: f32 = 6.0;
/// How much of a report has to be like those of a cause that is certain. Clues can mislead, and so
/// can words; both at once seldom do.
const AGREED: f32 = 0.8;
/// How much of a report has to be like those of a cause that is likely, unless clues alone would do
/// for a certain one.
const ALIKE: f32 = 0.3;
/// How far another cause has to be behind a certain one.
const LEAD: f32 = 2.0;
/// Causes that weigh less than this part of the first one are noise.
const SHARE: f32 = 0.35;
/// What likeness to the known reports of a cause weighs where no other cause has any.
const LIKENESS: f32 = 32.0;
/// More would be no diagnosis.
const MOST: usize = 4;

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Something points there.
    Possible,
    /// Most points there.
    Likely,
    /// Nothing else makes what was reported.
    Certain,
}

impl Confidence {
    /// As it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

/// Something in the report that speaks for a cause or against it.
#[derive(Clone, Debug)]
pub struct Clue {
    /// How much it weighs; below zero it speaks against.
    pub weight: f32,
    /// What it says.
    pub says: String,
    /// Where it stands.
    pub spans: Vec<Span>,
}

/// A cause that the report points to.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The cause.
    pub cause: Cause,
    /// What is wrong, in one sentence.
    pub about: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// The sum of the weights.
    pub weight: f32,
    /// For and against, the heaviest first.
    pub clues: Vec<Clue>,
    /// What would settle it.
    pub ask: Vec<Ask>,
}

/// What a report points to.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// The causes, the most likely first. Empty: nothing points to a known one.
    pub findings: Vec<Finding>,
    /// Commands whose output would settle what is not certain.
    pub ask: Vec<Ask>,
}

/// What the facts of a report point to.
pub fn diagnose(evidence: &Evidence) -> Diagnosis {
    let case = Case::new(evidence);
    match super::whole::diagnose(evidence, &case) {
        Some(diagnosis) if !diagnosis.findings.is_empty() => diagnosis,
        // Nothing in the state differs: what the reporter adds in words is all there is. Words in
        // the output of tools are no clues.
        Some(_) => {
            let told = Evidence::read(evidence.document.prose());
            by_clues(&Case::new(&told))
        }
        None => by_clues(&case),
    }
}

/// Clues weighed, and causes ranked by them.
fn by_clues(case: &Case<'_>) -> Diagnosis {
    let rules = causes::rules();
    if !is_of_a_failure(case) {
        return Diagnosis::default();
    }
    let seen = || rules.iter().zip(causes::sightings(case));
    let clues = |alone| seen().filter_map(|(rule, seen)| weigh(rule, seen, alone)).collect();
    let mut weighed: Vec<(Finding, bool)> = clues(false);
    if weighed.is_empty() {
        weighed = by_signature(rules, case);
    }
    if weighed.is_empty() {
        weighed = clues(true);
    }
    // What is certain rests on clues alone.
    weighed.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
    let ruled: Vec<(Cause, f32)> =
        weighed.iter().map(|(finding, _)| (finding.cause, finding.weight)).collect();
    let alike = likeness::likenesses(case);
    let doubt = liken(rules, &alike, &mut weighed);
    weighed.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight));
    let most = weighed.first().map_or(0.0, |(finding, _)| finding.weight);
    if most < POSSIBLE.max(doubt) {
        return Diagnosis::default();
    }
    // Rather like reports that no known cause makes: then clues have to be strong.
    let bar = if doubt > LIKENESS / 3.0 { CERTAIN } else { POSSIBLE };
    let second = ruled.get(1).map_or(0.0, |(_, weight)| *weight);
    let by_rule = |cause| ruled.iter().find(|it| it.0 == cause).map_or(0.0, |it| it.1);
    let mut findings = Vec::new();
    for (at, (mut finding, decisive)) in weighed.into_iter().enumerate() {
        let against = finding.clues.iter().any(|clue| clue.weight <= -1.0);
        // Nothing is certain beside something else that is likely.
        let own = by_rule(finding.cause);
        let leads = at == 0 && own - second >= LEAD && second < LIKELY;
        let known = alike.iter().find(|it| it.cause == Some(finding.cause));
        let share = known.map_or(0.0, |it| it.share);
        finding.confidence = match finding.weight {
            _ if own >= CERTAIN && decisive && leads && share >= AGREED && !against => {
                Confidence::Certain
            }
            weight if weight >= LIKELY && own >= bar && (share >= ALIKE || own >= CERTAIN) => {
                Confidence::Likely
            }
            _ => Confidence::Possible,
        };
        if finding.weight >= most * SHARE && findings.len() < MOST {
            findings.push(finding);
        }
    }
    let ask = ask(&findings, case);
    Diagnosis { findings, ask }
}

/// Adds how much the report is like those whose cause is known, and returns how much it is like those
/// that no known cause makes, where it is most like them.
fn liken(rules: &[Rule], alike: &[Likeness], weighed: &mut Vec<(Finding, bool)>) -> f32 {
    let mut nothing = 0.0;
    for (at, alike) in alike.iter().enumerate() {
        let weight = LIKENESS * alike.share;
        let Some(cause) = alike.cause else {
            // Some words of every report are those of such reports too.
            nothing = if at == 0 { weight } else { 0.0 };
            continue;
        };
        if weight < 0.5 {
            continue;
        }
        let says = "it is like known reports of this cause".to_owned();
        let clue = Clue { weight, says, spans: alike.spans.clone() };
        let known = weighed.iter_mut().find(|(finding, _)| finding.cause == cause);
        if let Some((finding, _)) = known {
            finding.weight += weight;
            finding.clues.push(clue);
        } else if weight >= POSSIBLE
            && let Some(rule) = rules.iter().find(|rule| rule.cause == cause)
        {
            weighed.push((finding(rule, weight, vec![clue]), false));
        }
    }
    nothing
}

/// Nothing is said that a rule knows: which of the catalogue's faults breaks and keeps these routes?
fn by_signature(rules: &[Rule], case: &Case<'_>) -> Vec<(Finding, bool)> {
    let mut found = Vec::new();
    for guess in signature::matches(case) {
        let Some(rule) = rules.iter().find(|rule| rule.cause == guess.cause) else { continue };
        let says = "the routes that work and those that do not are those of this fault".to_owned();
        let weight = POSSIBLE + guess.fit;
        let clues = vec![Clue { weight, says, spans: guess.spans }];
        found.push((finding(rule, weight, clues), false));
    }
    found
}

fn finding(rule: &Rule, weight: f32, clues: Vec<Clue>) -> Finding {
    Finding {
        cause: rule.cause,
        about: rule.about.clone(),
        confidence: Confidence::Possible,
        weight,
        clues,
        ask: rule.ask.clone(),
    }
}

/// Whether the text tells of something that failed on a network, or shows what such reports show. A
/// manual speaks of firewalls and proxies as well.
fn is_of_a_failure(case: &Case<'_>) -> bool {
    case.evidence.facts.iter().any(|fact| match &fact.kind {
        Kind::Attempt(it) => it.seen.is_bad() && it.to != Place::Unstated,
        Kind::Mention(_) | Kind::Command(_) | Kind::Change(_) | Kind::Version(_) => false,
        Kind::Serving(_) | Kind::Dialed(_) => false,
        _ => true,
    })
}

fn weigh(rule: &Rule, seen: &[Option<Vec<Span>>], alone: bool) -> Option<(Finding, bool)> {
    let mut clues = Vec::new();
    let mut decisive = false;
    let mut in_words = false;
    for (clue, spans) in rule.clues.iter().zip(seen).filter(|(clue, _)| alone || !clue.alone) {
        let Some(spans) = spans.clone() else { continue };
        let words = clue.all.iter().chain(&clue.any).any(Test::rests_on_words);
        decisive |= clue.decisive && !words;
        in_words |= clue.decisive && words;
        clues.push(Clue { weight: clue.weight, says: clue.says.clone(), spans });
    }
    let weight: f32 = clues.iter().map(|clue| clue.weight).sum();
    // Words may mislead: they decide only where something else says the same.
    let supported = clues.iter().filter(|clue| clue.weight > 0.0).count() > 1;
    decisive |= in_words && supported;
    clues.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    (weight >= POSSIBLE).then(|| (finding(rule, weight, clues), decisive))
}

/// What to ask: nothing where the first cause is certain, else what would settle the first ones.
fn ask(findings: &[Finding], case: &Case<'_>) -> Vec<Ask> {
    let mut asked: Vec<Ask> = Vec::new();
    if findings.first().is_some_and(|first| first.confidence == Confidence::Certain) {
        return asked;
    }
    let port = case.ports().first().map_or("8080".to_owned(), u16::to_string);
    let fill = |text: &str| text.replace("{port}", &port);
    let shown = case.evidence.document.text();
    for finding in findings.iter().take(2) {
        let filled = finding.ask.iter().map(|it| Ask {
            on: it.on.clone(),
            run: fill(&it.run),
            shows: fill(&it.shows),
        });
        // What was pasted already settles nothing a second time.
        let next = filled.into_iter().find(|it| !shown.contains(&it.run));
        if let Some(ask) = next
            && !asked.iter().any(|known| known.run == ask.run)
        {
            asked.push(ask);
        }
    }
    asked
}
