//! The commands that install packages, as argument lists and as a person types them.

use super::{
    platform::{Family, Privilege},
    requirement::{Id, Package, Requirement},
};

impl Package {
    /// Its name in this family of distributions.
    pub fn name(&self, family: Family) -> &'static str {
        match family {
            Family::Debian => self.debian,
            Family::Ubuntu => self.ubuntu,
            Family::Fedora => self.fedora,
        }
    }
}

/// The packages of these requirements, each once.
pub(super) fn packages(family: Family, of: &[&Requirement]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for package in of.iter().filter_map(|requirement| requirement.package) {
        let name = package.name(family);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What to run, in order, to install `packages`. The first may fail, the last may not: a broken
/// third-party list does not keep Debian's own packages from being installed.
pub(super) fn install(family: Family, privilege: Privilege, packages: &[&str]) -> Vec<Vec<String>> {
    let prefix: &[&str] = match privilege {
        Privilege::Root => &[],
        Privilege::Sudo | Privilege::None => &["sudo", "-n"],
    };
    let argv = |words: &[&str]| {
        prefix.iter().chain(words).map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    // sudo drops the environment, so env(1) sets the variable on the far side of it. Another apt,
    // as a fresh machine runs one in the background, is waited for.
    let apt = |words: &[&str]| {
        let quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
        let patient = ["-o", "DPkg::Lock::Timeout=120"];
        argv(&[&quiet[..], &patient, words].concat())
    };
    match family {
        Family::Debian | Family::Ubuntu => {
            let install = ["install", "-y", "--no-install-recommends"];
            vec![apt(&["update"]), apt(&[&install[..], packages].concat())]
        }
        Family::Fedora => {
            let install = ["dnf", "-y", "install", "--setopt=install_weak_deps=False"];
            vec![argv(&[&install[..], packages].concat())]
        }
    }
}

/// The command line that a person types to get these requirements; `None` when no packages are
/// known for the distribution. It leaves no service running or enabled that was not: a package's
/// own scripts would start firewalld, on the machine instead of in the lab.
pub(super) fn typed(
    family: Option<Family>,
    privilege: Privilege,
    of: &[&Requirement],
) -> Option<String> {
    let family = family?;
    typed_packages(family, privilege, &packages(family, of))
}

/// The same of packages; `None` where there are none.
pub(super) fn typed_packages(
    family: Family,
    privilege: Privilege,
    packages: &[&str],
) -> Option<String> {
    if packages.is_empty() {
        return None;
    }
    let firewalld = Id::Firewalld.requirement().package.map(|package| package.name(family));
    let starts = packages.iter().any(|name| Some(*name) == firewalld);
    let sudo = if privilege == Privilege::Root { "" } else { "sudo " };
    let packages = packages.join(" ");
    let mut line = match family {
        Family::Debian | Family::Ubuntu => format!(
            "{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {packages}"
        ),
        Family::Fedora => format!("{sudo}dnf -y install {packages}"),
    };
    if starts {
        line.push_str(&format!(" && {sudo}systemctl disable --now firewalld"));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn rows(ids: &[Id]) -> Vec<&'static Requirement> {
        ids.iter().map(|id| id.requirement()).collect()
    }

    const APT: &str = "env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120";
    const FLAGS: &str = "install -y --no-install-recommends";

    #[rstest]
    #[case::debian_root(Family::Debian, Privilege::Root, vec![
        format!("{APT} update"),
        format!("{APT} {FLAGS} inetutils-telnet dbus-daemon dbus-bin tinyproxy-bin"),
    ])]
    #[case::ubuntu_sudo(Family::Ubuntu, Privilege::Sudo, vec![
        format!("sudo -n {APT} update"),
        format!("sudo -n {APT} {FLAGS} inetutils-telnet dbus tinyproxy-bin"),
    ])]
    #[case::fedora_sudo(Family::Fedora, Privilege::Sudo, vec![
        "sudo -n dnf -y install --setopt=install_weak_deps=False \
         telnet dbus-daemon dbus-tools tinyproxy".to_owned(),
    ])]
    fn command_lines(
        #[case] family: Family,
        #[case] privilege: Privilege,
        #[case] expected: Vec<String>,
    ) {
        let rows = rows(&[Id::Telnet, Id::DbusDaemon, Id::DbusSend, Id::Tinyproxy]);
        let lines: Vec<String> = install(family, privilege, &packages(family, &rows))
            .iter()
            .map(|argv| argv.join(" "))
            .collect();
        assert_eq!(lines, expected);
    }

    #[rstest]
    #[case::debian(Some(Family::Debian), Privilege::None, &[Id::Curl],
        Some("sudo apt-get update && sudo apt-get install -y --no-install-recommends curl"))]
    #[case::fedora_root(Some(Family::Fedora), Privilege::Root, &[Id::Nc, Id::Go],
        Some("dnf -y install nmap-ncat golang"))]
    #[case::firewalld_stays_off(Some(Family::Fedora), Privilege::None, &[Id::Firewalld],
        Some("sudo dnf -y install firewalld && sudo systemctl disable --now firewalld"))]
    #[case::not_a_package(Some(Family::Debian), Privilege::Root, &[Id::ProcMount], None)]
    #[case::unknown_distribution(None, Privilege::Root, &[Id::Curl], None)]
    fn typed_lines(
        #[case] family: Option<Family>,
        #[case] privilege: Privilege,
        #[case] ids: &[Id],
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(typed(family, privilege, &rows(ids)).as_deref(), expected);
    }
}
