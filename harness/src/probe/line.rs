//! A program with its arguments, printed as a person would type it.

use std::{fmt, path::PathBuf};

/// A command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The name to type.
    pub name: String,
    /// The file to run.
    pub path: PathBuf,
    /// The arguments.
    pub args: Vec<String>,
}

impl Line {
    /// A line of the program at `path`, or, for a twin, of the one that would be called `name`.
    pub fn new(path: Option<PathBuf>, name: &str, args: Vec<String>) -> Self {
        let path = path.unwrap_or_else(|| PathBuf::from(name));
        Line { name: name.to_owned(), path, args }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for arg in &self.args {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
            if !arg.is_empty() && arg.chars().all(plain) {
                write!(f, " {arg}")?;
            } else {
                write!(f, " '{}'", arg.replace('\'', r"'\''"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_a_shell_would_change_are_quoted() {
        let args = ["-sS", "http://[::1]:8080/", "it's", ""].map(str::to_owned).to_vec();
        let line = Line::new(None, "curl", args);
        assert_eq!(line.to_string(), r"curl -sS 'http://[::1]:8080/' 'it'\''s' ''");
    }
}
