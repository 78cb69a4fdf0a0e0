//! The closed table of what the lab needs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A requirement, by the word that `service.toml` and reports use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Id {
    /// User namespaces without privileges.
    UserNamespaces,
    /// Mounting a /proc of one's own.
    ProcMount,
    /// An ICMP echo client.
    Ping,
    /// A telnet client.
    Telnet,
    /// A netcat.
    Nc,
    /// curl.
    Curl,
    /// The Go toolchain.
    Go,
    /// firewalld and its command.
    Firewalld,
    /// The D-Bus reference daemon.
    DbusDaemon,
    /// The D-Bus command-line client.
    DbusSend,
    /// The HTTP proxy.
    Tinyproxy,
    /// systemd's network daemon.
    SystemdNetworkd,
    /// iproute2's `ip` and `ss`.
    Ip,
    /// nftables' `nft`.
    Nft,
    /// procps' `sysctl`.
    Sysctl,
    /// The Go debugger.
    Dlv,
    /// The programs that write an id map with more than one id.
    Uidmap,
    /// A second id for this user.
    Subids,
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its word.
    pub id: Id,
    /// What the lab does with it.
    pub purpose: &'static str,
    /// How it is found.
    pub find: Find,
    /// What it is installed from; `None` for what is not a package.
    pub package: Option<Package>,
    /// What follows when it is not there.
    pub missing: Missing,
    /// What is of no use without these.
    pub with: &'static [Id],
}

/// How a requirement is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Find {
    /// All of these programs.
    Programs(&'static [&'static str]),
    /// The first of these programs that is there.
    AnyOf(&'static [&'static str]),
    /// The kernel's settings allow it.
    Kernel,
}

/// The package that brings a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// On Debian 12 and later.
    pub debian: &'static str,
    /// On Ubuntu 22.04 and later.
    pub ubuntu: &'static str,
    /// On Fedora and its relatives.
    pub fedora: &'static str,
}

/// What follows when a requirement is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The netns arm cannot build its lab at all.
    NoLab,
    /// The native twin probes instead.
    NativeTwin,
    /// What needs it is skipped.
    Skip,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Missing::NoLab => "no lab without it",
            Missing::NativeTwin => "the native twin probes instead",
            Missing::Skip => "what needs it is skipped",
        })
    }
}

const fn same(name: &'static str) -> Option<Package> {
    package(name, name, name)
}

const fn package(
    debian: &'static str,
    ubuntu: &'static str,
    fedora: &'static str,
) -> Option<Package> {
    Some(Package { debian, ubuntu, fedora })
}

const fn row(
    id: Id,
    find: Find,
    package: Option<Package>,
    missing: Missing,
    purpose: &'static str,
) -> Requirement {
    Requirement { id, purpose, find, package, missing, with: &[] }
}

