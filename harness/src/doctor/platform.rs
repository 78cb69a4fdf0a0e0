//! Whose machine this is: the distribution, and whether packages can be installed on it.

use std::{
    fmt, fs,
    process::{Command, Stdio},
};

/// A distribution whose package names the table knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Debian and what is made from it, Ubuntu aside.
    Debian,
    /// Ubuntu and what is made from it.
    Ubuntu,
    /// Fedora, RHEL and what is made from them.
    Fedora,
}

/// What `/etc/os-release` says of a distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OsRelease {
    /// `ID`, for instance `debian`.
    pub id: String,
    /// `ID_LIKE`, closest relative first.
    pub id_like: Vec<String>,
    /// `VERSION_CODENAME`, for instance `bookworm`; empty where there is none.
    pub codename: String,
    /// `PRETTY_NAME`, for people.
    pub pretty: String,
}

/// What this user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    /// Everything.
    Root,
    /// Everything through `sudo`, which asks for no password.
    Sudo,
    /// Nothing that changes the machine.
    None,
}

/// A machine, as far as installing packages is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The distribution.
    pub release: OsRelease,
    /// What this user may do on it.
    pub privilege: Privilege,
}

impl OsRelease {
    /// Reads the format of os-release(5): `KEY=value` lines, values optionally quoted as in a shell.
    pub fn parse(text: &str) -> OsRelease {
        let mut release = OsRelease::default();
        for (key, value) in text.lines().filter_map(|line| line.trim().split_once('=')) {
            let value = unquote(value);
            match key {
                "ID" => release.id = value,
                "ID_LIKE" => {
                    release.id_like = value.split_whitespace().map(str::to_owned).collect()
                }
                "VERSION_CODENAME" => release.codename = value,
                "PRETTY_NAME" => release.pretty = value,
                _ => {}
            }
        }
        release
    }

    /// The family whose package names hold: of the distribution, else of its closest relative.
    pub fn family(&self) -> Option<Family> {
        let mut ids = [&self.id].into_iter().chain(&self.id_like);
        ids.find_map(|id| match id.as_str() {
            "debian" => Some(Family::Debian),
            "ubuntu" => Some(Family::Ubuntu),
            "fedora" | "rhel" | "centos" => Some(Family::Fedora),
            _ => None,
        })
    }
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)));
    let mut text = String::new();
    let mut chars = quoted.unwrap_or(value).chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

impl Platform {
    /// Looks at this machine. Asks `sudo` whether it would ask for a password, and so takes some
    /// milliseconds where there is a `sudo`.
    pub fn detect() -> Platform {
        let files = ["/etc/os-release", "/usr/lib/os-release"];
        let text = files.iter().find_map(|file| fs::read_to_string(file).ok());
        let release = OsRelease::parse(&text.unwrap_or_default());
        Platform { release, privilege: Privilege::detect() }
    }

    /// See [`OsRelease::family`].
    pub fn family(&self) -> Option<Family> {
        self.release.family()
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = &self.release;
        let name = [&release.pretty, &release.id].into_iter().find(|name| !name.is_empty());
        let rights = match self.privilege {
            Privilege::Root => "root",
            Privilege::Sudo => "sudo without a password",
            Privilege::None => "an ordinary user",
        };
        write!(f, "{}, {rights}", name.map_or("unknown distribution", String::as_str))
    }
}

impl Privilege {
    fn detect() -> Privilege {
        if super::kernel::effective_uid() == Some(0) {
            return Privilege::Root;
        }
        let sudo = Command::new("sudo")
            .args(["-n", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match sudo {
            Ok(status) if status.success() => Privilege::Sudo,
            _ => Privilege::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::debian("ID=debian\nVERSION_CODENAME=bookworm\n", Some(Family::Debian), "bookworm")]
    #[case::ubuntu(
        "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n",
        Some(Family::Ubuntu),
        "noble"
    )]
    #[case::mint(
        "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_CODENAME=wilma\n",
        Some(Family::Ubuntu),
        "wilma"
    )]
    #[case::kali("ID=kali\nID_LIKE=debian\n", Some(Family::Debian), "")]
    #[case::fedora("ID=fedora\nVERSION_CODENAME=\"\"\n", Some(Family::Fedora), "")]
    #[case::rocky("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", Some(Family::Fedora), "")]
    #[case::single_quotes("ID='debian'\n", Some(Family::Debian), "")]
    #[case::comment("# ID=debian\nID=arch\n", None, "")]
    #[case::empty("", None, "")]
    fn reads_os_release(
        #[case] text: &str,
        #[case] family: Option<Family>,
        #[case] codename: &str,
    ) {
        let release = OsRelease::parse(text);
        assert_eq!((release.family(), release.codename.as_str()), (family, codename));
    }

    #[test]
    fn unquotes_as_a_shell() {
        let release = OsRelease::parse("PRETTY_NAME=\"A \\\"B\\\" \\$C\"\n");
        assert_eq!(release.pretty, "A \"B\" $C");
    }
}
