//! This machine: Linux, a WSL guest with Windows behind it, or Windows with a guest.

use std::{env, fs, net::Ipv4Addr, path::Path, process::Stdio, sync::Arc, time::Duration};

use tokio::{process::Command, time::timeout};

use super::{
    ask::{Ask, CollectError},
    mask::Masks,
};
use crate::{
    agent::protocol::{Output, ProbeOrder, Probed},
    cell::Cell,
    evidence::{
        Evidence,
        fact::{Kind, Route as Hop},
        input,
        side::Side,
    },
    ladder::Vantage,
    node::Node,
    outcome::{Outcome, Via},
    route::Route,
    target::{Host, Target},
    tool::{Impl, Tool},
};

/// How long a command may take; one that waits for a password or a network is left out.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a probe may take.
const LIMIT: Duration = Duration::from_secs(3);

/// What is asked on both sides only to be hidden: the host and the user.
pub const ASKED_FOR_MASKS: [&str; 2] = ["hostname", "whoami"];

/// This machine.
pub struct Here {
    windows: Reach,
    guest: Reach,
    log: Option<String>,
}

/// How a side is reached from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It is this one.
    Directly,
    /// Through `cmd.exe` or `wsl.exe`.
    Interop,
    /// There is none.
    Not,
}

impl Here {
    /// Looks where it is. `log` is the service's log, if the person names one.
    pub fn look(log: Option<&Path>) -> Here {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let microsoft = release.to_ascii_lowercase().contains("microsoft");
        // WSL sets the variable for the socket that interop goes through.
        let in_wsl = microsoft || env::var_os("WSL_INTEROP").is_some();
        let (windows, guest) = match () {
            () if cfg!(windows) => (Reach::Directly, Reach::Interop),
            () if in_wsl && on_path("cmd.exe") => (Reach::Interop, Reach::Directly),
            () => (Reach::Not, Reach::Directly),
        };
        Here { windows, guest, log: log.map(|log| log.display().to_string()) }
    }

    fn reach(&self, side: Side) -> Reach {
        if side == Side::Windows { self.windows } else { self.guest }
    }

    /// What is to be hidden before anything is read: who is asking, and on which host.
    pub async fn masks(&self) -> Masks {
        let mut masks = Masks::default();
        for name in ["USER", "LOGNAME", "USERNAME", "SUDO_USER"] {
            if let Ok(user) = env::var(name) {
                masks.user(&user);
            }
        }
        for side in [Side::Guest, Side::Windows] {
            let [host, user] = ASKED_FOR_MASKS;
            if let Ok(Some(output)) = self.ask(side, host).await {
                masks.host(output.stdout.trim());
            }
            if let Ok(Some(output)) = self.ask(side, user).await {
                // Windows says the machine's or the domain's name too.
                let (domain, name) =
                    output.stdout.rsplit_once('\\').unwrap_or(("", &output.stdout));
                masks.host(domain.trim());
                masks.user(name.trim());
            }
        }
        masks
    }

    /// The matrix, as far as it can be measured from here: this machine with every tool, the other
    /// side with curl.
    ///
    /// # Errors
    /// When this machine cannot probe at all.
    pub async fn matrix(&self, port: u16) -> Result<Vec<Cell>, CollectError> {
        let own = if self.guest == Reach::Directly { Node::Wsl } else { Node::Windows };
        let mut cells = Vec::new();
        let vantage = Arc::new(Vantage::here());
        for (host, address) in self.targets().await {
            for tool in Tool::STANDARD {
                let order = ProbeOrder {
                    tool,
                    implementation: Impl::Tool,
                    host: address.clone(),
                    port,
                    timeout_ms: u64::try_from(LIMIT.as_millis()).unwrap_or(u64::MAX),
                    token: None,
                };
                let asked = vantage.probe(order).await;
                let asked = asked.map_err(|error| CollectError::Here(error.to_string()))?;
                if let Ok(probed) = asked {
                    cells.push(probed.cell(Route { from: own, to: Target::from(host) }, tool));
                }
            }
        }
        let other = if own == Node::Wsl { Side::Windows } else { Side::Guest };
        if self.reach(other) == Reach::Interop {
            let from = if other == Side::Windows { Node::Windows } else { Node::Wsl };
            for (host, address) in self.targets().await {
                cells.extend(self.curl(other, from, host, &address, port).await);
            }
        }
        Ok(cells)
    }

