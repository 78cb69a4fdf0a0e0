//! The `windows` arm: this machine and its real WSL2.

use std::net::Ipv4Addr;

use super::{ArmError, Nodes};
use crate::{agent::client::AgentClient, topology::LabPlan};

/// This machine, as the one lab that there can be on it.
pub struct RealWindows {}

impl RealWindows {
    fn refused() -> ArmError {
        ArmError::Refused {
            operation: "boot a lab on this machine".to_owned(),
            reason: "the windows arm is not finished".to_owned(),
            hint: None,
        }
    }

    pub(super) async fn boot(&self, _plan: &LabPlan) -> Result<Nodes, ArmError> {
        Err(RealWindows::refused())
    }

    pub(super) async fn stop_wsl(&self, _lab: u64) -> Result<(), ArmError> {
        Err(RealWindows::refused())
    }

    pub(super) async fn start_wsl(
        &self,
        _lab: u64,
        _address: Ipv4Addr,
    ) -> Result<AgentClient, ArmError> {
        Err(RealWindows::refused())
    }

    pub(super) fn destroy(&self, _lab: u64) {}
}
