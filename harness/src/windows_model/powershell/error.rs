//! What PowerShell says when something goes wrong, in the layout of 5.1.

use super::token::Span;
use crate::windows_model::WindowsError;

/// Why a command did not do what it was told.
#[derive(Debug)]
pub enum Trouble {
    /// PowerShell itself says so.
    Said(ErrorRecord),
    /// The lab cannot do it.
    Lab(WindowsError),
}

impl<E: Into<WindowsError>> From<E> for Trouble {
    fn from(error: E) -> Trouble {
        Trouble::Lab(error.into())
    }
}

/// An error of PowerShell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRecord {
    /// The command as it was typed; nothing for an error of the parser.
    pub command: Option<String>,
    /// The text.
    pub message: String,
    /// What stands behind `CategoryInfo`.
    pub category: String,
    /// What stands behind `FullyQualifiedErrorId`.
    pub id: String,
    /// The part of the script it is about.
    pub span: Span,
}

impl ErrorRecord {
    /// The whole text. Long lines stay long: 5.1 breaks them at the width of the console and shows
    /// a part of the script only.
    pub fn print(&self, script: &str) -> String {
        let head = self.command.as_ref().map(|name| format!("{name} : ")).unwrap_or_default();
        let at = self.span.start;
        let before = script.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = script[line_start..].find('\n').map_or(script.len(), |end| line_start + end);
        let number = before.matches('\n').count() + 1;
        let column = script.get(line_start..at).map_or(0, |text| text.chars().count());
        let until = self.span.end.clamp(at, line_end.max(at));
        let marked = script.get(at..until).map_or(0, |text| text.chars().count()).max(1);
        let position = format!(
            "At line:{number} char:{}\n+ {}\n+ {}{}\n",
            column + 1,
            script[line_start..line_end].trim_end(),
            " ".repeat(column),
            "~".repeat(marked),
        );
        let details = format!(
            "    + CategoryInfo          : {}\n    + FullyQualifiedErrorId : {}\n \n",
            self.category, self.id
        );
        // The parser's position comes before its text.
        if self.command.is_none() {
            return format!("{position}{}\n{details}", self.message);
        }
        format!("{head}{}\n{position}{details}", self.message)
    }
}
