//! What a scenario needs in a guest that is no lab's: a real distro, with real `sudo` and services of
//! its own, into which only the fixtures' programs are copied.

use std::collections::BTreeSet;

use super::{
    command,
    needs::{self, Text},
    platform::{OsRelease, Privilege},
    requirement::{Id, Requirement},
};
use crate::{
    fixture::{FixtureError, Fixtures},
    node::Node,
    scenario::Scenario,
    topology::SECOND_USER,
};

/// A lab's guest has one of its own; a distro has it from a package of this name.
const SUDO: &str = "sudo";

/// What a scenario needs in the guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuestNeeds {
    requirements: BTreeSet<Id>,
    sudo: bool,
    second_user: bool,
}

impl GuestNeeds {
    /// What its lines name, and what its services are. What only builds a service is not needed.
    ///
    /// # Errors
    /// When it names a service that is no fixture.
    pub fn of(scenario: &Scenario, fixtures: &Fixtures) -> Result<GuestNeeds, FixtureError> {
        let mut found = GuestNeeds {
            second_user: needs::extras(scenario).second_user,
            ..GuestNeeds::default()
        };
        let in_guest = |text: &Text<'_>| text.on != Node::Lan;
        for text in needs::texts(scenario).filter(in_guest) {
            let named = Requirement::all().filter(|row| needs::mentions(text, row.programs()));
            found.requirements.extend(named.map(|row| row.id));
            found.sudo |= needs::mentions(text, &[SUDO]);
        }
        for program in needs::programs(scenario, Node::Wsl) {
            let argv = &fixtures.service(program)?.manifest.argv;
            let is = |row: &&Requirement| {
                argv.first().is_some_and(|it| row.programs().contains(&it.as_str()))
            };
            found.requirements.extend(Requirement::all().filter(is).map(|row| row.id));
        }
        Ok(found)
    }
}

/// What a guest has, as it was asked once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuestHas {
    release: OsRelease,
    programs: BTreeSet<String>,
    second_user: bool,
}

/// What is missing in a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// By name.
    pub names: Vec<String>,
    /// What brings it, typed by root in the guest; `None` for a distribution that is not known.
    pub line: Option<String>,
}

impl GuestHas {
    /// Asks for everything that a scenario could need. Its arguments are [`GuestHas::asked`].
    pub const SCRIPT: &str = include_str!("guest.sh");

