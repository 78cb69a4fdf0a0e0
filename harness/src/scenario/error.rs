//! What is wrong with a scenario file, and where.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use miette::{Diagnostic, NamedSource, SourceSpan};

/// One mistake in a scenario file. A terminal shows it with the line it stands on.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(scenario))]
pub struct ScenarioError {
    /// What is wrong, in one sentence without its place.
    pub message: String,
    /// The file.
    pub path: PathBuf,
    /// Line and column, both from 1, the column in characters. `None` where the file as a whole is
    /// wrong; the message names it then.
    pub position: Option<(usize, usize)>,
    /// What may stand there.
    #[help]
    pub help: Option<String>,
    #[source_code]
    text: NamedSource<Arc<str>>,
    #[label("here")]
    span: Option<SourceSpan>,
}

impl ScenarioError {
    /// A mistake of the file as a whole; `message` names the file.
    pub(super) fn whole_file(path: &Path, message: String, help: Option<&str>) -> Self {
        ScenarioError {
            message,
            path: path.to_owned(),
            position: None,
            help: help.map(str::to_owned),
            text: NamedSource::new(path.to_string_lossy(), Arc::from("")),
            span: None,
        }
    }

    /// Everything on one line, for output without colours: `FILE:LINE:COLUMN: message (help)`.
    pub fn plain(&self) -> String {
        let mut line = String::new();
        if let Some((row, column)) = self.position {
            line = format!("{}:{row}:{column}: ", self.path.display());
        }
        line.push_str(&self.message);
        if let Some(help) = &self.help {
            line.push_str(&format!(" ({help})"));
        }
        line
    }
}

/// Collects the mistakes of one file.
pub(super) struct Problems {
    path: PathBuf,
    text: Arc<str>,
    found: Vec<(usize, ScenarioError)>,
}

impl Problems {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Problems { path: path.to_owned(), text: Arc::from(text), found: Vec::new() }
    }

    /// Notes a mistake at a byte range of the text.
    pub(super) fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), None);
    }

    /// Notes a mistake with a hint.
    pub(super) fn add_help(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(span, message.into(), Some(help.into()));
    }

    pub(super) fn push(&mut self, span: &Range<usize>, message: String, help: Option<String>) {
        let start = span.start.min(self.text.len());
        let length = span.end.clamp(start, self.text.len()) - start;
        let error = ScenarioError {
            message,
            path: self.path.clone(),
            position: Some(self.position(start)),
            help,
            text: NamedSource::new(self.path.to_string_lossy(), self.text.clone())
                .with_language("TOML"),
            span: Some((start, length).into()),
        };
        self.found.push((start, error));
    }

    /// The line, from 1, of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.position(offset).0
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The mistakes in the order in which they stand in the file.
    pub(super) fn into_errors(mut self) -> Vec<ScenarioError> {
        self.found.sort_by_key(|(start, _)| *start);
        self.found.into_iter().map(|(_, error)| error).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "a = 1\nä = \"ö\" # x\n";
        let mut problems = Problems::new(Path::new("s.toml"), text);
        let hash = text.find('#').unwrap();
        problems.add_help(&(hash..hash + 1), "second", "remove it");
        problems.add(&(0..1), "first");
        let errors = problems.into_errors();
        assert_eq!(errors[0].plain(), "s.toml:1:1: first");
        assert_eq!(errors[1].plain(), "s.toml:2:9: second (remove it)");
    }

    #[test]
    fn a_span_past_the_end_is_clamped() {
        let mut problems = Problems::new(Path::new("s.toml"), "ab\n");
        problems.add(&(90..99), "gone");
        assert_eq!(problems.into_errors()[0].position, Some((2, 1)));
    }
}
