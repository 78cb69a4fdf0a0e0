//! The three profiles, which of them a rule is for, and how each is set.

use std::fmt;

use crate::windows_model::registry::{KeyPath, Registry, RegistryError, Value};

/// A class of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// The computer's domain is reached through it.
    Domain,
    /// Trusted by the user.
    Private,
    /// Everything else.
    Public,
}

impl Profile {
    /// Every profile, in Windows' order.
    pub const ALL: [Profile; 3] = [Profile::Domain, Profile::Private, Profile::Public];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Domain => "Domain",
            Profile::Private => "Private",
            Profile::Public => "Public",
        }
    }

    /// The profile that somebody means.
    pub fn parse(word: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name().eq_ignore_ascii_case(word))
    }

    /// Where Windows keeps how it is set; what is called private is called standard there.
    fn key(self) -> KeyPath {
        super::stored::policy_key().child(match self {
            Profile::Domain => "DomainProfile",
            Profile::Private => "StandardProfile",
            Profile::Public => "PublicProfile",
        })
    }
}

/// A set of profiles, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profiles(u8);

impl Profiles {
    /// All three, which is what a rule is for that names none.
    pub const ANY: Profiles = Profiles(0b111);

    /// Reads `Any`, or names with commas between them.
    pub fn parse(text: &str) -> Option<Profiles> {
        if text.eq_ignore_ascii_case("any") {
            return Some(Profiles::ANY);
        }
        let mut bits = 0;
        for word in text.split(',') {
            bits |= 1 << Profile::parse(word.trim())? as u8;
        }
        Some(Profiles(bits))
    }

    /// Whether the profile is among them.
    pub fn contains(self, profile: Profile) -> bool {
        self.0 & (1 << profile as u8) != 0
    }

    /// Those that are in it.
    pub fn iter(self) -> impl Iterator<Item = Profile> {
        Profile::ALL.into_iter().filter(move |profile| self.contains(*profile))
    }

    /// The names with this between them.
    pub fn join(self, separator: &str) -> String {
        self.iter().map(Profile::name).collect::<Vec<_>>().join(separator)
    }
}

impl fmt::Display for Profiles {
    /// As PowerShell prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Profiles::ANY { f.pad("Any") } else { f.pad(&self.join(", ")) }
    }
}

/// How a profile is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileState {
    /// Whether the firewall filters networks of this profile.
    pub enabled: bool,
    /// Whether it lets in what no rule is about.
    pub allows_inbound: bool,
}

impl ProfileState {
    /// As Windows ships: on, and inbound is blocked.
    pub const DEFAULT: ProfileState = ProfileState { enabled: true, allows_inbound: false };

    /// Whether it is as Windows ships.
    pub fn is_default(self) -> bool {
        self == ProfileState::DEFAULT
    }

    pub(super) fn read(registry: &Registry, profile: Profile) -> ProfileState {
        let is = |name, number| registry.get(&profile.key(), name) == Some(Value::Dword(number));
        ProfileState {
            enabled: !is("EnableFirewall", 0),
            allows_inbound: is("DefaultInboundAction", 0),
        }
    }

    pub(super) fn write(self, registry: &Registry, profile: Profile) -> Result<(), RegistryError> {
        let key = profile.key();
        registry.set(&key, "EnableFirewall", Value::Dword(self.enabled.into()))?;
        let blocks = Value::Dword((!self.allows_inbound).into());
        registry.set(&key, "DefaultInboundAction", blocks)
    }
}
