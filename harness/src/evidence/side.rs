//! On which machine of a report something stood.

use std::fmt;

use serde::Serialize;

use super::span::Text;

/// A machine of a report. A report without WSL (`Setup: none`) has only one of its own: its Linux
/// is [`Side::Guest`] too, because that is where its service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The Windows host.
    Windows,
    /// The WSL distribution, or the Linux machine where there is no Windows.
    Guest,
    /// Inside a container, a pod or a sandbox with a network of its own.
    Container,
    /// Another machine: a phone, a Mac, a peer on the LAN.
    Lan,
    /// The report does not say.
    Unknown,
}

/// Words that name a machine. The first that a text has in it decides, so that those which hold
/// another one ("docker host", "windows host", "wsl host") stand before it.
const WORDS: [(&str, Side); 43] = [
    ("inside the container", Side::Container),
    ("in the container", Side::Container),
    ("from the container", Side::Container),
    ("in container", Side::Container),
    ("in pod", Side::Container),
    ("docker exec", Side::Container),
    ("podman exec", Side::Container),
    ("kubectl exec", Side::Container),
    ("docker compose exec", Side::Container),
    ("from another", Side::Lan),
    ("other machine", Side::Lan),
    ("other computer", Side::Lan),
    ("other pc", Side::Lan),
    ("phone", Side::Lan),
    ("iphone", Side::Lan),
    ("android", Side::Lan),
    ("lan client", Side::Lan),
    ("lan device", Side::Lan),
    ("from lan", Side::Lan),
    ("remote machine", Side::Lan),
    ("macbook", Side::Lan),
    ("a mac", Side::Lan),
    ("windows", Side::Windows),
    ("powershell", Side::Windows),
    ("cmd.exe", Side::Windows),
    ("curl.exe", Side::Windows),
    ("chrome", Side::Windows),
    ("msedge", Side::Windows),
    ("edge browser", Side::Windows),
    ("firefox", Side::Windows),
    ("host browser", Side::Windows),
    ("win10", Side::Windows),
    ("win11", Side::Windows),
    ("ubuntu", Side::Guest),
    ("debian", Side::Guest),
    ("wsl", Side::Guest),
    ("linux", Side::Guest),
    ("guest", Side::Guest),
    ("distro", Side::Guest),
    ("inside the vm", Side::Guest),
    ("container", Side::Container),
    ("pod ", Side::Container),
    ("lan ", Side::Lan),
];

impl Side {
    /// As it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Side::Windows => "windows",
            Side::Guest => "guest",
            Side::Container => "container",
            Side::Lan => "lan",
            Side::Unknown => "unknown",
        }
    }

    /// The machine that a key, a heading or a sentence names.
    pub fn named_in(text: Text<'_>) -> Side {
        let at = |word: &str| {
            let lower = text.as_str().to_ascii_lowercase();
            lower.match_indices(word).map(|(at, _)| at).find(|at| {
                let before = lower[..*at].chars().next_back();
                !before.is_some_and(char::is_alphanumeric)
            })
        };
        let found = WORDS.iter().find(|(word, _)| at(word).is_some());
        match found {
            Some((_, side)) => *side,
            None if text.as_str().trim().eq_ignore_ascii_case("lan") => Side::Lan,
            None => Side::Unknown,
        }
    }

    /// This one, or where it is not known, the other one.
    pub fn or(self, other: Side) -> Side {
        if self == Side::Unknown { other } else { self }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_machines() {
        let side = |text: &str| Side::named_in(Text::new(text, 0));
        assert_eq!(side("curl windows"), Side::Windows);
        assert_eq!(side("cmd linux"), Side::Guest);
        assert_eq!(side("wget in the container"), Side::Container);
        assert_eq!(side("lan telnet"), Side::Lan);
        assert_eq!(side("lan"), Side::Lan);
        assert_eq!(side("vlan telnet"), Side::Unknown);
        assert_eq!(side("error"), Side::Unknown);
    }
}
