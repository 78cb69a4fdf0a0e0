//! A booted lab: steps go in, cells come out.

mod services;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::Mutex, task::JoinHandle};

use crate::{
    agent::{
        client::{AgentClient, Asks, CallError},
        protocol::{Answer, Ask, Output, Request},
    },
    arm::{Arm, ArmError},
    fixture::FixtureError,
    node::Node,
    scenario::{Action, Machine, Step, expand},
    stock::Stock,
    target::Host,
    topology::{self, Extras, LAN_IP, LAN_NAME, LabPlan},
    vm::{Vm, VmError},
};

/// Why a lab could not do what a scenario says. Not a failed expectation.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// It could not be booted.
    #[error(transparent)]
    Arm(#[from] ArmError),
    /// The guest could not be had.
    #[error(transparent)]
    Vm(#[from] VmError),
    /// An agent could not do its part.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A service is not to be had.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// Something is to happen on the LAN peer, and this arm has none.
    #[error("there is no other machine on the LAN of this one")]
    NoLan,
    /// A command of a step ended otherwise than the scenario says.
    #[error("{node}: `{line}` ended with exit code {} instead of {expected}{}", output.exit, said(output))]
    Exit {
        /// Where.
        node: Node,
        /// The command line, expanded.
        line: String,
        /// The code that the step states.
        expected: i32,
        /// How it ended.
        output: Output,
    },
    /// A step on a line of the scenario.
    #[error("{file}:{line}: {source}")]
    Step {
        /// The scenario's file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What went wrong.
        source: Box<LabError>,
    },
}

fn said(output: &Output) -> String {
    let text = format!("{}{}", output.stdout, output.stderr);
    if text.trim().is_empty() { String::new() } else { format!(":\n{}", text.trim_end()) }
}

/// A booted lab. Dropping it takes it down.
pub struct Lab {
    arm: Arc<Arm>,
    number: u64,
    windows: AgentClient,
    /// `None` where the arm has no such machine.
    lan: Option<AgentClient>,
    vm: Arc<Vm>,
    asks: JoinHandle<()>,
    stock: Arc<Stock>,
    token: String,
    services: Mutex<services::Services>,
    /// From the start to the third hello.
    pub boot: Duration,
    /// How long each node took.
    pub node_boot: BTreeMap<Node, Duration>,
}

impl Lab {
    /// Boots a lab for a machine.
    ///
    /// # Errors
    /// What could not be built.
    pub async fn boot(
        arm: Arc<Arm>,
        machine: Machine,
        stock: Arc<Stock>,
        token: String,
        extras: Extras,
    ) -> Result<Lab, LabError> {
        let wsl_address = topology::wsl_address(0);
        let plan = LabPlan { wsl_address, extras, machine };
        let nodes = arm.boot(&plan).await?;
        let undo = Undo { arm: &arm, lab: Some(nodes.lab) };
        let real = arm.real().is_some();
        // The windows arm has written its own before it booted the guest.
        if !machine.localhost_forwarding && !real {
            let path = r"%UserProfile%\.wslconfig".to_owned();
            let text = "[wsl2]\nlocalhostForwarding=false\n".to_owned();
            nodes.windows.order(Request::Write { path, text }).await?;
        }
        let vm = Vm::adopt(
            Arc::clone(&arm),
            nodes.lab,
            nodes.windows.clone(),
            nodes.wsl,
            machine,
            match real {
                true => stock.client_environment(Node::Wsl),
                false => stock.guest_environment(extras),
            },
        );
        let vm = Arc::new(vm.await?);
        let lan = arm.has_lan().then_some(nodes.lan);
        let asks = serve_asks(Arc::clone(&vm), nodes.windows.clone(), lan.clone(), nodes.asks);
        let asks = tokio::spawn(asks);
        for agent in [Some(&nodes.windows), lan.as_ref()].into_iter().flatten() {
            let vars = stock.client_environment(agent.node());
            agent.order(Request::SetEnv { vars }).await?;
        }
        undo.disarm();
        Ok(Lab {
            arm,
            number: nodes.lab,
            windows: nodes.windows,
            lan,
            vm,
            asks,
            stock,
            token,
            services: Mutex::default(),
            boot: nodes.boot,
            node_boot: nodes.node_boot,
        })
    }

    /// The token that this lab's service answers with.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The agent of a node; boots the guest if it is needed and stopped.
    ///
    /// # Errors
    /// What could not be booted.
    pub async fn agent(&self, node: Node) -> Result<AgentClient, LabError> {
        match node {
            Node::Windows => Ok(self.windows.clone()),
            Node::Lan => self.lan.clone().ok_or(LabError::NoLan),
            Node::Wsl => Ok(self.vm.agent().await?),
        }
    }

    /// Applies steps in order; the relay settles after each, as it would while a person types.
    ///
    /// # Errors
    /// The first step that could not be done, with its line in `file`.
    pub async fn apply(&self, steps: &[Step], file: &str) -> Result<(), LabError> {
        for step in steps {
            let place = |source: LabError| LabError::Step {
                file: file.to_owned(),
                line: step.line,
                source: Box::new(source),
            };
            self.step(step).await.map_err(place)?;
            self.vm.settle().await.map_err(|error| place(error.into()))?;
        }
        Ok(())
    }

    /// Runs a command line on a node, its placeholders expanded.
    ///
    /// # Errors
    /// When it cannot be run; its exit code is not judged.
    pub async fn run(&self, node: Node, line: &str) -> Result<(String, Output), LabError> {
        let line = self.expand(line).await?;
        let agent = self.agent(node).await?;
        let real = self.arm.real().filter(|_| node == Node::Windows);
        let line = match real {
            Some(real) => real.typed(&line)?,
            None => line,
        };
        let output = agent.run(Request::Run { line: line.clone() }).await?;
        if let Some(real) = real
            && real.has_run(&line).await
        {
            self.vm.agent().await?;
        }
        Ok((line, output))
    }

    /// What a tool is given to reach a host: a name or an address without brackets.
    ///
    /// # Errors
    /// When the guest is needed and cannot be booted.
    pub async fn address(&self, host: Host) -> Result<String, LabError> {
        Ok(match host {
            Host::Localhost => "localhost".to_owned(),
            Host::Loopback4 => "127.0.0.1".to_owned(),
            Host::Loopback6 => "::1".to_owned(),
            Host::WslIp => self.vm.address().await?.to_string(),
            Host::WindowsGateway => self.arm.windows_gateway().to_string(),
            Host::WindowsLanIp => self.arm.windows_lan_ip().to_string(),
            Host::LanIp => LAN_IP.to_string(),
            Host::LanName => LAN_NAME.to_owned(),
        })
    }

    /// Whether there is another machine on the LAN.
    pub fn has_lan(&self) -> bool {
        self.lan.is_some()
    }

    /// How long a tool may take.
    pub fn timeout(&self) -> Duration {
        self.arm.timeout()
    }

    /// Lets the relay match the guest's listeners.
    ///
    /// # Errors
    /// What an agent says.
    pub async fn settle(&self) -> Result<(), LabError> {
        Ok(self.vm.settle().await?)
    }

    /// What `wsl.exe` printed at boots of the guest.
    pub async fn boot_warnings(&self) -> Vec<String> {
        self.vm.warnings().await
    }

    async fn step(&self, step: &Step) -> Result<(), LabError> {
        match &step.action {
            Action::Run(line) => {
                let (line, output) = self.run(step.on, line).await?;
                if output.exit == step.exit {
                    return Ok(());
                }
                Err(LabError::Exit { node: step.on, line, expected: step.exit, output })
            }
            Action::Write { path, text } => {
                let text = self.expand(text).await?;
                let request = Request::Write { path: path.clone(), text };
                Ok(self.agent(step.on).await?.order(request).await?)
            }
            Action::Env(vars) => {
                let request = Request::SetEnv { vars: vars.clone() };
                Ok(self.agent(step.on).await?.order(request).await?)
            }
            Action::Service(change) => self.change_service(step.on, change, step.exit).await,
        }
    }

    async fn expand(&self, text: &str) -> Result<String, LabError> {
        let mut addresses = BTreeMap::new();
        for host in expand::placeholders(text) {
            addresses.insert(host, self.address(host).await?);
        }
        let address = |host| addresses.get(&host).cloned().unwrap_or_default();
        Ok(expand::expand(text, address))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.asks.abort();
        self.arm.destroy(self.number);
    }
}

/// Takes a half-built lab down again.
struct Undo<'a> {
    arm: &'a Arm,
    lab: Option<u64>,
}

impl Undo<'_> {
    fn disarm(mut self) {
        self.lab = None;
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if let Some(lab) = self.lab {
            self.arm.destroy(lab);
        }
    }
}

async fn serve_asks(vm: Arc<Vm>, windows: AgentClient, lan: Option<AgentClient>, mut asks: Asks) {
    while let Some((id, ask)) = asks.recv().await {
        let (vm, windows, lan) = (Arc::clone(&vm), windows.clone(), lan.clone());
        tokio::spawn(async move {
            let answer = match (ask, lan) {
                (Ask::Lan(request), Some(lan)) => match lan.request(*request).await {
                    Ok(reply) => Ok(Answer::Lan(Box::new(Ok(reply)))),
                    Err(CallError::Agent(error)) => Ok(Answer::Lan(Box::new(Err(error)))),
                    Err(error) => Err(error.to_string()),
                },
                (ask, _) => vm.serve(ask).await,
            };
            windows.answer(id, answer);
        });
    }
}
