//! What the host and the supervisor say to each other: one JSON document a packet, with the agents'
//! sockets attached to a reply.

use std::{net::Ipv4Addr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::topology::{LabPlan, Supplies};

/// A request of the host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToSupervisor {
    /// The uid and gid maps of the new user namespace are written.
    Mapped,
    /// Boot the three nodes of a lab.
    Boot {
        /// The lab's number, chosen by the host.
        lab: u64,
        /// What it looks like.
        plan: LabPlan,
        /// What this machine gives to it.
        supplies: Supplies,
    },
    /// Kill the guest and pull its cable.
    StopWsl {
        /// Which lab.
        lab: u64,
    },
    /// Boot the guest again; its disk is as it was left.
    StartWsl {
        /// Which lab.
        lab: u64,
        /// Its address.
        address: Ipv4Addr,
    },
    /// Kill all nodes of a lab and forget it.
    Destroy {
        /// Which lab.
        lab: u64,
    },
    /// Start an agent whose file system is this machine's, writable only in the given directories
    /// and [`crate::paths::WORKSHOP_TMP`].
    Workshop {
        /// Absolute paths.
        writable: Vec<String>,
    },
    /// Build the links, addresses, routes and rules of a lab by `ip -batch` and `nft -f`, for
    /// comparison.
    Baseline {
        /// Absolute path of `ip`.
        ip: String,
        /// Absolute path of `nft`.
        nft: String,
    },
}

/// A reply of the supervisor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromSupervisor {
    /// The user namespace exists and wants its maps.
    Unshared,
    /// Ready for requests.
    Ready,
    /// Done; the agents' sockets are attached, in the order of [`crate::node::Node::ALL`].
    Done {
        /// For [`ToSupervisor::Baseline`]: how long the namespaces took.
        namespaces: Duration,
        /// And how long what was built in them.
        network: Duration,
    },
    /// It did not work.
    Failed {
        /// What was tried.
        operation: String,
        /// The errno, 0 when there is none.
        errno: i32,
        /// In words.
        reason: String,
    },
}
