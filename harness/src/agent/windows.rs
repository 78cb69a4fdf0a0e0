//! The agent of the modelled Windows: command lines, the relay, and what a boot of the guest takes
//! from here.

use std::{
    collections::BTreeMap,
    fs, io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use tokio::{process::Command, sync::Mutex, task::AbortHandle};

use super::{
    command,
    host_link::HostLink,
    protocol::{Output, Reply, Request, VmSettings},
};
use crate::{
    paths,
    rehearsal::{door::Door, order::DoorOrder},
    topology::COMPUTER_NAME,
    windows_model::{
        Ground, Windows, WindowsError,
        command_line::{self, CommandLine},
        powershell::Programs,
        proxy_settings::{self, InternetSettings},
        registry::{KeyPath, Registry, Value},
        relay::Relay,
        wsl_exe, wslconfig,
    },
};

/// Where Windows keeps the user's proxy.
const INTERNET_SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// Where WSL keeps what is the user's.
const LXSS: &str = r"Software\Microsoft\Windows\CurrentVersion\Lxss";

/// The user's settings of WSL, as a person types the path.
const WSLCONFIG: &str = r"%UserProfile%\.wslconfig";
/// The same path as WSL prints it.
const WSLCONFIG_SHOWN: &str = r"C:\Users\dev\.wslconfig";

/// Programs that Windows ships and that are real here: the same program with the same options.
const REAL: [&str; 1] = ["curl"];

/// The modelled Windows and what connects it to the lab.
pub struct WindowsRole {
    windows: Windows,
    relay: Mutex<Relay>,
    host: Arc<HostLink>,
    door: Mutex<Option<AbortHandle>>,
}

impl WindowsRole {
    /// Boots Windows with an empty registry.
    ///
    /// # Errors
    /// When its state cannot be kept.
    pub async fn boot(host: Arc<HostLink>) -> io::Result<WindowsRole> {
        let dir = Path::new(paths::WINDOWS);
        fs::create_dir_all(dir)?;
        link_hosts(dir)?;
        let windows = Windows::open(dir, Ground::network_namespace()).map_err(io::Error::other)?;
        windows.boot().await.map_err(io::Error::other)?;
        let relay = Mutex::new(Relay::new(paths::GUEST_SOCKET.into()));
        Ok(WindowsRole { windows, relay, host, door: Mutex::default() })
    }

    /// Runs a command line.
    ///
    /// # Errors
    /// In words: the line is not one command, or asks for what is not modelled.
    pub async fn run(
        &self,
        line: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Output, String> {
        let CommandLine { program, arguments } =
            CommandLine::parse(line).map_err(|error| error.to_string())?;
        let session = Session { role: self, environment };
        session.run(&program, &arguments).await.map_err(|error| error.to_string())
    }

    /// Runs one of Windows' programs with these arguments.
    ///
    /// # Errors
    /// In words, what is not modelled.
    pub async fn execute(
        &self,
        program: &str,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
    ) -> Result<Output, String> {
        let session = Session { role: self, environment };
        session.run(program, arguments).await.map_err(|error| error.to_string())
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        self.windows.registry()
    }

    /// Answers the stand-ins of a rehearsal, at another door than before if there was one.
    ///
    /// # Errors
    /// In words, when the port cannot be had.
    pub async fn open_door(self: &Arc<Self>, order: DoorOrder) -> Result<Reply, String> {
        let mut door = self.door.lock().await;
        if let Some(before) = door.take() {
            before.abort();
            // The port is free once the task is gone.
            tokio::task::yield_now().await;
        }
        let opened = Door::open(Arc::clone(self), Arc::clone(&self.host), order).await;
        *door = Some(opened.map_err(|error| error.to_string())?);
        Ok(Reply::Done)
    }

    /// Where a Windows path lies on this machine.
    ///
    /// # Errors
    /// In words, when it is not a path that Windows would have.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        self.windows.paths().resolve(path).map_err(|error| error.to_string())
    }

    /// Serves the requests about the guest.
    ///
    /// # Errors
    /// In words, what is not modelled.
    pub async fn virtual_machine(&self, request: &Request) -> Result<Reply, String> {
        match request {
            Request::RelaySync { listeners } => {
                let mut relay = self.relay.lock().await;
                if !self.windows.relay_runs() {
                    return Ok(Reply::Done);
                }
                relay.sync(listeners.clone()).await;
                self.windows.relay_listens(relay.listening().collect());
                Ok(Reply::Done)
            }
            Request::RelayStop => {
                self.relay.lock().await.stop().await;
                self.windows.relay_listens(Vec::new());
                Ok(Reply::Done)
            }
            Request::RelayEnd => {
                self.windows.relay_ends();
                self.relay.lock().await.stop().await;
                Ok(Reply::Done)
            }
            _ => self.settings().map(Reply::VmSettings),
        }
    }

    /// The virtual machine starts with these.
    fn settings(&self) -> Result<VmSettings, String> {
        let path = self.resolve(WSLCONFIG)?;
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{WSLCONFIG}: {error}")),
        };
        let config = wslconfig::read(&text, WSLCONFIG_SHOWN).map_err(|error| error.to_string())?;
        let mut warnings = config.warnings;
        let mut env = BTreeMap::new();
        if config.auto_proxy {
            let mirrored = proxy_settings::mirror(&self.internet_settings(), COMPUTER_NAME);
            warnings.extend(mirrored.warnings);
            env.extend(mirrored.env);
        }
        let address = self.remembered_address();
        if config.localhost_forwarding {
            self.windows.relay_starts();
        }
        Ok(VmSettings { localhost_forwarding: config.localhost_forwarding, env, warnings, address })
    }

    /// Where the guest was last, as Windows remembers it: what is written there is asked for again
    /// at the next boot of the virtual machine (ledger 1.8).
    fn remembered_address(&self) -> Option<Ipv4Addr> {
        match self.windows.registry().get(&KeyPath::user(LXSS), "NatIpAddress") {
            Some(Value::Sz(text)) => text.parse().ok(),
            _ => None,
        }
    }

    fn internet_settings(&self) -> InternetSettings {
        let key = KeyPath::user(INTERNET_SETTINGS);
        let text = |name| match self.windows.registry().get(&key, name) {
            Some(Value::Sz(text)) => Some(text),
            _ => None,
        };
        let enabled = self.windows.registry().get(&key, "ProxyEnable");
        InternetSettings {
            proxy_enable: enabled == Some(Value::Dword(1)),
            proxy_server: text("ProxyServer"),
            proxy_override: text("ProxyOverride"),
            auto_config_url: text("AutoConfigURL"),
        }
    }
}

