//! One phase: a fresh lab, its steps, its command probes, its matrix.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
    time::Instant,
};

use tokio::sync::Semaphore;

use crate::{
    arm::Arm,
    doctor,
    lab::{Lab, LabError},
    matrix::{MatrixPlan, Probes},
    measure::{Slots, measure},
    node::Node,
    run_result::{PhaseResult, ProbeResult},
    scenario::{Phase, PhaseName, Scenario, expand, file},
    stock::Stock,
};

/// What all phases of a run share.
pub struct Limits {
    /// Labs that exist.
    pub labs: Semaphore,
    /// Labs that boot or take steps.
    pub busy: Semaphore,
    /// Probes that work.
    pub slots: Arc<Slots>,
}

/// What a phase needs to run.
pub struct PhaseRun {
    /// What boots the lab.
    pub arm: Arc<Arm>,
    /// Services and clients.
    pub stock: Arc<Stock>,
    /// Whose phase it is.
    pub scenario: Arc<Scenario>,
    /// What it has to wait for.
    pub limits: Arc<Limits>,
    /// Who measures.
    pub probes: Probes,
}

impl PhaseRun {
    /// Runs the phase with this index in [`Scenario::phases`].
    ///
    /// # Errors
    /// What the lab could not do.
    pub async fn run(self, index: usize) -> Result<PhaseResult, LabError> {
        let scenario = &*self.scenario;
        let phases = scenario.phases();
        let phase = &phases[index];
        // The semaphores are never closed.
        let _lab = self.limits.labs.acquire().await.ok();
        let busy = self.limits.busy.acquire().await.ok();
        let clock = Instant::now();
        let lab = stage(self.arm, self.stock, scenario, phase).await?;
        let probes = run_probes(scenario, &phase.name, &lab).await?;
        drop(busy);
        let plan = MatrixPlan::of(scenario);
        let cells = measure(&plan, &lab, self.probes, &self.limits.slots).await?;
        Ok(PhaseResult {
            name: phase.name.clone(),
            cells,
            probes,
            boot_ms: lab.boot.as_secs_f64() * 1e3,
            node_boot_ms: lab
                .node_boot
                .iter()
                .map(|(node, time)| (*node, time.as_secs_f64() * 1e3))
                .collect(),
            ms: clock.elapsed().as_secs_f64() * 1e3,
            log: lab.boot_warnings().await,
        })
    }
}

/// Runs the command probes of a phase in their order. In what they say the lab's addresses become
/// placeholders, so that it can be stated and compared across arms.
async fn run_probes(
    scenario: &Scenario,
    phase: &PhaseName,
    lab: &Lab,
) -> Result<Vec<ProbeResult>, LabError> {
    let mut ended = Vec::new();
    for probe in scenario.probes.iter().filter(|probe| probe.runs_in(phase)) {
        ended.push((probe, lab.run(probe.on, &probe.run).await?.1));
    }
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    // Only now: asking for the guest's address boots it.
    let mut addresses = Vec::new();
    for host in expand::HOSTS {
        addresses.push((host, lab.address(host).await?));
    }
    let mask = |text: &str| expand::mask(text, &addresses);
    Ok(ended.iter().map(|(probe, output)| ProbeResult::new(probe, output, mask)).collect())
}

/// A lab in the state that a phase looks at: booted and set up, its service started, the phase's
/// steps done.
///
/// # Errors
/// What the lab could not do.
pub async fn stage(
    arm: Arc<Arm>,
    stock: Arc<Stock>,
    scenario: &Scenario,
    phase: &Phase<'_>,
) -> Result<Lab, LabError> {
    let file = format!("{}/{}", scenario.name, file::FILE_NAME);
    let extras = doctor::extras(scenario);
    let lab = Lab::boot(arm, scenario.machine, stock, fresh_token(), extras).await?;
    lab.apply(&scenario.setup, &file).await?;
    if let Some(service) = &scenario.service {
        lab.start_service(Node::Wsl, service).await?;
    }
    for group in &phase.groups {
        lab.apply(group, &file).await?;
    }
    Ok(lab)
}

/// What this lab's services answer with, unlike any other server's word.
fn fresh_token() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