/// The table, in the order of the ids, which is that of reports.
static TABLE: [Requirement; 18] = {
    use Find::{AnyOf, Kernel, Programs};
    use Missing::{NativeTwin, NoLab, Skip};
    [
        row(Id::UserNamespaces, Kernel, None, NoLab, "the nodes, without root"),
        row(Id::ProcMount, Kernel, None, NoLab, "a pid namespace for each node"),
        row(
            Id::Ping,
            Programs(&["ping"]),
            package("iputils-ping", "iputils-ping", "iputils"),
            NativeTwin,
            "probes",
        ),
        row(
            Id::Telnet,
            Programs(&["telnet"]),
            package("inetutils-telnet", "inetutils-telnet", "telnet"),
            NativeTwin,
            "probes",
        ),
        row(
            Id::Nc,
            AnyOf(&["nc", "ncat"]),
            package("netcat-openbsd", "netcat-openbsd", "nmap-ncat"),
            NativeTwin,
            "probes",
        ),
        row(Id::Curl, Programs(&["curl"]), same("curl"), NativeTwin, "probes"),
        row(
            Id::Go,
            Programs(&["go"]),
            package("golang-go", "golang-go", "golang"),
            Skip,
            "the server under test and go-client",
        ),
        Requirement {
            id: Id::Firewalld,
            purpose: "a real firewalld inside wsl",
            find: Programs(&["firewalld", "firewall-cmd"]),
            package: same("firewalld"),
            missing: Skip,
            with: &[Id::DbusDaemon, Id::DbusSend],
        },
        row(
            Id::DbusDaemon,
            Programs(&["dbus-daemon"]),
            // Ubuntu 22.04 has the daemon and its clients in one package, later ones pull them in.
            package("dbus-daemon", "dbus", "dbus-daemon"),
            Skip,
            "a private bus for firewalld",
        ),
        row(
            Id::DbusSend,
            Programs(&["dbus-send"]),
            package("dbus-bin", "dbus", "dbus-tools"),
            Skip,
            "asking firewalld whether it is ready",
        ),
        row(
            Id::Tinyproxy,
            Programs(&["tinyproxy"]),
            // The executable alone: the other package starts a proxy on this machine.
            package("tinyproxy-bin", "tinyproxy-bin", "tinyproxy"),
            Skip,
            "a proxy on the LAN",
        ),
        row(
            Id::SystemdNetworkd,
            Programs(&["systemd-networkd"]),
            package("systemd", "systemd", "systemd-networkd"),
            Skip,
            "a real systemd-networkd inside wsl",
        ),
        row(
            Id::Ip,
            Programs(&["ip", "ss"]),
            package("iproute2", "iproute2", "iproute"),
            Skip,
            "`bench`, to compare with, and steps that type it",
        ),
        row(
            Id::Nft,
            Programs(&["nft"]),
            same("nftables"),
            Skip,
            "`bench`, to compare with, and steps that type it",
        ),
        row(
            Id::Sysctl,
            Programs(&["sysctl"]),
            package("procps", "procps", "procps-ng"),
            Skip,
            "steps that type it",
        ),
        row(Id::Dlv, Programs(&["dlv"]), same("delve"), Skip, "a real debugger inside wsl"),
        row(
            Id::Uidmap,
            Programs(&["newuidmap", "newgidmap"]),
            package("uidmap", "uidmap", "shadow-utils"),
            Skip,
            "a second user inside wsl, where this user is not root",
        ),
        Requirement {
            id: Id::Subids,
            purpose: "a second user inside wsl",
            find: Kernel,
            package: None,
            missing: Skip,
            with: &[Id::Uidmap],
        },
    ]
};

impl Requirement {
    /// Every requirement, in the order in which reports list them.
    pub fn all() -> impl Iterator<Item = &'static Requirement> {
        TABLE.iter()
    }

    /// The names of its programs; none for what the kernel grants.
    pub fn programs(&self) -> &'static [&'static str] {
        match self.find {
            Find::Programs(names) | Find::AnyOf(names) => names,
            Find::Kernel => &[],
        }
    }

    /// Whether it is met where these programs are; what the kernel grants is.
    pub fn is_met_by(&self, mut has: impl FnMut(&'static str) -> bool) -> bool {
        match self.find {
            Find::Programs(names) => names.iter().all(|name| has(name)),
            Find::AnyOf(names) => names.iter().any(|name| has(name)),
            Find::Kernel => true,
        }
    }
}

impl Id {
    /// The row of the table.
    pub fn requirement(self) -> &'static Requirement {
        // The table has a row for every id, in the order of the ids; a test holds that.
        &TABLE[self as usize]
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Id::UserNamespaces => "user-namespaces",
            Id::ProcMount => "proc-mount",
            Id::Ping => "ping",
            Id::Telnet => "telnet",
            Id::Nc => "nc",
            Id::Curl => "curl",
            Id::Go => "go",
            Id::Firewalld => "firewalld",
            Id::DbusDaemon => "dbus-daemon",
            Id::DbusSend => "dbus-send",
            Id::Tinyproxy => "tinyproxy",
            Id::SystemdNetworkd => "systemd-networkd",
            Id::Ip => "ip",
            Id::Nft => "nft",
            Id::Sysctl => "sysctl",
            Id::Dlv => "dlv",
            Id::Uidmap => "uidmap",
            Id::Subids => "subids",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_its_row_and_one_word() {
        for requirement in Requirement::all() {
            let id = requirement.id;
            assert_eq!(id.requirement().id, id);
            assert_eq!(serde_json::to_value(id).unwrap(), id.to_string());
        }
    }

    #[test]
    fn what_is_a_program_is_also_a_package() {
        for requirement in Requirement::all() {
            let is_program = !requirement.programs().is_empty();
            assert_eq!(requirement.package.is_some(), is_program, "{}", requirement.id);
        }
    }
}
