//! A report, prepared for the questions of clues.

use std::{cell::OnceCell, collections::HashMap};

use crate::evidence::{
    Evidence,
    fact::{Attempt, Fact, Kind, Listener, Mode, PortProxyRule, State},
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
    /// Which passages have a word, by their numbers.
    index: HashMap<String, Vec<usize>>,
    /// Where each clue of each cause is seen, once somebody has asked.
    pub(super) sightings: OnceCell<Vec<Vec<Option<Vec<Span>>>>>,
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
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, passage) in passages.iter().enumerate() {
            for word in &passage.words {
                let known = index.entry(word.text.clone()).or_default();
                if known.last() != Some(&number) {
                    known.push(number);
                }
            }
        }
        Case { evidence, passages, mode, index, sightings: OnceCell::new() }
    }

    /// The facts of a kind, each with its fact.
    pub fn pick<T: 'e>(&self, pick: impl Fn(&'e Kind) -> Option<T>) -> Vec<(&'e Fact, T)> {
        let picked = self.evidence.facts.iter().filter_map(|fact| Some((fact, pick(&fact.kind)?)));
        picked.take(MOST_FACTS).collect()
    }

    /// Where a service that has one of these in its name is shown to run, or not to.
    pub fn services(&self, names: &[&str], running: bool) -> Vec<Span> {
        let services = self.pick(|kind| if let Kind::Service(it) = kind { Some(it) } else { None });
        let is = services.into_iter().filter(|(_, it)| {
            names.iter().any(|name| it.name.contains(name))
                && (it.state == State::Running) == running
        });
        is.map(|(fact, _)| fact.span).collect()
    }

    /// Where a pattern stands.
    pub fn said(&self, pattern: &Pattern) -> Vec<Span> {
        let find = |passage: &Passage| pattern.find(&passage.words);
        match pattern.candidates(&self.index) {
            Some(numbers) => {
                let passages = numbers.into_iter().filter_map(|number| self.passages.get(number));
                passages.filter_map(find).take(MOST_PLACES).collect()
            }
            None => self.passages.iter().filter_map(find).take(MOST_PLACES).collect(),
        }
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
