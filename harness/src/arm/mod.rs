//! What boots the nodes of a lab. Arms differ only in how an agent is started; everything after its
//! hello is the same.

#[cfg(feature = "docker")]
pub mod docker;
#[cfg(target_os = "linux")]
pub mod netns;
pub mod windows;

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use crate::{
    agent::client::{AgentClient, Asks, CallError},
    measure,
    node::Node,
    topology::{LabPlan, WINDOWS_GATEWAY, WINDOWS_LAN_IP},
};

/// Why a lab could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ArmError {
    /// The supervisor could not be started or talked to.
    #[error("cannot {operation}: {source}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The kernel refused something.
    #[error("cannot {operation}: {reason}{}", hint.as_ref().map(|h| format!("\n{h}")).unwrap_or_default())]
    Refused {
        /// What was tried.
        operation: String,
        /// Why not.
        reason: String,
        /// What to change on this machine.
        hint: Option<String>,
    },
    /// The supervisor ended.
    #[error("the lab's supervisor ended unexpectedly")]
    Gone,
    /// An agent did not come up.
    #[error(transparent)]
    Agent(#[from] CallError),
}

/// The agents of a booted lab.
pub struct Nodes {
    /// The lab's number on its arm.
    pub lab: u64,
    /// The Windows host.
    pub windows: AgentClient,
    /// What its `wsl.exe` asks for.
    pub asks: Asks,
    /// The guest.
    pub wsl: AgentClient,
    /// The LAN peer.
    pub lan: AgentClient,
    /// From the start to the third hello.
    pub boot: Duration,
    /// From the start to each node's hello; in a container, of the container's start.
    pub node_boot: BTreeMap<Node, Duration>,
}

/// One of the ways to boot a lab.
pub enum Arm {
    /// Linux namespaces.
    #[cfg(target_os = "linux")]
    Netns(netns::Netns),
    /// Containers.
    #[cfg(feature = "docker")]
    Docker(docker::Docker),
    /// This machine, where it is a Windows with WSL2.
    Windows(Box<windows::RealWindows>),
}

impl Arm {
    /// The word used on the command line and in reports.
    pub fn name(&self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Arm::Netns(_) => "netns",
            #[cfg(feature = "docker")]
            Arm::Docker(_) => "docker",
            Arm::Windows(windows) => windows.label(),
        }
    }

    /// This machine, where it is the lab.
    pub fn real(&self) -> Option<&windows::RealWindows> {
        match self {
            Arm::Windows(windows) => Some(windows),
            #[cfg(any(target_os = "linux", feature = "docker"))]
            _ => None,
        }
    }

    /// Whether there is another machine on the LAN.
    pub fn has_lan(&self) -> bool {
        self.real().is_none_or(windows::RealWindows::has_lan)
    }

    /// Windows on the virtual switch of WSL.
    pub fn windows_gateway(&self) -> IpAddr {
        self.real().map_or(WINDOWS_GATEWAY.into(), |real| real.addresses().gateway)
    }

    /// Windows on the LAN.
    pub fn windows_lan_ip(&self) -> IpAddr {
        self.real().map_or(WINDOWS_LAN_IP.into(), |real| real.addresses().lan)
    }

    /// How long a tool may take: a refused connect takes two seconds on Windows.
    pub fn timeout(&self) -> Duration {
        self.real().map_or(measure::TIMEOUT, windows::RealWindows::timeout)
    }

    /// Takes everything back that the arm has changed on this machine. Nothing for arms whose labs
    /// end by themselves.
    ///
    /// # Errors
    /// What could not be undone.
    pub async fn close(&self) -> Result<(), ArmError> {
        match self.real() {
            Some(real) => real.close().await,
            None => Ok(()),
        }
    }

    /// Boots a lab.
    ///
    /// # Errors
    /// What could not be built.
    pub async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
        match self {
            #[cfg(target_os = "linux")]
            Arm::Netns(netns) => netns.boot(plan).await,
            #[cfg(feature = "docker")]
            Arm::Docker(docker) => docker.boot(plan).await,
            Arm::Windows(windows) => windows.boot(plan).await,
        }
    }

    /// Stops the guest of a lab; fine when it does not run.
    ///
    /// # Errors
    /// What could not be done.
    pub async fn stop_wsl(&self, lab: u64) -> Result<(), ArmError> {
        match self {
            #[cfg(target_os = "linux")]
            Arm::Netns(netns) => netns.stop_wsl(lab).await,
            #[cfg(feature = "docker")]
            Arm::Docker(docker) => docker.stop_wsl(lab).await,
            Arm::Windows(windows) => windows.stop_wsl(lab).await,
        }
    }

    /// Starts the guest of a lab, with its disk as it was left.
    ///
    /// # Errors
    /// What could not be built.
    pub async fn start_wsl(&self, lab: u64, address: Ipv4Addr) -> Result<AgentClient, ArmError> {
        match self {
            #[cfg(target_os = "linux")]
            Arm::Netns(netns) => netns.start_wsl(lab, address).await,
            #[cfg(feature = "docker")]
            Arm::Docker(docker) => docker.start_wsl(lab, address).await,
            Arm::Windows(windows) => windows.start_wsl(lab, address).await,
        }
    }

    /// Takes a lab down. Does not wait for it.
    pub fn destroy(&self, lab: u64) {
        match self {
            #[cfg(target_os = "linux")]
            Arm::Netns(netns) => netns.destroy(lab),
            #[cfg(feature = "docker")]
            Arm::Docker(docker) => docker.destroy(lab),
            Arm::Windows(windows) => windows.destroy(lab),
        }
    }
}
