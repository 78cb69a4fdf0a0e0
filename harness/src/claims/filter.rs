//! Which claims are asked for.

use miette::Diagnostic;

use super::register::Line;
use crate::ledger;

/// Claims to list; nothing named means all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Numbers, or beginnings of numbers: `2.4` is the whole section.
    pub numbers: Vec<String>,
    /// A scenario that shows them.
    pub scenario: Option<String>,
}

/// A filter that lets nothing through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("there is no claim `{number}`")]
#[diagnostic(help("write a number of the article, for instance 4, 2.4 or 2.4.3"))]
pub struct FilterError {
    number: String,
}

impl Filter {
    /// Whether it asks for all claims.
    pub fn is_open(&self) -> bool {
        self.numbers.is_empty() && self.scenario.is_none()
    }

    /// The claims that are asked for. Of each, only what the scenario shows, where one is named.
    ///
    /// # Errors
    /// A number that no claim begins with.
    pub fn apply<'a>(&self, lines: Vec<Line<'a>>) -> Result<Vec<Line<'a>>, FilterError> {
        for number in &self.numbers {
            if !ledger::all().iter().any(|entry| begins(&entry.id, number)) {
                return Err(FilterError { number: number.clone() });
            }
        }
        let numbered = |line: &Line<'_>| {
            self.numbers.is_empty() || self.numbers.iter().any(|it| begins(&line.entry.id, it))
        };
        let mut kept: Vec<Line<'a>> = lines.into_iter().filter(numbered).collect();
        if let Some(name) = &self.scenario {
            kept.iter_mut().for_each(|line| line.shows.retain(|it| it.scenario.name == *name));
            kept.retain(|line| !line.shows.is_empty());
        }
        Ok(kept)
    }
}

fn begins(id: &str, number: &str) -> bool {
    id.strip_prefix(number).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
