//! The `windows` arm: this machine and its real WSL2.
//!
//! There is one lab, this machine, so phases take turns: each starts with everything as it was found,
//! on Windows and in the lab's own distro. What may change is read first and written to a journal,
//! and only commands whose changes can be taken back are run (`guard.rs`).

mod addresses;
pub mod bundle;
pub mod clean;
mod distro;
mod guard;
mod guest;
mod image;
mod journal;
mod machine;
mod programs;
mod restore;
mod spawn;

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    process::Child,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

pub use self::machine::Machine as MachineReport;
use self::{
    addresses::{addresses, another},
    bundle::{Bundle, GUEST_AGENT},
    distro::distro,
    guard::Effect,
    guest::Guest,
    image::Image,
    journal::{Entry, Journal},
    spawn::start,
};
use super::{ArmError, Nodes};
use crate::{
    agent::{
        client::{AgentClient, CallError},
        native,
        protocol::{Listener, Reply, Request},
    },
    node::Node,
    scenario::{Action, AddressOnRestart, Machine, Scenario},
    snapshot,
    topology::LabPlan,
};

/// What the arm is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Whether this machine may be changed.
    pub consent: bool,
    /// A distro that is there and is the lab's.
    pub distro: Option<String>,
    /// What a distro is imported from, where none is named.
    pub rootfs: Option<PathBuf>,
    /// Programs built elsewhere, see [`bundle`].
    pub bundle: PathBuf,
    /// A command whose stdin and stdout are an agent on another machine of the LAN.
    pub lan: Option<String>,
    /// Where matrices wait for a review that no snapshot records yet.
    pub review: PathBuf,
}

/// The name of a distro that the lab imports.
const DISTRO: &str = "reachlab";

/// How long a relay that looks once a second has seen every change, twice over.
const RELAY: Duration = Duration::from_millis(2200);
/// The same in a rehearsal, whose relay looks ten times a second.
const RELAY_REHEARSED: Duration = Duration::from_millis(700);

/// How long a tool may take on Windows, where a refused connect to loopback takes two seconds.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The same in a rehearsal, where programs start under Wine.
const TIMEOUT_REHEARSED: Duration = Duration::from_secs(4);

/// How long an agent may outlive its guest, or its lab.
const PARTING: Duration = Duration::from_secs(10);

/// Where things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Windows on the virtual switch.
    pub gateway: IpAddr,
    /// Windows on the LAN.
    pub lan: IpAddr,
}

/// This machine, as the one lab that there can be on it.
pub struct RealWindows {
    program: PathBuf,
    order: Order,
    machine: MachineReport,
    guest: Guest,
    imported: Option<PathBuf>,
    addresses: Addresses,
    before: Image,
    journal: Mutex<Option<Journal>>,
    turn: Arc<Semaphore>,
    lab: Mutex<Lab>,
    settled: Mutex<Option<Vec<Listener>>>,
}

/// What the lab of the moment has started.
#[derive(Default)]
struct Lab {
    agents: Vec<Child>,
    guest: Option<(AgentClient, Child)>,
    /// Agents of labs that are no more.
    parting: Vec<Child>,
    permit: Option<OwnedSemaphorePermit>,
    /// Whether something was done since everything was put back.
    used: bool,
}

