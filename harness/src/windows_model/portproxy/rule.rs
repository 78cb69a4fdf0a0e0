//! A portproxy rule, and where Windows keeps it:
//! `HKLM\SYSTEM\CurrentControlSet\Services\PortProxy\v4tov4\tcp`, value `127.0.0.1/8080` = `172.28.16.3/3000`
//! (ledger 4.3.8).

use std::fmt;

use crate::windows_model::registry::{KeyPath, Registry, RegistryError, Value};

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// The family listened on and the family connected to; each pair is a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// `v4tov4`
    V4ToV4,
    /// `v4tov6`
    V4ToV6,
    /// `v6tov4`
    V6ToV4,
    /// `v6tov6`
    V6ToV6,
}

impl Direction {
    /// Every direction, in the order in which `show all` lists them.
    pub const ALL: [Direction; 4] =
        [Direction::V4ToV4, Direction::V4ToV6, Direction::V6ToV4, Direction::V6ToV6];

    /// The word used on netsh's command line and in the registry.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::V4ToV4 => "v4tov4",
            Direction::V4ToV6 => "v4tov6",
            Direction::V6ToV4 => "v6tov4",
            Direction::V6ToV6 => "v6tov6",
        }
    }

    /// The family of the listener.
    pub const fn listens(self) -> Family {
        match self {
            Direction::V4ToV4 | Direction::V4ToV6 => Family::V4,
            Direction::V6ToV4 | Direction::V6ToV6 => Family::V6,
        }
    }

    /// The family of the connection to the target.
    pub const fn connects(self) -> Family {
        match self {
            Direction::V4ToV4 | Direction::V6ToV4 => Family::V4,
            Direction::V4ToV6 | Direction::V6ToV6 => Family::V6,
        }
    }

    /// The registry key that holds the rules of this direction.
    pub fn registry_key(self) -> KeyPath {
        root().child(self.name()).child("tcp")
    }
}

/// Where a rule listens. There is one rule at most for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleKey {
    /// Its table.
    pub direction: Direction,
    /// An address, a name, or `*` for every address of the family; as it was typed.
    pub address: String,
    /// The port.
    pub port: u16,
}

impl RuleKey {
    fn value_name(&self) -> String {
        format!("{}/{}", self.address, self.port)
    }
}

impl fmt::Display for RuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.direction.name(), self.address, self.port)
    }
}

/// Where a rule connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// An address or a name; as it was typed.
    pub address: String,
    /// The port.
    pub port: u16,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Where it listens.
    pub key: RuleKey,
    /// Where it connects to.
    pub destination: Destination,
}

impl Rule {
    /// The rules of one direction in the order of their creation. Values that are no rule are
    /// left out.
    pub fn of(registry: &Registry, direction: Direction) -> Vec<Rule> {
        let values = registry.values(&direction.registry_key()).unwrap_or_default();
        let rules = values.into_iter().filter_map(|value| {
            let Value::Sz(data) = value.value else { return None };
            let (address, port) = split(&value.name)?;
            let key = RuleKey { direction, address, port };
            let (address, port) = split(&data)?;
            Some(Rule { key, destination: Destination { address, port } })
        });
        rules.collect()
    }

    /// The rules of every direction.
    pub fn all(registry: &Registry) -> Vec<Rule> {
        Direction::ALL.into_iter().flat_map(|direction| Rule::of(registry, direction)).collect()
    }

    /// Stores the rule, in place of the one that listens there.
    ///
    /// # Errors
    /// The registry cannot be written.
    pub fn store(&self, registry: &Registry) -> Result<(), RegistryError> {
        let data = format!("{}/{}", self.destination.address, self.destination.port);
        registry.set(&self.key.direction.registry_key(), &self.key.value_name(), Value::Sz(data))
    }

    /// Deletes the rule that listens there, and says whether there was one.
    ///
    /// # Errors
    /// The registry cannot be written.
    pub fn delete(registry: &Registry, key: &RuleKey) -> Result<bool, RegistryError> {
        registry.delete_value(&key.direction.registry_key(), &key.value_name())
    }

    /// Deletes every rule.
    ///
    /// # Errors
    /// The registry cannot be written.
    pub fn delete_all(registry: &Registry) -> Result<(), RegistryError> {
        registry.clear(&root())
    }
}

fn root() -> KeyPath {
    KeyPath::machine(r"SYSTEM\CurrentControlSet\Services\PortProxy")
}

/// `ADDRESS/PORT`
fn split(text: &str) -> Option<(String, u16)> {
    let (address, port) = text.rsplit_once('/')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    Some((address.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_where_windows_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::open(dir.path()).unwrap();
        let rule = Rule {
            key: RuleKey {
                direction: Direction::V4ToV4,
                address: "127.0.0.1".to_owned(),
                port: 8080,
            },
            destination: Destination { address: "172.28.16.3".to_owned(), port: 3000 },
        };
        rule.store(&registry).unwrap();
        let key = KeyPath::machine(r"SYSTEM\CurrentControlSet\Services\PortProxy\v4tov4\tcp");
        let data = registry.get(&key, "127.0.0.1/8080");
        assert_eq!(data, Some(Value::Sz("172.28.16.3/3000".to_owned())));
        assert_eq!(Rule::all(&registry), [rule]);
    }

    #[test]
    fn passes_over_values_that_are_no_rule() {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::open(dir.path()).unwrap();
        let key = Direction::V6ToV6.registry_key();
        for (name, value) in [
            ("::1", Value::Sz("::1/80".to_owned())),
            ("::1/0", Value::Sz("::1/80".to_owned())),
            ("::1/80", Value::Sz("nowhere".to_owned())),
            ("::1/81", Value::Dword(80)),
        ] {
            registry.set(&key, name, value).unwrap();
        }
        assert_eq!(Rule::all(&registry), []);
    }
}
