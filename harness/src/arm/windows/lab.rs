//! The lab of the moment: its agents and its guest, from a boot to its end.

use std::{
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    process::Child,
    sync::OwnedSemaphorePermit,
    time::{sleep, timeout},
};

use super::{
    RealWindows, addresses::another, bundle::GUEST_AGENT, guard, guest, image, journal::Entry,
    machine, programs, spawn::start,
};
use crate::{
    agent::{
        client::{AgentClient, CallError},
        native,
        protocol::{Reply, Request},
    },
    arm::{ArmError, Nodes},
    node::Node,
    scenario::{AddressOnRestart, Machine},
    topology::LabPlan,
};

/// How long a relay that looks once a second has seen every change, twice over.
const RELAY: Duration = Duration::from_millis(2200);
/// The same in a rehearsal, whose relay looks ten times a second.
const RELAY_REHEARSED: Duration = Duration::from_millis(700);

/// How long an agent may outlive its guest, or its lab.
const PARTING: Duration = Duration::from_secs(10);

/// What the lab of the moment has started.
#[derive(Default)]
pub(super) struct Lab {
    agents: Vec<Child>,
    guest: Option<(AgentClient, Child)>,
    /// Agents of labs that are no more.
    parting: Vec<Child>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether something was done since everything was put back.
    pub(super) used: bool,
    /// Whether this virtual machine has lost its relay.
    pub(super) relay_ended: bool,
}

impl Lab {
    /// Before the first boot: nothing runs, and nobody knows what was left.
    pub(super) fn unknown() -> Lab {
        Lab { used: true, ..Lab::default() }
    }
}

impl RealWindows {
    /// After a typed line: one that stopped the guest has ended its agent, too. Says whether it may
    /// have booted the guest instead: what runs in it starts with it, as a unit of systemd would.
    pub async fn has_run(&self, line: &str) -> bool {
        let stops = ["--shutdown", "--terminate", " -t "].iter().any(|word| line.contains(word));
        if !stops {
            return guard::runs_in_guest(line);
        }
        let agent = self.lab().guest.as_ref().map(|(agent, _)| agent.clone());
        let begun = Instant::now();
        while agent.as_ref().is_some_and(|agent| !agent.is_lost()) && begun.elapsed() < PARTING {
            sleep(Duration::from_millis(20)).await;
        }
        *self.settled() = None;
        false
    }

