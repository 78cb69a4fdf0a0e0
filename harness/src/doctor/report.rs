//! A doctor's report as text.

use std::fmt;

use super::check::{DoctorReport, Finding, State};

impl fmt::Display for DoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.platform)?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.requirement;
        match &self.state {
            State::Found(paths) if paths.is_empty() => {
                write!(f, "  ok       {:<16} allowed", row.id)
            }
            State::Found(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                write!(f, "  ok       {:<16} {}", row.id, paths.join(", "))
            }
            State::Missing { reason, remedy } => {
                writeln!(f, "  missing  {:<16} {reason}", row.id)?;
                writeln!(f, "           {:<16} for {}; {}", "", row.purpose, row.missing)?;
                write!(f, "           {:<16} {remedy}", "")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{
        platform::{OsRelease, Platform, Privilege},
        requirement::Id,
    };

    #[test]
    fn says_what_is_there_what_is_not_and_what_to_type() {
        let release = OsRelease::parse("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        let finding = |id: Id, state| Finding { requirement: id.requirement(), state };
        let missing = State::Missing { reason: "go not found".into(), remedy: "get go".into() };
        let report = DoctorReport {
            platform: Platform { release, privilege: Privilege::None },
            findings: vec![
                finding(Id::UserNamespaces, State::Found(vec![])),
                finding(Id::Firewalld, State::Found(vec!["/a".into(), "/b".into()])),
                finding(Id::Go, missing),
            ],
        };
        let expected = "\
Debian GNU/Linux 12 (bookworm), an ordinary user
  ok       user-namespaces  allowed
  ok       firewalld        /a, /b
  missing  go               go not found
                            for the server under test and go-client; what needs it is skipped
                            get go
";
        assert_eq!(report.to_string(), expected);
    }
}
