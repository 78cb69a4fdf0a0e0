//! What was learned, applied to a report.

use std::{collections::HashMap, fmt::Write as _, sync::LazyLock};

use super::{features, values};
use crate::{cause::Cause, diagnosis::case::Case, evidence::span::Span};

/// A line a term: the term, how telling it is at all, and its weight for each cause that it speaks
/// for or against. The line of no term has what each cause has before a word is read.
const LEARNED: &str = include_str!("words.tsv");

/// How many terms a likeness is told with.
const TOLD: usize = 4;

/// A cause, and how much the report is like those that have it.
#[derive(Clone, Debug)]
pub(in crate::diagnosis) struct Likeness {
    /// `None`: like those that no known cause makes.
    pub cause: Option<Cause>,
    /// From 0 to 1; all of a report are 1 together.
    pub share: f32,
    /// Where the terms stand that speak most for it.
    pub spans: Vec<Span>,
}

/// Weights of terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    /// The slugs of the causes.
    pub causes: Vec<String>,
    /// Of each cause before a word is read.
    pub base: Vec<f32>,
    /// Of each term: how telling it is, and the causes by their place with their weights.
    pub terms: HashMap<String, (f32, Vec<(usize, f32)>)>,
}

/// The causes that a report is like, the most alike first.
pub(in crate::diagnosis) fn likenesses(case: &Case<'_>) -> Vec<Likeness> {
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(LEARNED).unwrap_or_default());
    MODEL.apply(case)
}

impl Model {
    /// Reads the file. `None`: it is not of that form; a test holds that it is.
    pub fn parse(text: &str) -> Option<Model> {
        let mut model = Model::default();
        for line in text.lines().filter(|line| !line.starts_with("# ")) {
            let mut columns = line.split('\t');
            let (term, telling) = (columns.next()?, columns.next()?.parse().ok()?);
            let mut weights = Vec::new();
            for column in columns {
                let (slug, weight) = column.split_once(' ')?;
                weights.push((model.place(slug), weight.parse().ok()?));
            }
            if term.is_empty() {
                model.base = weights.iter().map(|(_, weight)| *weight).collect();
            } else {
                model.terms.insert(term.to_owned(), (telling, weights));
            }
        }
        (model.base.len() == model.causes.len()).then_some(model)
    }

    fn place(&mut self, slug: &str) -> usize {
        self.causes.iter().position(|known| known == slug).unwrap_or_else(|| {
            self.causes.push(slug.to_owned());
            self.causes.len() - 1
        })
    }

    /// As [`Model::parse`] reads it.
    pub fn write(&self) -> String {
        let mut lines: Vec<(&str, String)> = Vec::new();
        let line = |telling: f32, weights: &[(usize, f32)]| {
            let mut line = format!("\t{telling:.2}");
            for (place, weight) in weights {
                let slug = self.causes.get(*place).map_or("", String::as_str);
                // Writing into a string does not fail.
                let _ = write!(line, "\t{slug} {weight:.1}");
            }
            line
        };
        let base: Vec<(usize, f32)> = self.base.iter().copied().enumerate().collect();
        lines.push(("", line(1.0, &base)));
        for (term, (telling, weights)) in &self.terms {
            lines.push((term, line(*telling, weights)));
        }
        lines.sort_unstable();
        let note = "# Written by `cargo xtask learn`; see mod.rs.\n";
        lines.iter().fold(note.to_owned(), |text, (term, line)| text + term + line + "\n")
    }

    fn apply(&self, case: &Case<'_>) -> Vec<Likeness> {
        let mut sums = self.base.clone();
        let mut told: Vec<Vec<(f32, Span)>> = vec![Vec::new(); sums.len()];
        let known = |term: &str| self.terms.get(term).map(|(telling, weights)| (*telling, weights));
        for (value, span, weights) in features(case).iter().flat_map(|group| values(group, known)) {
            for (place, weight) in weights {
                sums[*place] += value * weight;
                told[*place].push((value * weight, span));
            }
        }
        if told.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let most = sums.iter().copied().fold(f32::MIN, f32::max);
        let all: f32 = sums.iter().map(|sum| (sum - most).exp()).sum();
        let mut alike: Vec<Likeness> = Vec::new();
        for ((slug, sum), mut spans) in self.causes.iter().zip(&sums).zip(told) {
            spans.sort_by(|one, other| other.0.total_cmp(&one.0));
            spans.truncate(TOLD);
            alike.push(Likeness {
                cause: Cause::from_slug(slug),
                share: (sum - most).exp() / all,
                spans: spans.into_iter().map(|(_, span)| span).collect(),
            });
        }
        alike.sort_by(|one, other| other.share.total_cmp(&one.share));
        alike
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;

    #[test]
    fn the_file_is_sound() {
        let model = Model::parse(LEARNED).expect("a model");
        assert!(model.terms.len() > 500, "{}", model.terms.len());
        assert_eq!(
            Model::parse(&model.write()).map(|it| it.causes.len()),
            Some(model.causes.len())
        );
        let slug = |it: &String| it == "none" || Cause::from_slug(it).is_some();
        assert!(model.causes.iter().all(slug), "{:?}", model.causes);
    }

    #[test]
    fn alike_is_what_shares_words() {
        let text = "\t1.00\tloopback-bind 0.0\tvpn-mtu 0.0\nmtu\t1.00\tvpn-mtu 3.0\n\
                    bind\t1.00\tloopback-bind 3.0\n";
        let model = Model::parse(text).expect("a model");
        let alike = |report: &str| {
            let evidence = Evidence::read(report);
            let found = model.apply(&Case::new(&evidence));
            found.first().and_then(|it| it.cause).map(Cause::slug)
        };
        assert_eq!(alike("the mtu of it"), Some("vpn-mtu"));
        assert_eq!(alike("told to bind"), Some("loopback-bind"));
        assert_eq!(alike("a chair"), None);
    }
}