/// Windows' hosts file is the node's own: what a step writes there is what names resolve by.
fn link_hosts(dir: &Path) -> io::Result<()> {
    let directory = dir.join("C/Windows/System32/drivers/etc");
    fs::create_dir_all(&directory)?;
    match std::os::unix::fs::symlink("/etc/hosts", directory.join("hosts")) {
        // The agent of a container may start twice.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The programs of Windows, and what they start with.
struct Session<'a> {
    role: &'a WindowsRole,
    environment: &'a BTreeMap<String, String>,
}

impl Programs for Session<'_> {
    fn has(&self, program: &str) -> bool {
        let name = command_line::program_name(program);
        name == "wsl" || REAL.contains(&name.as_str()) || self.role.windows.has(&name)
    }

    fn run<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [String],
    ) -> Pin<Box<dyn Future<Output = Result<Output, WindowsError>> + Send + 'a>> {
        let program = command_line::program_name(program);
        Box::pin(async move {
            let failed = |reason: String| WindowsError::Program(reason);
            if program == "wsl" {
                let ran = wsl_exe::run(arguments, &*self.role.host).await;
                return ran.map_err(|error| failed(error.to_string()));
            }
            if REAL.contains(&program.as_str()) {
                let mut command = Command::new(program);
                command.args(arguments).env_clear().envs(self.environment).current_dir("/");
                let ran = command::run(command).await;
                return ran.map_err(|error| failed(error.to_string()));
            }
            let ran = self.role.windows.execute(&program, arguments, self).await;
            // A process that was ended has no sockets.
            if program == "taskkill" && !self.role.windows.relay_runs() {
                self.role.relay.lock().await.stop().await;
            }
            ran
        })
    }
}