    pub(in crate::arm) async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
        let permit = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| ArmError::Gone)?;
        let clock = Instant::now();
        self.put_back().await?;
        {
            let mut lab = self.lab();
            lab.used = true;
            lab.permit = Some(permit);
        }
        self.adjust(plan.machine).await?;
        let argv = vec![native::ARGUMENT.to_owned(), Node::Windows.to_string()];
        let program = self.program.display().to_string();
        let (windows, asks, child) = start(Node::Windows, &program, &argv).await?;
        let mut agents = vec![child];
        let first = clock.elapsed();
        let wsl = self.start_wsl(0, plan.wsl_address).await?;
        let second = clock.elapsed();
        let lan = match &self.order.lan {
            Some(line) => {
                let mut words = line.split_whitespace().map(str::to_owned);
                let program = words.next().unwrap_or_default();
                let (lan, _, child) =
                    start(Node::Lan, &program, &words.collect::<Vec<_>>()).await?;
                agents.push(child);
                lan
            }
            None => AgentClient::absent(Node::Lan),
        };
        self.lab().agents = agents;
        let node_boot = [(Node::Windows, first), (Node::Wsl, second)].into();
        Ok(Nodes { lab: 0, windows, asks, wsl, lan, boot: clock.elapsed(), node_boot })
    }

    pub(in crate::arm) async fn stop_wsl(&self, _lab: u64) -> Result<(), ArmError> {
        self.guest.stop(true).await
    }

    pub(in crate::arm) async fn start_wsl(
        &self,
        _lab: u64,
        _address: Ipv4Addr,
    ) -> Result<AgentClient, ArmError> {
        let exec = self.guest.exec(&[GUEST_AGENT, native::ARGUMENT, "wsl"]);
        let argv: Vec<String> = exec.into_iter().map(str::to_owned).collect();
        let (agent, _, child) = start(Node::Wsl, "wsl", &argv).await?;
        self.lab().guest = Some((agent.clone(), child));
        *self.settled() = None;
        Ok(agent)
    }

    pub(in crate::arm) fn destroy(&self, _lab: u64) {
        let mut lab = self.lab();
        let agents = std::mem::take(&mut lab.agents);
        let guest = lab.guest.take().map(|(_, child)| child);
        lab.parting.extend(agents.into_iter().chain(guest));
        // The next boot puts everything back first.
        lab.permit = None;
    }

    /// An agent ends its services and itself once nobody is connected to it. One that is killed leaves
    /// them behind: on Windows a process outlives who started it.
    pub(super) async fn part(&self) {
        let parting = std::mem::take(&mut self.lab().parting);
        for mut agent in parting {
            if timeout(PARTING, agent.wait()).await.is_err() {
                let _ = agent.kill().await;
            }
        }
    }

    /// What a scenario says of the machine, before the guest boots.
    async fn adjust(&self, machine: Machine) -> Result<(), ArmError> {
        let mut restart = false;
        if !machine.relays_loopback {
            return Err(ArmError::Refused {
                operation: "have an early relay".to_owned(),
                reason: "this Windows has the relay of its own build".to_owned(),
                hint: None,
            });
        }
        if !machine.localhost_forwarding
            && let Some(path) = machine::wslconfig()
        {
            let text = "[wsl2]\nlocalhostForwarding=false\n";
            self.note(&Entry::Run(format!("write {}", path.display())))?;
            let written = std::fs::write(path, text);
            written.map_err(|source| ArmError::Io { operation: "write .wslconfig", source })?;
            restart = true;
        }
        if machine.wsl_address_on_restart == AddressOnRestart::Change {
            // The guest runs with its address first; the one that WSL is to remember is asked for
            // when the virtual machine starts again (ledger 1.8).
            let text = self.guest.shell("ip -4 -o addr show eth0").await?;
            let other = guest::inet(&text).map(another);
            let other = other.ok_or_else(|| ArmError::Refused {
                operation: "give the guest another address".to_owned(),
                reason: format!("it has none: {text}"),
                hint: None,
            })?;
            let data = other.to_string();
            let line =
                ["add", image::LXSS, "/v", "NatIpAddress", "/t", "REG_SZ", "/d", &data, "/f"];
            self.note(&Entry::Run(format!("reg {}", line.join(" "))))?;
            programs::must("reg", &line).await?;
        }
        if restart {
            self.guest.stop(true).await?;
        }
        Ok(())
    }

    /// Where the guest is.
    ///
    /// # Errors
    /// What its agent says.
    pub async fn guest_address(&self, agent: &AgentClient) -> Result<Ipv4Addr, CallError> {
        let argv = ["ip", "-4", "-o", "addr", "show", "eth0"].map(str::to_owned).to_vec();
        let request =
            Request::Exec { argv, cwd: None, env: std::collections::BTreeMap::new(), limit: None };
        let output = agent.run(request).await?;
        guest::inet(&output.stdout).ok_or_else(|| CallError::Broken {
            node: Node::Wsl,
            reason: format!("eth0 has no address: {}", programs::said(&output)),
        })
    }

    /// Waits until Windows' relay has seen what the guest listens on, where that has changed.
    ///
    /// # Errors
    /// What the agent says.
    pub async fn settle(&self, agent: &AgentClient) -> Result<(), CallError> {
        let Reply::Listeners(mut listeners) = agent.request(Request::Listeners).await? else {
            return Err(agent.out_of_turn("list listeners"));
        };
        listeners.sort();
        if self.settled().as_ref() == Some(&listeners) {
            return Ok(());
        }
        // Neither a listener that appears nor one that does not tells that the relay has looked.
        sleep(if self.machine.wine { RELAY_REHEARSED } else { RELAY }).await;
        *self.settled() = Some(listeners);
        Ok(())
    }
}
