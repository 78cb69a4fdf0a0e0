//! Windows services, of which the model has one: IP Helper, `iphlpsvc`, the host of the port proxy.

use super::{
    WindowsError, not_modelled,
    portproxy::PortProxy,
    registry::{KeyPath, Registry, RegistryError, Value},
};

pub mod net;
pub mod sc;

/// The name of the service.
pub const NAME: &str = "iphlpsvc";

/// The name that `net` and services.msc show.
pub const DISPLAY_NAME: &str = "IP Helper";

/// When Windows starts a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartType {
    /// At boot; the default of IP Helper (ledger 4.3.3).
    Auto,
    /// When somebody asks.
    Demand,
    /// Never; a start fails with error 1058.
    Disabled,
}

impl StartType {
    /// Every start type: itself, the word of `sc config`, its number in the registry.
    const ALL: [(StartType, &'static str, u32); 3] = [
        (StartType::Auto, "auto", 2),
        (StartType::Demand, "demand", 3),
        (StartType::Disabled, "disabled", 4),
    ];
}

/// What came of an order to start the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It runs since then.
    Now,
    /// It ran before.
    Already,
    /// It is disabled, and does not run.
    Disabled,
}

/// The service controller: what is configured lies in the registry, what runs in the service.
#[derive(Clone, Copy, Debug)]
pub struct Services<'a> {
    registry: &'a Registry,
    iphlpsvc: &'a PortProxy,
}

impl<'a> Services<'a> {
    /// The services of one machine.
    pub fn new(registry: &'a Registry, iphlpsvc: &'a PortProxy) -> Services<'a> {
        Services { registry, iphlpsvc }
    }

    /// Starts what starts with Windows.
    pub async fn boot(self) {
        if self.start_type() == StartType::Auto {
            self.iphlpsvc.start().await;
        }
    }

    /// When IP Helper starts. Without a number of the three in the registry, with Windows.
    pub fn start_type(self) -> StartType {
        let number = self.registry.get(&key(), "Start");
        StartType::ALL
            .into_iter()
            .find(|(_, _, known)| number == Some(Value::Dword(*known)))
            .map_or(StartType::Auto, |(start, _, _)| start)
    }

    fn set_start_type(self, word: &str) -> Option<Result<(), RegistryError>> {
        let (_, _, number) =
            StartType::ALL.into_iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word))?;
        Some(self.registry.set(&key(), "Start", Value::Dword(number)))
    }

    /// Sets when IP Helper starts.
    ///
    /// # Errors
    /// The registry cannot be written.
    pub fn configure(self, start: StartType) -> Result<(), RegistryError> {
        let known = StartType::ALL.into_iter().find(|(known, _, _)| *known == start);
        known.map_or(Ok(()), |(_, _, number)| {
            self.registry.set(&key(), "Start", Value::Dword(number))
        })
    }

    /// Whether IP Helper runs.
    pub async fn is_running(self) -> bool {
        self.iphlpsvc.is_running().await
    }

    /// Stops IP Helper, and says whether it ran.
    pub async fn stop(self) -> bool {
        self.iphlpsvc.stop().await
    }

    /// Starts IP Helper.
    pub async fn start(self) -> Started {
        if self.iphlpsvc.is_running().await {
            return Started::Already;
        }
        if self.start_type() == StartType::Disabled {
            return Started::Disabled;
        }
        if self.iphlpsvc.start().await { Started::Now } else { Started::Already }
    }
}

fn key() -> KeyPath {
    KeyPath::machine(r"SYSTEM\CurrentControlSet\Services").child(NAME)
}

/// The error for what `program` does with a service other than IP Helper, or in another form.
fn refused(program: &str, arguments: &[String], modelled: &str) -> WindowsError {
    not_modelled(format!("`{program} {}`", arguments.join(" ")), modelled)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::windows_model::portproxy::Config;

    #[tokio::test]
    async fn a_disabled_service_does_not_start_with_windows() {
        let dir = tempfile::tempdir().unwrap();
        let registry = Arc::new(Registry::open(dir.path()).unwrap());
        let proxy = PortProxy::new(Arc::clone(&registry), Config::default());
        let services = Services::new(&registry, &proxy);
        services.set_start_type("disabled").unwrap().unwrap();
        services.boot().await;
        assert!(!proxy.is_running().await);
        services.set_start_type("auto").unwrap().unwrap();
        services.boot().await;
        assert!(proxy.is_running().await);
    }
}
