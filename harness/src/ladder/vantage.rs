//! Where a ladder stands: this machine, or a node of a lab.

use std::{collections::BTreeMap, env, fmt, fs};

use crate::{
    agent::{
        client::{AgentClient, CallError},
        protocol::{Bearings, ProbeOrder, Probed, Reply, Request},
    },
    node::Node,
    probe::{PROXY_VARIABLES, Prober},
};

/// Something that can look and probe.
pub enum Vantage {
    /// This machine, with the proxy variables of whoever started the program.
    Here(Box<Here>),
    /// A node of a lab.
    Node(AgentClient),
}

/// This machine.
pub struct Here {
    prober: Prober,
    env: BTreeMap<String, String>,
    wsl: bool,
}

/// Which vantage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    /// This machine.
    Here {
        /// Whether it is a WSL guest itself.
        wsl: bool,
    },
    /// A node of a lab.
    Node(Node),
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            From::Here { .. } => "here",
            From::Node(node) => node.name(),
        })
    }
}

impl Vantage {
    /// This machine as it is now.
    pub fn here() -> Vantage {
        let set = |name: &str| Some((name.to_owned(), env::var(name).ok()?));
        // As WSL's own tools tell: its kernel has Microsoft's name in its release.
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Vantage::Here(Box::new(Here {
            prober: Prober::new(),
            env: PROXY_VARIABLES.into_iter().filter_map(set).collect(),
            wsl: release.to_ascii_lowercase().contains("microsoft"),
        }))
    }

    /// Which it is.
    pub fn from(&self) -> From {
        match self {
            Vantage::Here(here) => From::Here { wsl: here.wsl },
            Vantage::Node(agent) => From::Node(agent.node()),
        }
    }

    /// What a client here starts from for this host.
    ///
    /// # Errors
    /// When a lab's agent does not answer.
    pub async fn bearings(&self, host: &str) -> Result<Bearings, CallError> {
        match self {
            Vantage::Here(here) => Ok(here.prober.bearings(host, &here.env).await),
            Vantage::Node(agent) => {
                match agent.request(Request::Bearings { host: host.to_owned() }).await? {
                    Reply::Bearings(bearings) => Ok(bearings),
                    _ => Err(agent.out_of_turn("take bearings")),
                }
            }
        }
    }

    /// One probe. The inner error is what a tool of this machine said that no table knows; of a
    /// tool of a lab that is an error of the lab, as in a matrix.
    ///
    /// # Errors
    /// When a lab's agent cannot measure.
    pub async fn probe(&self, order: ProbeOrder) -> Result<Result<Probed, String>, CallError> {
        match self {
            Vantage::Here(here) => {
                Ok(here.prober.probe(&order, &here.env).await.map_err(|error| error.to_string()))
            }
            Vantage::Node(agent) => match agent.request(Request::Probe(order)).await? {
                Reply::Probed(probed) => Ok(Ok(probed)),
                _ => Err(agent.out_of_turn("probe")),
            },
        }
    }
}
