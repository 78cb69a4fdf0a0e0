//! What runs on a machine and how it is configured.

use super::socket::Proto;

/// How Windows and Linux stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// No WSL takes part: a Linux machine, containers, a Mac.
    None,
    /// WSL2; the mode is not said, which means NAT.
    Wsl2,
    /// WSL2 in NAT mode, said.
    Nat,
    /// WSL2 in mirrored mode.
    Mirrored,
    /// WSL2 with virtioproxy or consomme.
    Virtio,
    /// WSL1.
    Wsl1,
}

impl Mode {
    /// One word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::None => "none",
            Mode::Wsl2 => "wsl2",
            Mode::Nat => "nat",
            Mode::Mirrored => "mirrored",
            Mode::Virtio => "virtio",
            Mode::Wsl1 => "wsl1",
        }
    }
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name as it was written.
    pub name: String,
    /// Its value; `None` where the report says that it is not set.
    pub value: Option<String>,
}

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SettingFile {
    /// `%UserProfile%\.wslconfig`
    WslConfig,
    /// `/etc/wsl.conf`
    WslConf,
    /// Another one, or one that the report does not name.
    Other(Option<String>),
}

/// A key of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The file.
    pub file: SettingFile,
    /// The section, without brackets, as written; `None` before the first.
    pub section: Option<String>,
    /// The key as written.
    pub key: String,
    /// The value as written.
    pub value: String,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: Option<u32>,
    /// Its program, in lower case, without path and `.exe`.
    pub program: String,
    /// The services in it (`tasklist /svc`), in lower case.
    pub services: Vec<String>,
}

/// Who runs a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunBy {
    /// Its number.
    pub pid: u32,
    /// The user's name as written.
    pub user: String,
}

/// Whether something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It does.
    Running,
    /// It does not.
    Stopped,
    /// It does not, and is not to.
    Disabled,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name, in lower case: `iphlpsvc`, `systemd-resolved`.
    pub name: String,
    /// Whether it runs.
    pub state: State,
}

/// A row of `wsl -l -v`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distro {
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub state: State,
    /// 1 or 2.
    pub wsl: u8,
}

/// Of what a version is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Product {
    /// `wsl --version`.
    Wsl,
    /// `ver`, `winver`.
    Windows,
    /// `uname -r`.
    Kernel,
    /// Anything else, in lower case.
    Other(String),
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Of what.
    pub product: Product,
    /// As it was written.
    pub text: String,
}

impl Version {
    /// The numbers of it, as far as there are some: `1.1.3.0` is 1, 1, 3, 0.
    pub fn numbers(&self) -> Vec<u32> {
        let start = self.text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let digits = self.text.get(start..).unwrap_or_default();
        let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
        let digits = digits.get(..end).unwrap_or_default();
        digits.split('.').map_while(|part| part.parse().ok()).collect()
    }
}

impl Proto {
    /// `tcp`, `tcp6`, `TCP`, `udp`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Proto> {
        match text.to_ascii_lowercase().trim_end_matches(['4', '6']) {
            "tcp" => Some(Proto::Tcp),
            "udp" => Some(Proto::Udp),
            _ => None,
        }
    }
}

/// A program's name without path and `.exe`, in lower case.
pub fn program_name(text: &str) -> String {
    let file = text.trim().trim_matches(['"', '\'', '[', ']']);
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
    file.strip_suffix(".exe").unwrap_or(&file).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        let numbers = |text: &str| Version { product: Product::Wsl, text: text.into() }.numbers();
        assert_eq!(numbers("1.1.3.0"), [1, 1, 3, 0]);
        assert_eq!(numbers("v18.16.0"), [18, 16, 0]);
        assert_eq!(numbers("5.15.90.1-microsoft-standard"), [5, 15, 90, 1]);
        assert!(numbers("latest").is_empty());
    }

    #[test]
    fn programs_lose_path_and_suffix() {
        assert_eq!(program_name(r"[C:\Windows\System32\SvcHost.exe]"), "svchost");
        assert_eq!(program_name("/usr/bin/node"), "node");
    }
}
