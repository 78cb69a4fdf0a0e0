//! A file of `causes/`: what is known of one cause.

use serde::Deserialize;

use super::{case::Case, test::Test};
use crate::{
    cause::Cause,
    evidence::{span::Span, words::PatternError},
};

/// What is known of a cause.
#[derive(Debug)]
pub struct Rule {
    /// The cause.
    pub cause: Cause,
    /// What is wrong, in one sentence.
    pub about: String,
    /// What would settle it.
    pub ask: Vec<Ask>,
    /// What speaks for it and against it.
    pub clues: Vec<RuleClue>,
}

/// A command whose output would settle whether it is this cause.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Where to type it: `windows`, `wsl`, `host`, `container`, `lan`.
    pub on: String,
    /// The command. `{port}` becomes the reported port.
    pub run: String,
    /// What in its output says yes.
    pub shows: String,
}

/// What speaks for a cause, or with a negative weight against it.
#[derive(Debug)]
pub struct RuleClue {
    /// How much it weighs.
    pub weight: f32,
    /// What it says.
    pub says: String,
    /// Whether it can settle the matter by itself.
    pub decisive: bool,
    /// Whether it counts only where no other clues make any cause possible: what is most often at
    /// fault.
    pub alone: bool,
    /// All of these have to be seen.
    pub all: Vec<Test>,
    /// At least one of these.
    pub any: Vec<Test>,
    /// None of these.
    pub none: Vec<Test>,
}

impl RuleClue {
    /// Where the clue is seen. `None`: it is not.
    pub fn see(&self, case: &Case<'_>) -> Option<Vec<Span>> {
        let mut spans = Vec::new();
        for test in &self.all {
            spans.extend(test.ask(case)?);
        }
        if !self.any.is_empty() {
            let asked = self.any.iter().filter_map(|test| test.ask(case));
            let seen: Vec<Span> = asked.flatten().collect();
            if seen.is_empty() {
                return None;
            }
            spans.extend(seen);
        }
        if self.none.iter().any(|test| test.ask(case).is_some()) {
            return None;
        }
        spans.sort_unstable();
        spans.dedup();
        Some(spans)
    }
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It is no TOML of the right form.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// The cause is not of the list.
    #[error("`{0}` is no cause")]
    Cause(String),
    /// A test that nobody knows.
    #[error("`{test}` is no test: {why}")]
    Test {
        /// The test.
        test: String,
        /// What is wrong with it.
        why: String,
    },
    /// A pattern is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A clue that would always be seen.
    #[error("the clue `{0}` asks for nothing")]
    Empty(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cause: String,
    about: String,
    #[serde(default)]
    ask: Vec<Ask>,
    clue: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    weight: f32,
    says: String,
    #[serde(default)]
    decisive: bool,
    #[serde(default)]
    alone: bool,
    #[serde(default)]
    all: Vec<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
}

impl Rule {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        let file: File = toml::from_str(text)?;
        let cause = Cause::from_slug(&file.cause).ok_or(RuleError::Cause(file.cause))?;
        let clues = file.clue.into_iter().map(clue).collect::<Result<_, _>>()?;
        Ok(Rule { cause, about: file.about, ask: file.ask, clues })
    }
}

fn clue(row: Row) -> Result<RuleClue, RuleError> {
    let tests = |texts: Vec<String>| {
        texts.iter().map(|it| Test::parse(it)).collect::<Result<Vec<Test>, _>>()
    };
    if row.all.is_empty() && row.any.is_empty() {
        return Err(RuleError::Empty(row.says));
    }
    Ok(RuleClue {
        weight: row.weight,
        says: row.says,
        decisive: row.decisive,
        alone: row.alone,
        all: tests(row.all)?,
        any: tests(row.any)?,
        none: tests(row.none)?,
    })
}