impl RealWindows {
    /// Reads this machine, and makes a distro ready.
    ///
    /// # Errors
    /// Without consent, after a run that was killed, and when there is no distro to be had.
    pub async fn prepare(
        program: PathBuf,
        order: Order,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<RealWindows, ArmError> {
        if !order.consent {
            return Err(ArmError::Refused {
                operation: "run on this machine".to_owned(),
                reason: "scenarios change it: rules of portproxy and of the firewall, .wslconfig, \
                         the proxy, the service iphlpsvc; and they shut WSL down"
                    .to_owned(),
                hint: Some(
                    "allow it by --yes-change-this-machine; all of it is put back".to_owned(),
                ),
            });
        }
        let io = |operation| move |source| ArmError::Io { operation, source };
        let bundle = Bundle::open(&order.bundle).map_err(io("open the bundle"))?;
        let directory = clean::directory().map_err(io("find the cache"))?;
        if journal::exists(&directory) {
            return Err(ArmError::Refused {
                operation: "begin a journal".to_owned(),
                reason: format!("another run has one in {}", directory.display()),
                hint: Some("if none is going on, one was killed: `cargo xtask clean`".to_owned()),
            });
        }
        let machine = MachineReport::read().await?;
        let before = Image::read().await?;
        let journal = Journal::begin(&directory).map_err(io("begin the journal"))?;
        let made = RealWindows::begin(program, order, bundle, machine, before, journal, say).await;
        if made.is_err() {
            // What was begun is in the journal. The first error tells more than one of tidying.
            if let Err(error) = clean::clean().await {
                say(&format!("not put back: {error}"));
            }
        }
        made
    }

    async fn begin(
        program: PathBuf,
        order: Order,
        bundle: Bundle,
        mut machine: MachineReport,
        before: Image,
        journal: Journal,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<RealWindows, ArmError> {
        let io = |operation| move |source| ArmError::Io { operation, source };
        let directory = clean::directory().map_err(io("find the cache"))?;
        journal.write(&Entry::Before(Box::new(before.clone()))).map_err(io("write the journal"))?;
        let (guest, imported) = distro(&order, &directory, &machine, &journal, say).await?;
        say("furnishing the distro");
        guest.furnish(&bundle).await?;
        let mode = guest.shell("wslinfo --networking-mode 2>/dev/null || true").await?;
        machine.networking_mode = Some(mode.trim().to_owned()).filter(|mode| !mode.is_empty());
        let addresses = addresses(&guest).await?;
        Ok(RealWindows {
            program,
            order,
            machine,
            guest,
            imported,
            addresses,
            before,
            journal: Mutex::new(Some(journal)),
            turn: Arc::new(Semaphore::new(1)),
            lab: Mutex::new(Lab { used: true, ..Lab::default() }),
            settled: Mutex::default(),
        })
    }

    /// What machine this is.
    pub fn machine(&self) -> &MachineReport {
        &self.machine
    }

    /// The word for reports. What ran under Wine is never called Windows.
    pub fn label(&self) -> &'static str {
        if self.machine.wine { "wine-rehearsal" } else { "windows" }
    }

    /// Keeps a matrix that is not recorded yet, and says where.
    pub fn review(&self, scenario: &str, text: &str) -> String {
        let path = self.order.review.join(format!("{scenario}.{}", snapshot::WINDOWS_FILE_NAME));
        let written =
            std::fs::create_dir_all(&self.order.review).and_then(|()| std::fs::write(&path, text));
        match written {
            Ok(()) => format!("what was seen is in {}", path.display()),
            Err(error) => format!("what was seen is lost: {}: {error}", path.display()),
        }
    }

    pub(super) fn has_lan(&self) -> bool {
        self.order.lan.is_some()
    }

    pub(super) fn addresses(&self) -> Addresses {
        self.addresses
    }

    pub(super) fn timeout(&self) -> Duration {
        if self.machine.wine { TIMEOUT_REHEARSED } else { TIMEOUT }
    }

    /// Why a scenario cannot be run here.
    pub fn obstacle(&self, scenario: &Scenario) -> Option<String> {
        let phases = scenario.phases();
        let steps = phases.iter().flat_map(|phase| phase.groups.iter().copied().flatten());
        let steps = steps.chain(&scenario.setup);
        let mut lines: Vec<(Node, &str)> = Vec::new();
        let mut lan = false;
        for step in steps {
            lan |= step.on == Node::Lan;
            if let Action::Run(line) = &step.action {
                lines.push((step.on, line));
            }
        }
        lines.extend(scenario.probes.iter().map(|probe| (probe.on, probe.run.as_str())));
        lan |= lines.iter().any(|(on, _)| *on == Node::Lan);
        if lan && !self.has_lan() {
            return Some("needs another machine on the LAN: --lan COMMAND".to_owned());
        }
        for (_, line) in lines.iter().filter(|(on, _)| *on == Node::Windows) {
            match guard::effect(line) {
                Err(reason) => return Some(reason),
                Ok(Effect::ChangesAsAdministrator) if !self.machine.elevated => {
                    return Some(format!("needs an elevated terminal for `{line}`"));
                }
                Ok(_) => {}
            }
            if let Some(rule) = guard::touches_foreign_rule(line, &self.before) {
                return Some(format!("this machine has a firewall rule `{rule}` of its own"));
            }
        }
        None
    }

    /// The line to type in place of a scenario's, which is about the lab's distro. Written to the
    /// journal before it may run.
    ///
    /// # Errors
    /// When it is not known how to take back what it does.
    pub fn typed(&self, line: &str) -> Result<String, ArmError> {
        let refused =
            |reason| ArmError::Refused { operation: format!("run `{line}`"), reason, hint: None };
        let effect = guard::effect(line).map_err(refused)?;
        if let Some(rule) = guard::touches_foreign_rule(line, &self.before) {
            return Err(refused(format!("this machine has a firewall rule `{rule}` of its own")));
        }
        if effect != Effect::Reads {
            self.note(&Entry::Run(line.to_owned()))?;
        }
        Ok(guard::for_distro(line, &self.guest.distro))
    }

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

    pub(super) async fn boot(&self, plan: &LabPlan) -> Result<Nodes, ArmError> {
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

    pub(super) async fn stop_wsl(&self, _lab: u64) -> Result<(), ArmError> {
        self.guest.stop(true).await
    }

    pub(super) async fn start_wsl(
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

    pub(super) fn destroy(&self, _lab: u64) {
        let mut lab = self.lab();
        let agents = std::mem::take(&mut lab.agents);
        let guest = lab.guest.take().map(|(_, child)| child);
        lab.parting.extend(agents.into_iter().chain(guest));
        // The next boot puts everything back first.
        lab.permit = None;
    }

    /// Puts everything back and forgets the journal.
    pub(super) async fn close(&self) -> Result<(), ArmError> {
        self.destroy(0);
        self.put_back().await?;
        if let Some(directory) = &self.imported {
            self.guest.unregister().await?;
            let _ = std::fs::remove_dir_all(directory);
        } else {
            self.guest.shell(&format!("rm -rf {}", bundle::GUEST)).await?;
            self.guest.stop(false).await?;
        }
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = journal.map_or(Ok(()), Journal::end);
        ended.map_err(|source| ArmError::Io { operation: "end the journal", source })
    }

    /// An agent ends its services and itself once nobody is connected to it. One that is killed leaves
    /// them behind: on Windows a process outlives who started it.
    async fn part(&self) {
        let parting = std::mem::take(&mut self.lab().parting);
        for mut agent in parting {
            if timeout(PARTING, agent.wait()).await.is_err() {
                let _ = agent.kill().await;
            }
        }
    }

    async fn put_back(&self) -> Result<(), ArmError> {
        self.part().await;
        if !self.lab().used {
            return Ok(());
        }
        let restored = restore::restore(&self.before).await?;
        self.guest.restore().await?;
        self.guest.stop(restored.restart_wsl).await?;
        self.note(&Entry::Restored)?;
        self.lab().used = false;
        Ok(())
    }

    /// What a scenario says of the machine, before the guest boots.
    async fn adjust(&self, machine: Machine) -> Result<(), ArmError> {
        let mut restart = false;
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

    fn note(&self, entry: &Entry) -> Result<(), ArmError> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let written = journal.as_ref().map_or(Ok(()), |journal| journal.write(entry));
        written.map_err(|source| ArmError::Io { operation: "write the journal", source })
    }

    fn lab(&self) -> std::sync::MutexGuard<'_, Lab> {
        self.lab.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> std::sync::MutexGuard<'_, Option<Vec<Listener>>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