    /// The arguments of the script: a user, and programs.
    pub fn asked() -> Vec<&'static str> {
        let programs = Requirement::all().flat_map(Requirement::programs).copied();
        [SECOND_USER, SUDO].into_iter().chain(programs).collect()
    }

    /// Reads what the script has printed.
    pub fn read(text: &str) -> GuestHas {
        let lines = || text.lines().map(str::trim_end);
        let programs = lines().filter_map(|line| line.strip_prefix("program "));
        GuestHas {
            release: OsRelease::parse(text),
            programs: programs.map(str::to_owned).collect(),
            second_user: lines().any(|line| line.strip_prefix("user ") == Some(SECOND_USER)),
        }
    }

    /// What it lacks of what is needed.
    pub fn lacks(&self, needs: &GuestNeeds) -> Option<Lack> {
        let has = |name: &&str| self.programs.contains(*name);
        let rows: Vec<&Requirement> = needs
            .requirements
            .iter()
            .map(|id| id.requirement())
            .filter(|row| !row.is_met_by(|name| has(&name)))
            .collect();
        let sudo = needs.sudo && !has(&SUDO);
        let user = needs.second_user && !self.second_user;
        let mut names: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        names.extend(sudo.then(|| SUDO.to_owned()));
        names.extend(user.then(|| format!("the user {SECOND_USER}")));
        if names.is_empty() {
            return None;
        }
        let family = self.release.family();
        let packages = family.map(|family| {
            let mut packages = command::packages(family, &rows);
            packages.extend(sudo.then_some(SUDO));
            command::typed_packages(family, Privilege::Root, &packages)
        });
        let user = user.then(|| format!("useradd --create-home {SECOND_USER}"));
        let line = match (packages, user) {
            (Some(Some(packages)), Some(user)) => Some(format!("{packages} && {user}")),
            (Some(Some(packages)), None) => Some(packages),
            (Some(None), user) => user,
            (None, user) => user.filter(|_| names.len() == 1),
        };
        Some(Lack { names, line })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::verdict::sample;

    const DEBIAN: &str = "user dev\nprogram sudo\nprogram ip\nprogram ss\nID=debian\n";

    /// A scenario with this step and with a service.
    fn needs(step: &str) -> GuestNeeds {
        let text = format!(
            "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
             summary = 's'\n[service]\nlisten = ':8080'\n[[case]]\nname = 'a'\nsteps = [{step}]\n"
        );
        let fixtures = Fixtures::load(&Fixtures::default_root()).unwrap();
        GuestNeeds::of(&sample::scenario(&text), &fixtures).unwrap()
    }

    #[rstest]
    // A server that was built elsewhere needs no Go.
    #[case::nothing("", None, None)]
    #[case::what_is_there("{ on = 'wsl', run = 'sudo ss -tln' }", None, None)]
    #[case::firewalld(
        "{ on = 'wsl', run = 'sudo systemctl start firewalld' }",
        Some("firewalld"),
        Some("firewalld && systemctl disable --now firewalld")
    )]
    #[case::behind_wsl(
        "{ on = 'windows', run = 'wsl -- go version' }",
        Some("go"),
        Some("golang-go")
    )]
    #[case::of_windows("{ on = 'windows', run = 'curl http://localhost' }", None, None)]
    #[case::of_the_lan("{ on = 'lan', run = 'go version' }", None, None)]
    #[case::a_service("{ on = 'wsl', service = { program = 'dlv' } }", Some("dlv"), Some("delve"))]
    #[case::of_the_lan_as_well(
        "{ on = 'lan', service = { program = 'tinyproxy', listen = '0.0.0.0:3128' } }",
        None,
        None
    )]
    fn what_a_distro_lacks(
        #[case] step: &str,
        #[case] name: Option<&str>,
        #[case] ends: Option<&str>,
    ) {
        let lack = GuestHas::read(DEBIAN).lacks(&needs(step));
        assert_eq!(lack.as_ref().map(|lack| lack.names.join(", ")).as_deref(), name);
        let line = lack.and_then(|lack| lack.line);
        assert_eq!(line.is_some(), ends.is_some());
        if let (Some(line), Some(ends)) = (line, ends) {
            assert!(line.starts_with("apt-get update && apt-get install -y "), "{line}");
            assert!(line.ends_with(ends), "{line}");
        }
    }

    #[test]
    fn sudo_and_the_second_user_are_a_distros_own() {
        let needs = needs("{ on = 'wsl', run = 'sudo -u dev ss -tln' }");
        assert_eq!(GuestHas::read(DEBIAN).lacks(&needs), None);
        let bare = "program ip\nprogram ss\n";
        let lack = GuestHas::read(&format!("{bare}ID=fedora\n")).lacks(&needs).unwrap();
        assert_eq!(lack.names, ["sudo", "the user dev"]);
        let line = "dnf -y install sudo && useradd --create-home dev";
        assert_eq!(lack.line.as_deref(), Some(line));
        let unknown = GuestHas::read(&format!("{bare}ID=slackware\n")).lacks(&needs).unwrap();
        assert_eq!(unknown.line, None, "half of it would not help");
        let user = GuestHas::read(&format!("{bare}program sudo\nID=slackware\n"));
        let line = user.lacks(&needs).unwrap().line;
        assert_eq!(line.as_deref(), Some("useradd --create-home dev"));
    }

    #[test]
    #[cfg(unix)]
    fn the_script_asks_a_real_shell() {
        let mut arguments = vec!["-c", GuestHas::SCRIPT, "sh"];
        arguments.extend(GuestHas::asked());
        arguments.extend(["sh", "no-such-program"]);
        let output = std::process::Command::new("sh").args(arguments).output().unwrap();
        assert!(output.status.success());
        let has = GuestHas::read(&String::from_utf8(output.stdout).unwrap());
        assert!(has.programs.contains("sh") && !has.programs.contains("no-such-program"));
        assert!(!has.release.id.is_empty());
    }
}
