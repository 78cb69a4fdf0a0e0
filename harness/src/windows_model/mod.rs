//! The modelled Windows of the Linux arms: what `netsh`, `wsl.exe`, `reg` and the services behind
//! them do, as far as scenarios need it. `docs/FIDELITY.md` lists each behaviour with its source.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::agent::protocol::Output;

pub mod command_line;
pub mod firewall;
pub mod ipconfig;
pub mod netsh;
pub mod netstat;
pub mod network;
pub mod paths;
pub mod portproxy;
pub mod powershell;
pub mod processes;
pub mod proxy_settings;
pub mod reg;
pub mod registry;
#[cfg(unix)]
pub mod relay;
pub mod route;
pub mod services;
pub mod taskkill;
pub mod tasklist;
pub mod type_file;
pub mod wsl_exe;
pub mod wslconfig;

use command_line::{CommandLine, CommandLineError};
use firewall::{Firewall, FirewallError, PacketFilter};
use network::{Network, NetworkSource, TcpSocket};
use paths::WindowsPaths;
use portproxy::PortProxy;
use processes::{Process, RelayProcess};
use registry::{Registry, RegistryError};
use services::Services;

/// A program that the model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Ipconfig,
    Net,
    Netsh,
    Netstat,
    Powershell,
    Reg,
    Route,
    Sc,
    Taskkill,
    Tasklist,
    Type,
}

/// Every program and its name, without `.exe`.
const PROGRAMS: [(&str, Program); 11] = [
    ("ipconfig", Program::Ipconfig),
    ("net", Program::Net),
    ("netsh", Program::Netsh),
    ("netstat", Program::Netstat),
    ("powershell", Program::Powershell),
    ("reg", Program::Reg),
    ("route", Program::Route),
    ("sc", Program::Sc),
    ("taskkill", Program::Taskkill),
    ("tasklist", Program::Tasklist),
    ("type", Program::Type),
];

