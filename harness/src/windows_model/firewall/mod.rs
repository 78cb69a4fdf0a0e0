//! Windows Defender Firewall: inbound rules and profiles, kept in the registry where Windows keeps
//! them, in force as a packet filter when a change returns.
//!
//! Inbound is blocked unless a rule allows it, a Block rule beats every Allow rule, and loopback is
//! never filtered (ledger 4.1.4). Outbound is free, and no rule about it is modelled.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use super::registry::{Registry, RegistryError};

pub mod address;
pub mod filter;
pub mod ports;
mod profile;
mod rule;
mod stored;
#[cfg(test)]
mod tests;

pub use address::Remote;
pub use ports::Ports;
pub use profile::{Profile, ProfileState, Profiles};
pub use rule::{Action, Protocol, Rule, RuleError};

use filter::Line;

/// What the rules are enforced by.
pub trait PacketFilter: Send + Sync + fmt::Debug {
    /// Puts these lines in place of all that were in force.
    ///
    /// # Errors
    /// What the system says; then the old ones are in force.
    fn apply(&self, lines: &[Line]) -> io::Result<()>;
}

/// The packet filter of the network namespace the process is in.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NetworkNamespace;

#[cfg(target_os = "linux")]
impl PacketFilter for NetworkNamespace {
    fn apply(&self, lines: &[Line]) -> io::Result<()> {
        use netlink_sys::protocols::NETLINK_NETFILTER;

        let netfilter = crate::netlink::Netlink::open(NETLINK_NETFILTER)?;
        netfilter.run(&filter::replacing(lines)).map_err(io::Error::other)
    }
}

/// Why a change of the firewall did not happen.
#[derive(Debug, thiserror::Error)]
pub enum FirewallError {
    /// The registry cannot be written.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The packet filter cannot be changed.
    #[error("cannot change the packet filter: {0}")]
    Filter(#[source] io::Error),
}

/// The firewall of one machine.
#[derive(Debug)]
pub struct Firewall {
    registry: Arc<Registry>,
    filter: Box<dyn PacketFilter>,
    /// Registry and filter change together.
    changing: Mutex<()>,
}

impl Firewall {
    /// The firewall whose rules lie in this registry. What is in force does not change yet.
    pub fn new(registry: Arc<Registry>, filter: Box<dyn PacketFilter>) -> Firewall {
        Firewall { registry, filter, changing: Mutex::default() }
    }

    /// Puts in force what the registry says, as at the boot of Windows. A machine that was never
    /// told anything already has the filter of a fresh one ([`filter::fresh`]).
    ///
    /// # Errors
    /// The packet filter cannot be changed.
    pub fn boot(&self) -> Result<(), FirewallError> {
        if self.registry.values(&stored::rules_key()).is_none()
            && Profile::ALL.into_iter().all(|profile| self.profile(profile).is_default())
        {
            return Ok(());
        }
        self.enforce()
    }

    /// Every rule, in the order of creation.
    pub fn rules(&self) -> Vec<Rule> {
        stored::rules(&self.registry)
    }

    /// Stores rules, each in place of one of its name.
    ///
    /// # Errors
    /// The registry cannot be written or the filter not changed.
    pub fn store(&self, rules: &[Rule]) -> Result<(), FirewallError> {
        self.change(|registry| rules.iter().try_for_each(|rule| stored::store(registry, rule)))
    }

    /// Deletes rules by name.
    ///
    /// # Errors
    /// The registry cannot be written or the filter not changed.
    pub fn delete(&self, rules: &[Rule]) -> Result<(), FirewallError> {
        self.change(|registry| {
            rules.iter().try_for_each(|rule| stored::delete(registry, &rule.name).map(drop))
        })
    }

    /// A name for a rule that was given none: a GUID, as Windows makes one. Counted and not random,
    /// so that two runs print the same.
    pub fn fresh_name(&self) -> String {
        let taken = self.rules();
        let names = (1..=taken.len() + 1)
            .map(|number| format!("{{5D0C0000-7265-4163-686C-{number:012X}}}"));
        let is_free = |name: &String| taken.iter().all(|rule| rule.name != *name);
        names.into_iter().find(is_free).unwrap_or_default()
    }

    /// How a profile is set.
    pub fn profile(&self, profile: Profile) -> ProfileState {
        ProfileState::read(&self.registry, profile)
    }

    /// Sets profiles.
    ///
    /// # Errors
    /// The registry cannot be written or the filter not changed.
    pub fn set_profiles(
        &self,
        profiles: impl IntoIterator<Item = Profile>,
        edit: impl Fn(ProfileState) -> ProfileState,
    ) -> Result<(), FirewallError> {
        self.change(|registry| {
            profiles.into_iter().try_for_each(|profile| {
                edit(ProfileState::read(registry, profile)).write(registry, profile)
            })
        })
    }

    fn change(
        &self,
        edit: impl FnOnce(&Registry) -> Result<(), RegistryError>,
    ) -> Result<(), FirewallError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        edit(&self.registry)?;
        self.enforce()
    }

    fn enforce(&self) -> Result<(), FirewallError> {
        let lines = filter::lines(&self.rules(), |profile| self.profile(profile));
        self.filter.apply(&lines).map_err(FirewallError::Filter)
    }
}