    /// Addresses by their roles: loopback, the guest's eth0, its gateway.
    async fn targets(&self) -> Vec<(Host, String)> {
        let mut targets = vec![
            (Host::Localhost, "localhost".to_owned()),
            (Host::Loopback4, "127.0.0.1".to_owned()),
            (Host::Loopback6, "::1".to_owned()),
        ];
        let Ok(Some(output)) = self.ask(Side::Guest, "ip addr; ip route").await else {
            return targets;
        };
        let facts = Evidence::read(format!("```\n$ ip addr\n{}\n```\n", output.stdout)).facts;
        let own = facts.iter().find_map(|fact| match &fact.kind {
            Kind::Address(it) if it.interface.as_deref() == Some("eth0") => it.address.v4(),
            _ => None,
        });
        let gateway = facts.iter().find_map(|fact| match &fact.kind {
            Kind::Route(Hop { network: None, gateway: Some(hop), .. }) => hop.v4(),
            _ => None,
        });
        let of = |host, address: Option<Ipv4Addr>| Some((host, address?.to_string()));
        targets.extend(of(Host::WslIp, own));
        if self.windows != Reach::Not {
            targets.extend(of(Host::WindowsGateway, gateway));
        }
        targets
    }

    /// `curl` on the other side. Its exit code says less than a socket would; what it does not say
    /// is not made up.
    async fn curl(
        &self,
        side: Side,
        from: Node,
        host: Host,
        address: &str,
        port: u16,
    ) -> Option<Cell> {
        let name = if side == Side::Windows { "curl.exe" } else { "curl" };
        let target =
            if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
        let line = format!("{name} -s -m 3 -w %{{http_code}} http://{target}:{port}/");
        let output = self.ask(side, &line).await.ok()??;
        let tail = output.stdout.len().saturating_sub(3);
        let status = output.stdout.get(tail..).and_then(|code| code.parse::<u16>().ok());
        let outcome = match (output.exit, status) {
            (0, Some(status)) => Outcome::Http(status),
            (6, _) => Outcome::NoName,
            (7, _) => Outcome::Refused,
            (28, _) => Outcome::Timeout,
            (52 | 56, _) => Outcome::Dropped,
            _ => return None,
        };
        let probed = Probed {
            implementation: Impl::Tool,
            outcome,
            via: Via::Direct,
            exit_code: Some(output.exit),
            errno: None,
            hangup: None,
            ms: 0.0,
            command: line,
        };
        Some(probed.cell(Route { from, to: Target::from(host) }, Tool::Curl))
    }
}

impl Ask for Here {
    fn has(&self, side: Side) -> bool {
        self.reach(side) != Reach::Not
    }

    async fn ask(&self, side: Side, line: &str) -> Result<Option<Output>, CollectError> {
        let mut command = match (side, self.reach(side)) {
            (_, Reach::Not) => return Ok(None),
            (Side::Windows, reach) => cmd(line, reach),
            (_, Reach::Directly) => sh(line, None),
            (_, Reach::Interop) => sh(line, Some("wsl.exe")),
        };
        command.stdin(Stdio::null()).kill_on_drop(true);
        // As scenarios, readers and tables expect them.
        command.env("LC_ALL", "C").env("WSL_UTF8", "1");
        // What cannot be started, hangs or prints no text says nothing; that is no failure.
        let Ok(Ok(output)) = timeout(PATIENCE, command.output()).await else { return Ok(None) };
        let text = |bytes: &[u8]| input::decode(bytes).unwrap_or_default();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Ok(Some(Output { exit: output.status.code().unwrap_or(-1), stdout, stderr }))
    }

    fn log(&self) -> Option<String> {
        self.log.clone()
    }
}

/// A command of Windows; `type` is one of its shell's.
fn cmd(line: &str, reach: Reach) -> Command {
    let mut command = Command::new(if reach == Reach::Interop { "cmd.exe" } else { "cmd" });
    command.arg("/d").arg("/c");
    #[cfg(windows)]
    command.raw_arg(line);
    // Interop joins the arguments to a line again, so words stay words.
    #[cfg(not(windows))]
    command.arg(line);
    let drive = Path::new("/mnt/c");
    if reach == Reach::Interop && drive.is_dir() {
        // cmd.exe complains of a directory that is not Windows' own.
        command.current_dir(drive);
    }
    command
}

fn sh(line: &str, through: Option<&str>) -> Command {
    match through {
        None => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(line);
            command
        }
        Some(program) => {
            let mut command = Command::new(program);
            command.args(["--exec", "sh", "-c", line]);
            command
        }
    }
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
