//! `--report FORMAT=PATH`: which report is written where.

use std::{fs, io, path::PathBuf, str::FromStr};

use super::{Told, html, json, junit, markdown};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For programs: every cell, a contract.
    Json,
    /// For whatever shows test results: a test case for each scenario.
    Junit,
    /// A page of GitHub's: the summary of a job.
    Md,
    /// One file for a browser.
    Html,
}

impl Format {
    const ALL: [(Format, &'static str); 4] = [
        (Format::Json, "json"),
        (Format::Junit, "junit"),
        (Format::Md, "md"),
        (Format::Html, "html"),
    ];
}

/// A report to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

/// Why a report is not there.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It cannot be written.
    #[error("cannot write the report {}: {source}", path.display())]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It cannot be made.
    #[error("cannot make the report {}: {reason}", path.display())]
    Unmade {
        /// Where it was to be.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl Target {
    /// Writes the report.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn write(&self, told: Told<'_>) -> Result<(), ReportError> {
        let unmade = |reason| ReportError::Unmade { path: self.path.clone(), reason };
        let text = match self.format {
            Format::Json => json::render(told.runs).map_err(|error| unmade(error.to_string()))?,
            Format::Junit => junit::render(told).map_err(|error| unmade(error.to_string()))?,
            Format::Md => markdown::render(told),
            Format::Html => html::render(told),
        };
        fs::write(&self.path, text)
            .map_err(|source| ReportError::Unwritable { path: self.path.clone(), source })
    }
}

impl FromStr for Target {
    type Err = String;

    /// # Errors
    /// Names the formats.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let forms = || Format::ALL.map(|(_, name)| format!("{name}=PATH")).join(", ");
        let Some((named, path)) = text.split_once('=') else {
            return Err(format!("`{text}` is not a report; write {}", forms()));
        };
        let Some((format, name)) = Format::ALL.into_iter().find(|(_, name)| *name == named) else {
            return Err(format!("there is no report `{named}`; write {}", forms()));
        };
        if path.is_empty() {
            return Err(format!("`{name}=` wants a path: {name}=PATH"));
        }
        Ok(Target { format, path: path.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_is_typed_is_a_format_and_a_path() {
        let target: Target = "md=a=b.md".parse().unwrap();
        assert_eq!(target, Target { format: Format::Md, path: "a=b.md".into() });
        let told = |text: &str| text.parse::<Target>().unwrap_err();
        assert_eq!(told("html="), "`html=` wants a path: html=PATH");
        assert!(told("pdf=x").contains("no report `pdf`; write json=PATH, junit=PATH, md=PATH"));
        assert!(told("x.json").contains("`x.json` is not a report"));
    }

    #[test]
    fn each_format_is_written_and_looks_like_itself() {
        let directory = tempfile::TempDir::new().unwrap();
        let runs = [sample::run("netns")];
        for (name, start) in
            [("json", "{\n"), ("junit", "<?xml"), ("md", "## "), ("html", "<!DOCTYPE html>")]
        {
            let path = directory.path().join(name);
            let target: Target = format!("{name}={}", path.display()).parse().unwrap();
            target.write(Told { runs: &runs, repeat: None }).unwrap();
            let text = fs::read_to_string(path).unwrap();
            assert!(text.starts_with(start) && text.contains("bad"), "{name}: {text}");
        }
        let nowhere = Target { format: Format::Json, path: directory.path().join("no/file") };
        let error = nowhere.write(Told { runs: &runs, repeat: None }).unwrap_err();
        assert!(error.to_string().starts_with("cannot write the report "), "{error}");
    }
}
