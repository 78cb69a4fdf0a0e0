//! The modelled Windows of the Linux arms: what `netsh`, `wsl.exe`, `reg` and the services behind
//! them do, as far as scenarios need it. `docs/FIDELITY.md` lists each behaviour with its source.

use std::{path::Path, sync::Arc};

use crate::agent::protocol::Output;

pub mod command_line;
pub mod netsh;
pub mod paths;
pub mod portproxy;
pub mod proxy_settings;
pub mod reg;
pub mod registry;
#[cfg(unix)]
pub mod relay;
pub mod services;
pub mod wsl_exe;
pub mod wslconfig;

use command_line::{CommandLine, CommandLineError};
use paths::WindowsPaths;
use portproxy::PortProxy;
use registry::{Registry, RegistryError};
use services::Services;

/// A program that the model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Net,
    Netsh,
    Reg,
    Sc,
}

/// Every program and its name, without `.exe`.
const PROGRAMS: [(&str, Program); 4] =
    [("net", Program::Net), ("netsh", Program::Netsh), ("reg", Program::Reg), ("sc", Program::Sc)];

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
}

/// One Windows machine. Several commands may run at once.
#[derive(Debug)]
pub struct Windows {
    registry: Arc<Registry>,
    portproxy: PortProxy,
    paths: WindowsPaths,
}

impl Windows {
    /// Opens the machine whose state lies in `dir`: the registry and drive C. No service runs
    /// before [`Windows::boot`].
    ///
    /// # Errors
    /// Its registry cannot be read.
    pub fn open(dir: &Path) -> Result<Windows, WindowsError> {
        Windows::with_config(dir, portproxy::Config::default())
    }

    /// Opens the machine with other times and bounds of the port proxy.
    ///
    /// # Errors
    /// As [`Windows::open`].
    pub fn with_config(dir: &Path, config: portproxy::Config) -> Result<Windows, WindowsError> {
        let registry = Arc::new(Registry::open(dir)?);
        let portproxy = PortProxy::new(Arc::clone(&registry), config);
        Ok(Windows { registry, portproxy, paths: WindowsPaths::new(dir) })
    }

    /// Starts the services that start with Windows. Their listeners are in place when this returns.
    pub async fn boot(&self) {
        self.services().boot().await;
    }

    /// Runs a command line as a person would type it: one command, without shell operators. What
    /// it changes is in force when this returns.
    ///
    /// # Errors
    /// The line is not one command, asks for what is not modelled, or the registry cannot be
    /// written.
    pub async fn run(&self, line: &str) -> Result<Output, WindowsError> {
        let CommandLine { program, arguments } = CommandLine::parse(line)?;
        let known = PROGRAMS.iter().find(|(name, _)| *name == program);
        match known.map(|(_, program)| program) {
            Some(Program::Net) => services::net::run(self.services(), &arguments).await,
            Some(Program::Netsh) => netsh::run(&self.registry, &self.portproxy, &arguments).await,
            Some(Program::Reg) => reg::run(&self.registry, &arguments),
            Some(Program::Sc) => services::sc::run(self.services(), &arguments).await,
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

    /// Where Windows paths lie on this machine.
    pub fn paths(&self) -> &WindowsPaths {
        &self.paths
    }

    fn services(&self) -> Services<'_> {
        Services::new(&self.registry, &self.portproxy)
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
mod tests;
