//! The port proxy of the IP Helper service (iphlpsvc): a user-mode TCP relay that accepts a client
//! first and connects to the target after (ledger 1.17, 4.3.2, settled point 2).
//!
//! It reads its rules from the registry when it starts and whenever `netsh` tells it to, as Windows
//! does (PortProxyGUI has to send the service SERVICE_CONTROL_PARAMCHANGE after it wrote a rule); a
//! rule written with `reg add` alone waits for one of the two.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Mutex, Semaphore},
    task::JoinHandle,
};

use super::registry::Registry;

mod address;
mod connection;
mod listener;
mod rule;
#[cfg(test)]
mod tests;

pub use rule::{Destination, Direction, Family, Rule, RuleKey};

/// Times and bounds of the service.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// How long after the accept a client is kept whose target stays silent. Windows gives up a
    /// connect after 21 s (ledger, settled point 2).
    pub hold: Duration,
    /// How long an ended client is read from, so that it sees FIN and not RST.
    pub drain: Duration,
    /// How many connections all rules may have together. A rule that leads to itself (ledger F08)
    /// takes them all and ends there; each takes two file descriptors, of usually 1024.
    pub max_connections: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            hold: Duration::from_secs(21),
            drain: Duration::from_secs(1),
            max_connections: 256,
        }
    }
}

/// The service. Its rules live in the registry, its listeners in tokio tasks.
#[derive(Debug)]
pub struct PortProxy {
    registry: Arc<Registry>,
    config: Config,
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: bool,
    rules: BTreeMap<RuleKey, Served>,
}

/// A rule that the running service knows.
#[derive(Debug)]
struct Served {
    destination: Destination,
    /// What came of its listener; a failure is not tried again by itself.
    listener: Result<Listening, String>,
}

/// The task of a listener; dropping it ends the task.
#[derive(Debug)]
struct Listening(JoinHandle<()>);

impl Listening {
    /// Ends the listener; when this returns the port is free.
    async fn end(mut self) {
        self.0.abort();
        // The only result is "cancelled".
        let _ = (&mut self.0).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl PortProxy {
    /// The service, stopped.
    pub fn new(registry: Arc<Registry>, config: Config) -> PortProxy {
        PortProxy {
            registry,
            config,
            permits: Arc::new(Semaphore::new(config.max_connections)),
            state: Mutex::default(),
        }
    }

    /// Starts the service: every rule gets a listener, if its port is free. Says whether the
    /// service was stopped before.
    pub async fn start(&self) -> bool {
        let mut state = self.state.lock().await;
        if state.running {
            return false;
        }
        state.running = true;
        self.apply(&mut state, None).await;
        true
    }

    /// Stops the service: no listener and no connection is left, the rules stay in the registry.
    /// Says whether the service ran before.
    pub async fn stop(&self) -> bool {
        let mut state = self.state.lock().await;
        for (_, served) in std::mem::take(&mut state.rules) {
            served.end().await;
        }
        std::mem::replace(&mut state.running, false)
    }

    /// Whether the service runs.
    pub async fn is_running(&self) -> bool {
        self.state.lock().await.running
    }

    /// Makes the listeners match the rules in the registry; when this returns they are in place.
    /// A listener that failed before is tried again only for the rule that was set just now.
    pub async fn reconcile(&self, just_set: Option<&RuleKey>) {
        let mut state = self.state.lock().await;
        if state.running {
            self.apply(&mut state, just_set).await;
        }
    }

    /// The rules that have no listener although the service runs, and why.
    pub async fn failures(&self) -> Vec<(RuleKey, String)> {
        let state = self.state.lock().await;
        let failures = state.rules.iter().filter_map(|(key, served)| {
            served.listener.as_ref().err().map(|reason| (key.clone(), reason.clone()))
        });
        failures.collect()
    }

    async fn apply(&self, state: &mut State, just_set: Option<&RuleKey>) {
        let wanted: BTreeMap<RuleKey, Destination> = Rule::all(&self.registry)
            .into_iter()
            .map(|rule| (rule.key, rule.destination))
            .collect();
        let stale: Vec<RuleKey> = state
            .rules
            .iter()
            .filter(|(key, served)| {
                wanted.get(*key) != Some(&served.destination)
                    || (served.listener.is_err() && just_set == Some(*key))
            })
            .map(|(key, _)| key.clone())
            .collect();
        // First free every port, then take: a rule may move to a port that another leaves.
        for key in stale {
            if let Some(served) = state.rules.remove(&key) {
                served.end().await;
            }
        }
        for (key, destination) in wanted {
            if let Entry::Vacant(vacant) = state.rules.entry(key) {
                let rule = Rule { key: vacant.key().clone(), destination };
                vacant.insert(self.serve(rule).await);
            }
        }
    }

    async fn serve(&self, rule: Rule) -> Served {
        let destination = rule.destination.clone();
        let listener = match listener::bind(&rule).await {
            Ok(socket) => {
                let permits = Arc::clone(&self.permits);
                let task = listener::serve(socket, rule, self.config, permits);
                Ok(Listening(tokio::spawn(task)))
            }
            Err(error) => {
                tracing::info!(rule = %rule.key, %error, "portproxy: no listener");
                Err(error.to_string())
            }
        };
        Served { destination, listener }
    }
}

impl Served {
    async fn end(self) {
        if let Ok(listening) = self.listener {
            listening.end().await;
        }
    }
}
