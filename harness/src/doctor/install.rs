//! Installing what is missing, without starting anything on this machine.
//!
//! The packages of firewalld and D-Bus start their services where they are installed. The lab wants
//! the programs only, so every install runs under `guard.sh`: a `policy-rc.d` for as long as it
//! takes on Debian, and `systemctl disable` of a firewalld that was not there before.

use std::{
    io::{self, BufRead, BufReader},
    process::{Command, ExitStatus, Stdio},
};

use super::{
    check::DoctorReport,
    command, find,
    platform::{Family, Privilege},
    requirement::{Id, Requirement},
};

/// See the head of the script.
const GUARD: &str = include_str!("guard.sh");

/// Where Debian's package scripts ask whether they may start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Why packages could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// No package names are known for this distribution.
    #[error("no packages are known for {distribution}; install {} yourself", names.join(", "))]
    UnknownDistribution {
        /// What `/etc/os-release` calls it.
        distribution: String,
        /// What is missing.
        names: Vec<String>,
    },
    /// Neither root nor a `sudo` that asks for no password.
    #[error("installing takes root; type `{line}`")]
    NotPermitted {
        /// What to type.
        line: String,
    },
    /// A command could not be run.
    #[error("`{command}`: {source}")]
    Spawn {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// A command failed.
    #[error("`{command}`: {status}: {last}")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The last line that it printed.
        last: String,
    },
    /// The packages are installed and do not bring what they should.
    #[error("installed, and still not found: {}", names.join(", "))]
    StillMissing {
        /// What is missing.
        names: Vec<String>,
    },
}

/// Installs the packages of what `report` found missing among `of`; nothing to do is success. Tells
/// each command, prefixed by `$ `, and each line that it prints through `say`. Takes as long as the
/// package manager does.
///
/// What is not a package, such as a setting of the kernel, is left alone.
///
/// # Errors
/// See [`InstallError`].
pub fn install(
    report: &DoctorReport,
    of: impl IntoIterator<Item = Id>,
    say: &mut dyn FnMut(&str),
) -> Result<(), InstallError> {
    let mut missing = report.missing(of);
    missing.retain(|requirement| requirement.package.is_some());
    if missing.is_empty() {
        return Ok(());
    }
    let platform = &report.platform;
    let Some(family) = platform.family() else {
        let distribution = platform.release.id.clone();
        return Err(InstallError::UnknownDistribution { distribution, names: names(&missing) });
    };
    if platform.privilege == Privilege::None {
        let line = command::typed(Some(family), platform.privilege, &missing).unwrap_or_default();
        return Err(InstallError::NotPermitted { line });
    }

    let commands =
        command::install(family, platform.privilege, &command::packages(family, &missing));
    let (last, before) = commands.split_last().map_or((&[][..], &[][..]), |(a, b)| (&a[..], b));
    for command in before {
        // See `command::install`: the last one decides.
        if let Err(error) = run(command, &Guard::default(), say) {
            say(&format!("{error}; going on with what is there"));
        }
    }
    run(last, &Guard::of(family, &missing), say)?;

    missing.retain(|requirement| find::requirement(requirement).is_err());
    if missing.is_empty() {
        Ok(())
    } else {
        Err(InstallError::StillMissing { names: names(&missing) })
    }
}

fn names(of: &[&Requirement]) -> Vec<String> {
    of.iter().map(|requirement| requirement.id.to_string()).collect()
}

/// What an install must not do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Guard<'a> {
    /// The `policy-rc.d` to have meanwhile; empty for none.
    policy: &'a str,
    /// The unit to stop and disable afterwards; empty for none.
    unit: &'a str,
}

impl Guard<'_> {
    fn of(family: Family, missing: &[&Requirement]) -> Guard<'static> {
        let firewalld = missing.iter().any(|requirement| requirement.id == Id::Firewalld);
        Guard {
            policy: if family == Family::Fedora { "" } else { POLICY },
            unit: if firewalld { "firewalld" } else { "" },
        }
    }

    /// The command under this guard; `sudo -n`, where it has that, stays in front.
    fn wrap(&self, command: &[String]) -> Vec<String> {
        let sudo = if command.starts_with(&["sudo".to_owned(), "-n".to_owned()]) { 2 } else { 0 };
        let (sudo, command) = command.split_at(sudo);
        let guard = ["sh", "-c", GUARD, "guard", self.policy, self.unit].map(str::to_owned);
        [sudo, &guard[..], command].concat()
    }
}

fn run(
    command: &[String],
    guard: &Guard<'_>,
    say: &mut dyn FnMut(&str),
) -> Result<(), InstallError> {
    let line = command.join(" ");
    say(&format!("$ {line}"));
    match stream(&guard.wrap(command), say) {
        Ok((status, _)) if status.success() => Ok(()),
        Ok((status, last)) => Err(InstallError::Failed { command: line, status, last }),
        Err(source) => Err(InstallError::Spawn { command: line, source }),
    }
}

/// Runs a program to its end, and tells each line of its stdout and stderr as it comes. Returns how
/// it ended and the last line that was not blank.
fn stream(argv: &[String], say: &mut dyn FnMut(&str)) -> io::Result<(ExitStatus, String)> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no program"));
    };
    let (reader, writer) = io::pipe()?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()?;
    let mut last = String::new();
    let mut told = Ok(());
    for line in BufReader::new(reader).split(b'\n') {
        match line {
            Ok(line) => {
                let text = String::from_utf8_lossy(&line);
                let text = text.trim_end();
                say(text);
                if !text.is_empty() {
                    text.clone_into(&mut last);
                }
            }
            Err(error) => {
                told = Err(error);
                break;
            }
        }
    }
    let status = child.wait()?;
    told.map(|()| (status, last))
}

#[cfg(test)]
#[path = "install_tests.rs"]
mod tests;
