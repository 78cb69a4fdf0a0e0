//! The guest as the host sees it: the virtual machine that `wsl --shutdown` stops and that the next
//! thing that needs it boots again.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use tokio::sync::Mutex;

use crate::{
    agent::{
        client::{AgentClient, CallError},
        protocol::{Answer, Ask, Output, Reply, Request, ServiceOrder, VmSettings, WslCommand},
    },
    arm::{Arm, ArmError},
    scenario::{AddressOnRestart, Machine},
    topology::wsl_address,
};

/// Why the guest could not be had.
#[derive(Debug, thiserror::Error)]
pub enum VmError {
    /// It could not be booted.
    #[error("cannot boot the guest: {0}")]
    Arm(#[from] ArmError),
    /// An agent could not do its part.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// The guest of one lab.
pub struct Vm {
    arm: Arc<Arm>,
    lab: u64,
    windows: AgentClient,
    machine: Machine,
    /// What every boot of the guest finds in its environment beside what WSL injects.
    environment: BTreeMap<String, String>,
    state: Mutex<State>,
}

struct State {
    agent: Option<AgentClient>,
    /// Whether the virtual machine itself ran on when the distro was last stopped.
    kept: bool,
    changes: u8,
    address: Ipv4Addr,
    settings: VmSettings,
    /// Whether this boot of the guest takes commands from a stand-in for `wsl.exe`.
    interop: bool,
    /// Those that run, in the order in which they were started.
    services: Vec<ServiceOrder>,
    warnings: Vec<String>,
}

impl Vm {
    /// Takes over a guest that has just booted, and gives it what it takes from Windows.
    ///
    /// # Errors
    /// What could not be done.
    pub async fn adopt(
        arm: Arc<Arm>,
        lab: u64,
        windows: AgentClient,
        wsl: AgentClient,
        machine: Machine,
        environment: BTreeMap<String, String>,
    ) -> Result<Vm, VmError> {
        let settings = match arm.real() {
            // A real guest has taken them already.
            Some(_) => VmSettings::taken(),
            None => read_settings(&windows).await?,
        };
        furnish(&wsl, &environment, &settings).await?;
        let state = State {
            agent: Some(wsl),
            kept: false,
            changes: 0,
            address: wsl_address(0),
            settings,
            interop: false,
            services: Vec::new(),
            warnings: Vec::new(),
        };
        Ok(Vm { arm, lab, windows, machine, environment, state: Mutex::new(state) })
    }

    /// The guest's agent, booted and with its service running.
    ///
    /// # Errors
    /// What could not be booted.
    pub async fn agent(&self) -> Result<AgentClient, VmError> {
        self.ensure(&mut *self.state.lock().await).await
    }

    /// The guest's address; boots it, because a stopped guest has none.
    ///
    /// # Errors
    /// What could not be booted.
    pub async fn address(&self) -> Result<Ipv4Addr, VmError> {
        let mut state = self.state.lock().await;
        let agent = self.ensure(&mut state).await?;
        match self.arm.real() {
            Some(real) => Ok(real.guest_address(&agent).await?),
            None => Ok(state.address),
        }
    }

    /// Starts a service, now and at each boot from now on.
    ///
    /// # Errors
    /// What the service says.
    pub async fn start_service(&self, order: ServiceOrder) -> Result<(), VmError> {
        let mut state = self.state.lock().await;
        let had = state.services.iter().any(|service| service.name == order.name);
        let agent = self.without(&mut state, &order.name).await?;
        if let Some(real) = self.arm.real()
            && had
        {
            // A relay that looks once a second must see that the old one is gone.
            agent.order(Request::StopService { name: order.name.clone() }).await?;
            real.settle(&agent).await?;
        }
        agent.request(Request::StartService(order.clone())).await?;
        state.services.push(order);
        Ok(())
    }

    /// Stops a service; it does not come back with the next boot. Fine when it does not run.
    ///
    /// # Errors
    /// What the agent says.
    pub async fn stop_service(&self, name: &str) -> Result<(), VmError> {
        let mut state = self.state.lock().await;
        let agent = self.without(&mut state, name).await?;
        Ok(agent.order(Request::StopService { name: name.to_owned() }).await?)
    }

    /// Sees a service start and end by itself.
    ///
    /// # Errors
    /// That it does not end.
    pub async fn await_end(&self, order: ServiceOrder) -> Result<Output, VmError> {
        let mut state = self.state.lock().await;
        let agent = self.without(&mut state, &order.name).await?;
        Ok(agent.run(Request::AwaitEnd(order)).await?)
    }

    /// The guest's agent; the service of that name is started by no boot any more.
    async fn without(&self, state: &mut State, name: &str) -> Result<AgentClient, VmError> {
        state.services.retain(|order| order.name != name);
        self.ensure(state).await
    }

    /// Lets Windows' relay match the guest's listeners, as its scan once a second would.
    ///
    /// # Errors
    /// What an agent says.
    pub async fn settle(&self) -> Result<(), VmError> {
        let mut state = self.state.lock().await;
        if let Some(real) = self.arm.real() {
            if state.agent.as_ref().is_some_and(AgentClient::is_lost) {
                state.agent = None;
            }
            return match &state.agent {
                Some(agent) => Ok(real.settle(agent).await?),
                None => Ok(()),
            };
        }
        let Some(agent) = state.agent.as_ref().filter(|_| state.settings.localhost_forwarding)
        else {
            return Ok(self.windows.order(Request::RelayStop).await?);
        };
        let Reply::Listeners(mut listeners) = agent.request(Request::Listeners).await? else {
            return Err(agent.out_of_turn("list listeners").into());
        };
        if !self.machine.relays_loopback {
            listeners.retain(|listener| !listener.address.is_loopback());
        }
        Ok(self.windows.order(Request::RelaySync { listeners }).await?)
    }

    /// What `wsl.exe` printed at boots so far.
    pub async fn warnings(&self) -> Vec<String> {
        self.state.lock().await.warnings.clone()
    }

    /// Does what Windows' `wsl.exe` asks for.
    ///
    /// # Errors
    /// In words, for `wsl.exe` to print.
    pub async fn serve(&self, ask: Ask) -> Result<Answer, String> {
        self.do_ask(ask).await.map_err(|error| error.to_string())
    }

    async fn do_ask(&self, ask: Ask) -> Result<Answer, VmError> {
        let mut state = self.state.lock().await;
        match ask {
            Ask::WslState => Ok(Answer::Running(state.agent.is_some())),
            Ask::WslShutdown => {
                self.stop(&mut state).await?;
                self.windows.order(Request::RelayEnd).await?;
                state.kept = false;
                Ok(Answer::Done)
            }
            Ask::WslTerminate => {
                self.stop(&mut state).await?;
                state.kept = true;
                Ok(Answer::Done)
            }
            Ask::WslInterop => {
                let heard = state.warnings.len();
                let agent = self.ensure(&mut state).await?;
                let boot_warnings = state.warnings[heard..].to_vec();
                if !std::mem::replace(&mut state.interop, true) {
                    agent.order(Request::OpenInterop).await?;
                }
                Ok(Answer::Opened { boot_warnings })
            }
            // Answered by the lab, which knows that node.
            Ask::Lan(_) => Ok(Answer::Done),
            Ask::WslRun(command) => {
                let heard = state.warnings.len();
                let agent = self.ensure(&mut state).await?;
                let boot_warnings = state.warnings[heard..].to_vec();
                // A command may take long; others may use the guest meanwhile.
                drop(state);
                let output = run(&agent, command).await?;
                Ok(Answer::Ran { boot_warnings, output })
            }
        }
    }

    async fn stop(&self, state: &mut State) -> Result<(), VmError> {
        if state.agent.take().is_some() {
            self.arm.stop_wsl(self.lab).await?;
            // The relay's channel to the guest closes, and its listeners with it (ledger 2.4.2).
            self.windows.order(Request::RelayStop).await?;
        }
        Ok(())
    }

    async fn ensure(&self, state: &mut State) -> Result<AgentClient, VmError> {
        if let Some(agent) = state.agent.as_ref().filter(|agent| !agent.is_lost()) {
            return Ok(agent.clone());
        }
        if self.arm.real().is_some() {
            return self.restart(state).await;
        }
        // The virtual machine reads them when it starts; a distro that was only terminated finds
        // it running.
        if !state.kept {
            state.settings = read_settings(&self.windows).await?;
            state.warnings.extend(state.settings.warnings.iter().cloned());
        }
        if self.machine.wsl_address_on_restart == AddressOnRestart::Change && !state.kept {
            state.changes = state.changes.wrapping_add(1);
            state.address = wsl_address(state.changes);
        }
        if let Some(address) = state.settings.address.filter(|_| !state.kept) {
            state.address = address;
        }
        state.interop = false;
        self.restart(state).await
    }

    /// Boots the guest and what ran in it.
    async fn restart(&self, state: &mut State) -> Result<AgentClient, VmError> {
        let agent = self.arm.start_wsl(self.lab, state.address).await?;
        furnish(&agent, &self.environment, &state.settings).await?;
        state.warnings.extend(agent.warnings().iter().cloned());
        state.agent = Some(agent.clone());
        for order in &state.services {
            agent.request(Request::StartService(order.clone())).await?;
        }
        Ok(agent)
    }
}

async fn furnish(
    guest: &AgentClient,
    environment: &BTreeMap<String, String>,
    settings: &VmSettings,
) -> Result<(), CallError> {
    let mut vars = environment.clone();
    vars.extend(settings.env.clone());
    guest.order(Request::SetEnv { vars }).await
}

async fn read_settings(windows: &AgentClient) -> Result<VmSettings, VmError> {
    match windows.request(Request::VmSettings).await? {
        Reply::VmSettings(settings) => Ok(settings),
        _ => Err(windows.out_of_turn("read the VM's settings").into()),
    }
}

async fn run(agent: &AgentClient, command: WslCommand) -> Result<Output, VmError> {
    let request = match command {
        WslCommand::Line(line) => Request::Run { line },
        WslCommand::Argv(argv) => {
            Request::Exec { argv, cwd: None, env: BTreeMap::new(), limit: None }
        }
    };
    Ok(agent.run(request).await?)
}
