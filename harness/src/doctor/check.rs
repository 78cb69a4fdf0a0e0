//! Looking at this machine.

use std::path::PathBuf;

use super::{
    command, find,
    kernel::{Kernel, Obstacle},
    platform::{Platform, Privilege},
    requirement::{Find, Id, Requirement},
    subid,
};

/// What this machine has and lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorReport {
    /// The machine.
    pub platform: Platform,
    /// One finding for each requirement, in the order of the table.
    pub findings: Vec<Finding>,
}

/// A requirement and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is required.
    pub requirement: &'static Requirement,
    /// How it stands.
    pub state: State,
}

/// How a requirement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// These programs are there; none for what the kernel grants.
    Found(Vec<PathBuf>),
    /// It is not there.
    Missing {
        /// What is missing, or what forbids it.
        reason: String,
        /// The exact command, or the option of the container, that changes it.
        remedy: String,
    },
}

/// Looks at this machine. Spawns nothing but `sudo -n true`, changes nothing.
pub fn check() -> DoctorReport {
    let platform = Platform::detect();
    let kernel = Kernel::read();
    let findings = Requirement::all()
        .map(|requirement| Finding { requirement, state: examine(requirement, &platform, &kernel) })
        .collect();
    DoctorReport { platform, findings }
}

fn examine(requirement: &Requirement, platform: &Platform, kernel: &Kernel) -> State {
    let granted = match requirement.id {
        Id::UserNamespaces => kernel.user_namespaces(),
        Id::ProcMount => kernel.proc_mount(),
        Id::Subids => subid::second_id(),
        // Root writes an id map itself.
        Id::Uidmap if platform.privilege == Privilege::Root => return State::Found(Vec::new()),
        _ => Ok(()),
    };
    if let Err(Obstacle { reason, remedy }) = granted {
        return State::Missing { reason, remedy };
    }
    match find::requirement(requirement) {
        Ok(paths) => State::Found(paths),
        Err(missing) => {
            let either = matches!(requirement.find, Find::AnyOf(_));
            let names = missing.join(if either { " or " } else { ", " });
            let typed = command::typed(platform.family(), platform.privilege, &[requirement]);
            State::Missing {
                reason: format!("{names} not found"),
                remedy: typed.unwrap_or_else(|| {
                    format!("install {names} with the package manager of this system")
                }),
            }
        }
    }
}

impl DoctorReport {
    /// The finding on one requirement.
    pub fn finding(&self, id: Id) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.requirement.id == id)
    }

    /// Whether a requirement is there.
    pub fn has(&self, id: Id) -> bool {
        self.finding(id).is_some_and(|finding| matches!(finding.state, State::Found(_)))
    }

    /// The first program of a requirement, where it is there.
    pub fn program(&self, id: Id) -> Option<&PathBuf> {
        match &self.finding(id)?.state {
            State::Found(paths) => paths.first(),
            State::Missing { .. } => None,
        }
    }

    /// What is missing among `of`, in its order.
    pub fn missing(&self, of: impl IntoIterator<Item = Id>) -> Vec<&'static Requirement> {
        of.into_iter().filter(|id| !self.has(*id)).map(Id::requirement).collect()
    }

    /// One command line that installs what is missing among `of`; `None` when nothing is, or none
    /// is known for this distribution.
    pub fn install_line(&self, of: impl IntoIterator<Item = Id>) -> Option<String> {
        let missing = self.missing(of);
        command::typed(self.platform.family(), self.platform.privilege, &missing)
    }

    /// What to type for everything that is missing among `of`: the line that installs, then what no
    /// package brings. Empty when nothing is missing.
    pub fn remedy_line(&self, of: impl IntoIterator<Item = Id>) -> String {
        let missing = self.missing(of);
        let install = self.install_line(missing.iter().map(|requirement| requirement.id));
        let installed =
            |requirement: &Requirement| install.is_some() && requirement.package.is_some();
        let others = missing.iter().filter(|requirement| !installed(requirement));
        let others = others.filter_map(|requirement| match &self.finding(requirement.id)?.state {
            State::Missing { remedy, .. } => Some(remedy.clone()),
            State::Found(_) => None,
        });
        let lines: Vec<String> = install.clone().into_iter().chain(others).collect();
        lines.join(" && ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{platform::OsRelease, requirement::Missing};

    fn debian_user() -> Platform {
        let release = OsRelease::parse("ID=debian\nVERSION_CODENAME=bookworm\n");
        Platform { release, privilege: Privilege::None }
    }

    #[test]
    fn every_requirement_has_a_finding() {
        let report = check();
        let ids: Vec<Id> = report.findings.iter().map(|finding| finding.requirement.id).collect();
        assert_eq!(ids, Requirement::all().map(|row| row.id).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_missing_comes_with_the_command_that_brings_it() {
        let absent = Requirement {
            id: Id::Telnet,
            purpose: "",
            find: Find::AnyOf(&["no-such-telnet", "nor-this"]),
            package: Id::Telnet.requirement().package,
            missing: Missing::NativeTwin,
            with: &[],
        };
        let state = examine(&absent, &debian_user(), &Kernel::default());
        let State::Missing { reason, remedy } = state else { panic!("{state:?}") };
        assert_eq!(reason, "no-such-telnet or nor-this not found");
        assert!(remedy.ends_with("apt-get install -y --no-install-recommends inetutils-telnet"));
    }

    #[test]
    fn one_line_installs_all_that_is_missing() {
        let missing = |id: Id| Finding {
            requirement: id.requirement(),
            state: State::Missing { reason: String::new(), remedy: String::new() },
        };
        let found = Finding {
            requirement: Id::Curl.requirement(),
            state: State::Found(vec!["/usr/bin/curl".into()]),
        };
        let subids = Finding {
            requirement: Id::Subids.requirement(),
            state: State::Missing { reason: String::new(), remedy: "usermod x".to_owned() },
        };
        let findings = vec![missing(Id::Telnet), found, missing(Id::Go), subids];
        let report = DoctorReport { platform: debian_user(), findings };

        let line = report.install_line([Id::Telnet, Id::Curl, Id::Go]).unwrap();
        assert!(line.ends_with("--no-install-recommends inetutils-telnet golang-go"), "{line}");
        assert_eq!(report.install_line([Id::Curl]), None);
        assert_eq!(report.remedy_line([Id::Curl]), "");
        let line = report.remedy_line([Id::Curl, Id::Subids, Id::Telnet]);
        assert!(line.ends_with("--no-install-recommends inetutils-telnet && usermod x"), "{line}");
        assert_eq!(report.program(Id::Curl), Some(&"/usr/bin/curl".into()));
        assert!(!report.has(Id::Go));
    }
}