/// Why the modelled Windows could not do something. What Windows itself would answer with an error
/// is an [`Output`] with an exit code instead.
#[derive(Debug, thiserror::Error)]
pub enum WindowsError {
    /// Windows has it, the model does not.
    #[error("{what} is not modelled on this arm; modelled: {modelled}")]
    NotModelled {
        /// What was asked for.
        what: String,
        /// What of its kind there is.
        modelled: String,
    },
    /// The line is not one command.
    #[error(transparent)]
    CommandLine(#[from] CommandLineError),
    /// The registry cannot be kept.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The packet filter cannot be changed.
    #[error(transparent)]
    Firewall(#[from] FirewallError),
    /// The state of the network cannot be read.
    #[error("cannot read the state of the network: {0}")]
    Network(#[from] io::Error),
    /// A program of the node could not be run.
    #[error("{0}")]
    Program(String),
}

/// What the modelled Windows stands on: the packet filter and the network of a node.
#[derive(Debug)]
pub struct Ground {
    /// What the firewall is enforced by.
    pub filter: Box<dyn PacketFilter>,
    /// Where adapters and sockets are seen.
    pub network: Box<dyn NetworkSource>,
}

#[cfg(target_os = "linux")]
impl Ground {
    /// The network namespace that the process is in, and may change.
    pub fn network_namespace() -> Ground {
        Ground {
            filter: Box::new(firewall::NetworkNamespace),
            network: Box::new(network::NetworkNamespace),
        }
    }
}

/// One Windows machine. Several commands may run at once.
#[derive(Debug)]
pub struct Windows {
    registry: Arc<Registry>,
    portproxy: PortProxy,
    firewall: Firewall,
    network: Box<dyn NetworkSource>,
    relay: Mutex<RelayProcess>,
    paths: WindowsPaths,
}

impl Windows {
    /// Opens the machine whose state lies in `dir`: the registry and drive C. No service runs
    /// before [`Windows::boot`].
    ///
    /// # Errors
    /// Its registry cannot be read.
    pub fn open(dir: &Path, ground: Ground) -> Result<Windows, WindowsError> {
        let registry = Arc::new(Registry::open(dir)?);
        let portproxy = PortProxy::new(Arc::clone(&registry), portproxy::Config::default());
        let firewall = Firewall::new(Arc::clone(&registry), ground.filter);
        let paths = WindowsPaths::new(dir);
        let relay = Mutex::default();
        Ok(Windows { registry, portproxy, firewall, network: ground.network, relay, paths })
    }

    /// Starts the services that start with Windows, and the firewall before them. Their listeners
    /// are in place when this returns.
    ///
    /// # Errors
    /// The packet filter cannot be changed.
    pub async fn boot(&self) -> Result<(), WindowsError> {
        self.firewall.boot()?;
        self.services().boot().await;
        Ok(())
    }

    /// Runs a command line as a person would type it: one command, without shell operators. What
    /// it changes is in force when this returns.
    ///
    /// # Errors
    /// The line is not one command, asks for what is not modelled, or the registry cannot be
    /// written.
    pub async fn run(&self, line: &str) -> Result<Output, WindowsError> {
        let CommandLine { program, arguments } = CommandLine::parse(line)?;
        self.execute(&program, &arguments, self).await
    }

    /// Runs a program; PowerShell runs others by `programs`.
    ///
    /// # Errors
    /// As [`Windows::run`].
    pub async fn execute(
        &self,
        program: &str,
        arguments: &[String],
        programs: &dyn powershell::Programs,
    ) -> Result<Output, WindowsError> {
        let known = PROGRAMS.iter().find(|(name, _)| *name == program);
        match known.map(|(_, program)| program) {
            Some(Program::Ipconfig) => ipconfig::run(&self.network()?, arguments),
            Some(Program::Net) => services::net::run(self.services(), arguments).await,
            Some(Program::Netsh) => netsh::run(self, arguments).await,
            Some(Program::Netstat) => netstat::run(self, arguments),
            Some(Program::Powershell) => powershell::run(self, programs, arguments).await,
            Some(Program::Reg) => reg::run(&self.registry, arguments),
            Some(Program::Route) => route::run(&self.network()?, arguments),
            Some(Program::Sc) => services::sc::run(self.services(), arguments).await,
            Some(Program::Taskkill) => taskkill::run(self, arguments),
            Some(Program::Tasklist) => tasklist::run(self, arguments),
            Some(Program::Type) => type_file::run(&self.paths, arguments),
            None => Err(not_modelled(
                format!("the program `{program}`"),
                PROGRAMS.map(|(name, _)| name).join(", "),
            )),
        }
    }

    /// The registry.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The port proxy of the IP Helper service.
    pub fn portproxy(&self) -> &PortProxy {
        &self.portproxy
    }

    /// Defender Firewall.
    pub fn firewall(&self) -> &Firewall {
        &self.firewall
    }

    /// Adapters, addresses and routes.
    ///
    /// # Errors
    /// What the system says.
    pub fn network(&self) -> io::Result<Network> {
        self.network.network()
    }

    /// The TCP sockets.
    ///
    /// # Errors
    /// What the system says.
    pub fn tcp(&self) -> io::Result<Vec<TcpSocket>> {
        self.network.tcp()
    }

    /// The virtual machine starts: WSL's service starts the relay's process, once. It keeps no handle
    /// of it and the guest connects no second time, so one that ends is missed until the next virtual
    /// machine (microsoft/WSL src/windows/service/exe/WslCoreVm.cpp, `LaunchPortRelay`).
    pub fn relay_starts(&self) {
        self.relay_process().runs = true;
    }

    /// The relay's process ends, and its listeners with it. Says whether it ran.
    pub fn relay_ends(&self) -> bool {
        std::mem::take(&mut *self.relay_process()).runs
    }

    /// Whether the relay's process runs.
    pub fn relay_runs(&self) -> bool {
        self.relay_process().runs
    }

    /// Tells where WSL's relay listens now.
    pub fn relay_listens(&self, addresses: Vec<SocketAddr>) {
        self.relay_process().listens = addresses;
    }

    fn relay_process(&self) -> MutexGuard<'_, RelayProcess> {
        self.relay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the process that has a socket.
    pub fn owner(&self, socket: &TcpSocket) -> u32 {
        processes::owner(socket, &self.relay_process())
    }

    /// The process of this number, of those that have a socket or always run.
    ///
    /// # Errors
    /// What the system says.
    pub fn process(&self, id: u32) -> io::Result<Option<Process>> {
        let owners: Vec<_> = self.tcp()?.iter().map(|socket| self.owner(socket)).collect();
        Ok(processes::find(id, &owners, self.relay_runs()))
    }

    /// Where Windows paths lie on this machine.
    pub fn paths(&self) -> &WindowsPaths {
        &self.paths
    }

    fn services(&self) -> Services<'_> {
        Services::new(&self.registry, &self.portproxy)
    }
}

impl powershell::Programs for Windows {
    fn has(&self, program: &str) -> bool {
        let name = command_line::program_name(program);
        PROGRAMS.iter().any(|(known, _)| *known == name)
    }

    fn run<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [String],
    ) -> Pin<Box<dyn Future<Output = Result<Output, WindowsError>> + Send + 'a>> {
        let name = command_line::program_name(program);
        Box::pin(async move { self.execute(&name, arguments, self).await })
    }
}

/// An error for what Windows has and the model lacks.
pub(crate) fn not_modelled(what: impl Into<String>, modelled: impl Into<String>) -> WindowsError {
    WindowsError::NotModelled { what: what.into(), modelled: modelled.into() }
}

/// A command that ended well and printed this to stdout.
pub(crate) fn succeeded(stdout: impl Into<String>) -> Output {
    Output { exit: 0, stdout: stdout.into(), stderr: String::new() }
}

/// A command that ended with this exit code and printed this to stdout.
pub(crate) fn failed(exit: i32, stdout: impl Into<String>) -> Output {
    Output { exit, stdout: stdout.into(), stderr: String::new() }
}

#[cfg(test)]
mod test_ground;
#[cfg(test)]
mod tests;
