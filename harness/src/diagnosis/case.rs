//! A report, prepared for the questions of clues.

use std::collections::HashSet;

use crate::evidence::{
    Evidence,
    fact::{Attempt, Fact, Kind, Listener, Mode, PortProxyRule},
    span::Span,
    words::{Passage, Pattern},
};

/// A report and what is asked of it again and again.
pub struct Case<'e> {
    /// The facts.
    pub evidence: &'e Evidence,
    /// The words.
    pub passages: Vec<Passage>,
    /// How Windows and Linux stand to each other.
    pub mode: Option<Mode>,
    /// Every word.
    vocabulary: HashSet<String>,
}

/// A report has some dozens of facts. What has more is not looked at to its end, lest comparing
/// each with each other takes forever.
const MOST_FACTS: usize = 2000;
/// How many places are quoted of what is said again and again.
const MOST_PLACES: usize = 20;

impl<'e> Case<'e> {
    /// Prepares a report.
    pub fn new(evidence: &'e Evidence) -> Case<'e> {
        let mut mode = evidence.mode();
        // The first line may say WSL2 and a file that the mode is mirrored.
        let mirrored = evidence.facts.iter().any(|fact| match &fact.kind {
            Kind::Setting(it) => {
                it.key.eq_ignore_ascii_case("networkingMode")
                    && it.value.eq_ignore_ascii_case("mirrored")
            }
            _ => false,
        });
        if mirrored && mode != Some(Mode::None) {
            mode = Some(Mode::Mirrored);
        }
        let passages = evidence.passages();
        let words = passages.iter().flat_map(|passage| &passage.words);
        let vocabulary = words.map(|word| word.text.clone()).collect();
        Case { evidence, passages, mode, vocabulary }
    }

    /// The facts of a kind, each with its fact.
    pub fn pick<T: 'e>(&self, pick: impl Fn(&'e Kind) -> Option<T>) -> Vec<(&'e Fact, T)> {
        let picked = self.evidence.facts.iter().filter_map(|fact| Some((fact, pick(&fact.kind)?)));
        picked.take(MOST_FACTS).collect()
    }

    /// Where a pattern stands.
    pub fn said(&self, pattern: &Pattern) -> Vec<Span> {
        if !pattern.is_possible(&self.vocabulary) {
            return Vec::new();
        }
        let found = self.passages.iter().filter_map(|it| pattern.find(&it.words));
        found.take(MOST_PLACES).collect()
    }

    /// The attempts.
    pub fn attempts(&self) -> Vec<(&'e Fact, &'e Attempt)> {
        self.pick(|kind| if let Kind::Attempt(it) = kind { Some(it) } else { None })
    }

    /// The listeners.
    pub fn listeners(&self) -> Vec<(&'e Fact, &'e Listener)> {
        self.pick(|kind| if let Kind::Listener(it) = kind { Some(it) } else { None })
    }

    /// The rules of portproxy.
    pub fn rules(&self) -> Vec<(&'e Fact, &'e PortProxyRule)> {
        self.pick(|kind| if let Kind::PortProxy(it) = kind { Some(it) } else { None })
    }

    /// The ports that the report is about, the most likely first.
    pub fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = Vec::new();
        let mut add = |port: Option<u16>| ports.extend(port.filter(|port| *port != 0));
        for fact in &self.evidence.facts {
            match &fact.kind {
                Kind::Attempt(it) => add(it.port),
                Kind::BindFailure(it) => add(it.wanted.as_ref().and_then(|it| it.port)),
                Kind::Serving(it) => add(it.at.port),
                Kind::Command(it) => add(it.at.as_ref().and_then(|it| it.port)),
                Kind::Publication(it) => add(it.host_port),
                Kind::PortProxy(it) => add(it.port()),
                _ => {}
            }
        }
        for passage in &self.passages {
            for pair in passage.words.windows(2) {
                if pair[0].text.starts_with("port") || pair[0].text == "localhost" {
                    let port = pair[1].text.parse().ok();
                    ports.extend(port.filter(|port: &u16| *port > 19));
                }
            }
        }
        ports
    }
}
