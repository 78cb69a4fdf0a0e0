//! The name of a registry key.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

/// The hives that are modelled: short name, long name.
const HIVES: [(&str, &str); 2] = [("HKLM", "HKEY_LOCAL_MACHINE"), ("HKCU", "HKEY_CURRENT_USER")];

/// Hives that Windows has and the model does not.
const OTHER_HIVES: [&str; 6] =
    ["HKCR", "HKEY_CLASSES_ROOT", "HKU", "HKEY_USERS", "HKCC", "HKEY_CURRENT_CONFIG"];

/// A key of a modelled hive, for instance `HKLM\SYSTEM\CurrentControlSet`. Compared without regard
/// to case and printed as it was first written, as Windows does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyPath(String);

/// Why a text names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyPathError {
    /// Not the name of a key at all; `reg` says `ERROR: Invalid key name.`
    #[error("`{0}` is not the name of a registry key")]
    Invalid(String),
    /// A hive that the model lacks.
    #[error("the registry hive `{0}` is not modelled; HKLM and HKCU are")]
    HiveNotModelled(String),
}

impl KeyPath {
    /// Reads a key as a person types it: long and short hive names, any case, backslashes.
    ///
    /// # Errors
    /// The text names no key, or one of a hive that is not modelled.
    pub fn parse(text: &str) -> Result<KeyPath, KeyPathError> {
        let trimmed = text.strip_suffix('\\').unwrap_or(text);
        let (hive, rest) = match trimmed.split_once('\\') {
            Some((hive, rest)) => (hive, Some(rest)),
            None => (trimmed, None),
        };
        if OTHER_HIVES.iter().any(|other| other.eq_ignore_ascii_case(hive)) {
            return Err(KeyPathError::HiveNotModelled(hive.to_owned()));
        }
        let short = HIVES
            .iter()
            .find(|(short, long)| {
                short.eq_ignore_ascii_case(hive) || long.eq_ignore_ascii_case(hive)
            })
            .map(|(short, _)| *short)
            .ok_or_else(|| KeyPathError::Invalid(text.to_owned()))?;
        match rest {
            None => Ok(KeyPath(short.to_owned())),
            Some(rest) if rest.split('\\').any(str::is_empty) => {
                Err(KeyPathError::Invalid(text.to_owned()))
            }
            Some(rest) => Ok(KeyPath(format!("{short}\\{rest}"))),
        }
    }

    /// The key `path` below `HKLM`.
    pub fn machine(path: &str) -> KeyPath {
        KeyPath(format!("HKLM\\{path}"))
    }

    /// The key `path` below `HKCU`.
    pub fn user(path: &str) -> KeyPath {
        KeyPath(format!("HKCU\\{path}"))
    }

    /// The key `name` directly below this one.
    pub fn child(&self, name: &str) -> KeyPath {
        KeyPath(format!("{}\\{name}", self.0))
    }

    /// The key that contains this one; `None` for a hive.
    pub fn parent(&self) -> Option<KeyPath> {
        self.0.rsplit_once('\\').map(|(parent, _)| KeyPath(parent.to_owned()))
    }

    /// Whether this key lies somewhere below `ancestor`.
    pub fn is_below(&self, ancestor: &KeyPath) -> bool {
        self.folded().strip_prefix(&ancestor.folded()).is_some_and(|rest| rest.starts_with('\\'))
    }

    /// The key with its hive's long name, as `reg query` prints it.
    pub fn long_name(&self) -> String {
        HIVES
            .iter()
            .find_map(|(short, long)| {
                self.0.strip_prefix(short).map(|rest| format!("{long}{rest}"))
            })
            .unwrap_or_else(|| self.0.clone())
    }

    fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for KeyPath {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for KeyPath {}

impl PartialOrd for KeyPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyPath {
    /// By component, so that a key's subkeys follow it directly.
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().split('\\').cmp(other.folded().split('\\'))
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<KeyPath> for String {
    fn from(path: KeyPath) -> Self {
        path.0
    }
}

impl TryFrom<String> for KeyPath {
    type Error = KeyPathError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        KeyPath::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::short(r"HKLM\Software\X", r"HKLM\Software\X")]
    #[case::long(r"HKEY_LOCAL_MACHINE\Software", r"HKLM\Software")]
    #[case::any_case(r"hkey_current_user\Software", r"HKCU\Software")]
    #[case::hive_alone("HKCU", "HKCU")]
    #[case::trailing_backslash(r"HKCU\Software\", r"HKCU\Software")]
    fn reads_what_people_type(#[case] typed: &str, #[case] key: &str) {
        assert_eq!(KeyPath::parse(typed).unwrap().to_string(), key);
    }

    #[rstest]
    #[case::powershell_drive(r"HKLM:\Software")]
    #[case::forward_slashes("HKLM/Software")]
    #[case::empty_component(r"HKLM\Software\\X")]
    #[case::empty("")]
    fn rejects_what_is_no_key(#[case] typed: &str) {
        assert_eq!(KeyPath::parse(typed), Err(KeyPathError::Invalid(typed.to_owned())));
    }

    #[test]
    fn names_a_hive_it_lacks() {
        let error = KeyPath::parse(r"HKCR\.txt").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the registry hive `HKCR` is not modelled; HKLM and HKCU are"
        );
    }

    #[test]
    fn compares_without_case_and_by_component() {
        let key = |text| KeyPath::parse(text).unwrap();
        assert_eq!(key(r"HKLM\SOFTWARE\Foo"), key(r"hklm\software\foo"));
        assert!(key(r"HKLM\a\z") < key(r"HKLM\a b"));
        assert!(key(r"HKLM\a\z").is_below(&key(r"hklm\A")));
        assert!(!key(r"HKLM\ab").is_below(&key(r"HKLM\a")));
    }
}
