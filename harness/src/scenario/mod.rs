//! A scenario: one failure, how it is set up, what it breaks, and what cures it.
//!
//! [`Scenario`] is what the rest of the harness works on. [`mod@file`] reads it from `scenario.toml`:
//! `raw` is the file as written, `check` turns it into a [`Scenario`] or a list of mistakes, each
//! with its line.

mod check;
mod claim;
mod error;
pub mod expand;
pub mod file;
mod listen;
mod located;
mod raw;
pub mod schema;
mod service;
pub mod words;
mod write;

pub use claim::{Claim, ClaimCell, ClaimPhase, Shown};
pub use error::ScenarioError;
pub use service::{Listen, Service, ServiceChange, ServiceState, ServiceUser};
pub use write::to_toml;

use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    cause::Cause,
    node::Node,
    route::{Route, RoutePattern},
    tool::Tool,
};

/// A checked scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name of its directory.
    pub name: String,
    /// Its directory.
    pub dir: PathBuf,
    /// One line: the failure.
    pub title: String,
    /// The class of failure.
    pub cause: Cause,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// Mechanism, who sees it, who does not.
    pub summary: String,
    /// The server under test; only a survey of commands has none, and then no matrix.
    pub service: Option<Service>,
    /// What differs from a fresh Windows 11 in NAT mode.
    pub machine: Machine,
    /// What is measured; the standard matrix unless a survey says otherwise.
    pub matrix: MatrixChoice,
    /// Before every phase, before the service.
    pub setup: Vec<Step>,
    /// What the phases are.
    pub plan: Plan,
    /// Sentences of the article, and the cells that show what is true.
    pub claims: Vec<Claim>,
    /// Commands of the scenario's own.
    pub probes: Vec<CommandProbe>,
}

/// What kind of scenario it is.
#[derive(Clone, Debug)]
pub enum Plan {
    /// A failure: control, fault, remedies.
    Fault {
        /// The steps that switch the fault on.
        fault: Vec<Step>,
        /// At least one.
        remedies: Vec<Remedy>,
        /// What the fault breaks and what it leaves alone.
        signature: Signature,
    },
    /// A measurement of several cases.
    Survey {
        /// At least one.
        cases: Vec<Case>,
    },
}

/// What a survey measures, as far as it is not the standard matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixChoice {
    /// These routes and no others, in the file's order; none: the standard ones.
    pub routes: Vec<Route>,
    /// These tools and no others; none: the standard ones.
    pub tools: Vec<Tool>,
}

/// The Windows machine, as far as it differs from a fresh one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// `wsl2.localhostForwarding` of the user's `.wslconfig`.
    pub localhost_forwarding: bool,
    /// Whether WSL's relay takes what listens on loopback. Builds of Windows before 18970 relayed
    /// wildcard binds only (ledger 1.1).
    pub relays_loopback: bool,
    /// Whether the guest has another address after `wsl --shutdown`.
    pub wsl_address_on_restart: AddressOnRestart,
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            localhost_forwarding: true,
            relays_loopback: true,
            wsl_address_on_restart: AddressOnRestart::Keep,
        }
    }
}

/// What becomes of the guest's address when the virtual machine starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AddressOnRestart {
    /// As real WSL does while the address is usable.
    Keep,
    /// As real WSL does when the range was taken meanwhile.
    Change,
}

/// One change on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub on: Node,
    /// What.
    pub action: Action,
    /// The exit code that a `run`, or a service that `ends`, must have.
    pub exit: i32,
    /// The line of the file it stands on, from 1.
    pub line: usize,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A command line; `{wsl-ip}`, `{windows-gateway}`, `{windows-lan-ip}` expand when it runs.
    Run(String),
    /// A file to write; its text expands likewise.
    Write {
        /// Where on the node.
        path: String,
        /// The whole new content.
        text: String,
    },
    /// A change of the node's service.
    Service(ServiceChange),
    /// Variables for later steps and probes on the node.
    Env(BTreeMap<String, String>),
}

/// A cure, applied to the faulted lab.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// Its phase is `remedy/<name>`.
    pub name: String,
    /// What to do.
    pub steps: Vec<Step>,
    /// What it claims to restore.
    pub restores: Restores,
    /// What it newly breaks, exactly.
    pub costs: Vec<RoutePattern>,
}

/// What a remedy claims to restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restores {
    /// Every cell that the fault broke.
    All,
    /// These.
    Routes(Vec<RoutePattern>),
}

/// What a fault breaks and what it leaves alone.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    /// Good in `healthy`, bad in `fault`; at least one.
    pub breaks: Vec<RoutePattern>,
    /// Good in every phase.
    pub keeps: Vec<RoutePattern>,
}

/// A case of a survey.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its phase is `case/<name>`.
    pub name: String,
    /// What to do.
    pub steps: Vec<Step>,
}

/// A command whose end a scenario states, for what a matrix cannot show.
#[derive(Clone, Debug)]
pub struct CommandProbe {
    /// By which a claim names it.
    pub name: Option<String>,
    /// Where.
    pub on: Node,
    /// The command line, expanded like a step's.
    pub run: String,
    /// The phases it runs in, before their matrix; empty means every phase.
    pub phases: Vec<PhaseName>,
    /// The exit code it must have.
    pub exit: i32,
    /// The first line of its output (stdout, then stderr) it must have, where one is stated.
    pub first_line: Option<String>,
    /// Texts that must stand in its output.
    pub contains: Vec<String>,
    /// Whether its output differs between versions of the program: a snapshot leaves it out then.
    pub varies: bool,
    /// The line of the file it stands on, from 1.
    pub line: usize,
}

impl CommandProbe {
    /// Whether it runs in a phase.
    pub fn runs_in(&self, phase: &PhaseName) -> bool {
        self.phases.is_empty() || self.phases.contains(phase)
    }
}

/// The name of a phase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PhaseName {
    /// The control.
    Healthy,
    /// The fault is on.
    Fault,
    /// The fault is on and a remedy applied.
    Remedy(String),
    /// A case of a survey.
    Case(String),
    /// A claim's own.
    Claim(String),
}

impl fmt::Display for PhaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhaseName::Healthy => f.pad("healthy"),
            PhaseName::Fault => f.pad("fault"),
            PhaseName::Remedy(name) => f.pad(&format!("remedy/{name}")),
            PhaseName::Case(name) => f.pad(&format!("case/{name}")),
            PhaseName::Claim(name) => f.pad(&format!("claim/{name}")),
        }
    }
}

crate::text::serialized_as_text!(PhaseName);

impl FromStr for PhaseName {
    type Err = String;

    /// # Errors
    /// Names the forms a phase can have.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            None if text == "healthy" => Ok(PhaseName::Healthy),
            None if text == "fault" => Ok(PhaseName::Fault),
            Some(("remedy", name)) if !name.is_empty() => Ok(PhaseName::Remedy(name.to_owned())),
            Some(("case", name)) if !name.is_empty() => Ok(PhaseName::Case(name.to_owned())),
            Some(("claim", name)) if !name.is_empty() => Ok(PhaseName::Claim(name.to_owned())),
            _ => Err(format!(
                "unknown phase `{text}`; one of healthy, fault, remedy/NAME, case/NAME, claim/NAME"
            )),
        }
    }
}

/// A phase to run: from a fresh boot, after setup and service, these groups of steps in order.
#[derive(Clone, Debug)]
pub struct Phase<'a> {
    /// Its name.
    pub name: PhaseName,
    /// Groups of steps; the lab settles after each.
    pub groups: Vec<&'a [Step]>,
}

impl Scenario {
    /// The phases, in the order in which reports and snapshots list them.
    pub fn phases(&self) -> Vec<Phase<'_>> {
        let mut phases = Vec::new();
        let mut base: &[Step] = &[];
        match &self.plan {
            Plan::Fault { fault, remedies, .. } => {
                base = fault;
                phases.push(Phase { name: PhaseName::Healthy, groups: vec![] });
                phases.push(Phase { name: PhaseName::Fault, groups: vec![fault] });
                phases.extend(remedies.iter().map(|remedy| Phase {
                    name: PhaseName::Remedy(remedy.name.clone()),
                    groups: vec![fault, &remedy.steps],
                }));
            }
            Plan::Survey { cases } => phases.extend(cases.iter().map(|case| Phase {
                name: PhaseName::Case(case.name.clone()),
                groups: vec![&case.steps],
            })),
        }
        for own in self.claims.iter().filter_map(|claim| claim.phase.as_ref()) {
            let mut groups = if own.faulted { vec![base] } else { vec![] };
            groups.push(&own.steps);
            phases.push(Phase { name: PhaseName::Claim(own.name.clone()), groups });
        }
        phases
    }
}
