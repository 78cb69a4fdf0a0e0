//! The stage of a rehearsal: a lab whose Windows node has Wine, the Windows build of this program,
//! and a door behind which the lab's Windows answers.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use tokio::task::JoinHandle;

use super::{
    STAND_INS,
    order::{DoorOrder, End, Told},
};
use crate::{
    agent::{
        client::AgentClient,
        protocol::{Output, Request},
    },
    arm::Arm,
    cache::Cache,
    lab::{Lab, LabError},
    node::Node,
    paths,
    scenario::Machine,
    stock::Stock,
    topology::Extras,
};

/// The loopback port of the door.
const PORT: u16 = 47_100;

/// How often the relay looks: WSL's own once a second.
const SCAN: Duration = Duration::from_millis(100);

/// How long a run under Wine may take, in seconds.
const LIMIT: u64 = 1800;

/// Why a rehearsal cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] crate::cache::CacheError),
    /// A file of the stage.
    #[error("cannot {operation}: {source}")]
    File {
        /// What was tried.
        operation: String,
        /// Why not.
        source: io::Error,
    },
    /// Something on the stage did not work.
    #[error("{what} ended with exit code {}:\n{}{}", output.exit, output.stdout, output.stderr)]
    Prop {
        /// What.
        what: &'static str,
        /// How it ended.
        output: Output,
    },
}

/// What a stage is made of, in a directory of the cache that nodes see. Dropping it removes it.
#[derive(Debug)]
pub struct Props {
    directory: PathBuf,
    name: String,
}

impl Props {
    /// Lays out what was built in `built`, and the project's scenarios, measurements and fixtures.
    ///
    /// # Errors
    /// What is missing, or cannot be copied.
    pub fn lay_out(built: &Path, project: &[PathBuf; 3]) -> Result<Props, StageError> {
        let shown = Cache::open()?.open_subdir("bin")?;
        remove_stale(&shown);
        let name = format!("rehearsal-{}", std::process::id());
        let props = Props { directory: shown.join(&name), name };
        let file = |operation: &str| {
            let operation = operation.to_owned();
            move |source| StageError::File { operation, source }
        };
        let _ = fs::remove_dir_all(&props.directory);
        fs::create_dir_all(props.directory.join("project")).map_err(file("make the stage"))?;
        for name in ["xtask.exe", "stand-in.exe", "bcryptprimitives.dll", "bundle", "prefix"] {
            copy(&built.join(name), &props.directory.join(name))?;
        }
        for (from, to) in project.iter().zip(["scenarios", "measurements", "fixtures"]) {
            copy(from, &props.directory.join("project").join(to))?;
        }
        Ok(props)
    }

    /// Where a node finds it.
    fn in_node(&self, name: &str) -> String {
        format!("{}/{}/{name}", paths::FIXTURES, self.name)
    }
}

impl Drop for Props {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Removes the stages of runs that were killed.
fn remove_stale(shown: &Path) {
    let Ok(entries) = fs::read_dir(shown) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix("rehearsal-").and_then(|pid| pid.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Copies, links of a prefix as links.
fn copy(from: &Path, to: &Path) -> Result<(), StageError> {
    let operation = format!("copy {} (ci/rehearse builds it)", from.display());
    let ended = Command::new("cp").arg("-a").arg(from).arg(to).output();
    match ended {
        Ok(ended) if ended.status.success() => Ok(()),
        Ok(ended) => {
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            Err(StageError::File { operation, source: io::Error::other(said) })
        }
        Err(source) => Err(StageError::File { operation, source }),
    }
}

/// A lab that plays Windows to the program under Wine. Dropping it takes it down.
pub struct Stage {
    windows: AgentClient,
    props: Arc<Props>,
    wine: PathBuf,
    _lab: Arc<Lab>,
    relay: JoinHandle<()>,
}

impl Stage {
    /// Boots the lab and furnishes its Windows.
    ///
    /// # Errors
    /// What could not be had.
    pub async fn open(
        arm: Arc<Arm>,
        stock: Arc<Stock>,
        props: Arc<Props>,
        wine: PathBuf,
        extras: Extras,
        order: DoorOrder,
    ) -> Result<Stage, StageError> {
        let lab = Lab::boot(arm, Machine::default(), stock, String::new(), extras).await?;
        let lab = Arc::new(lab);
        let windows = lab.agent(Node::Windows).await?;
        let scanned = Arc::clone(&lab);
        let relay = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SCAN).await;
                // A guest that is being shut down cannot be asked.
                if let Err(error) = scanned.settle().await {
                    tracing::debug!(%error, "the relay's look at the guest");
                }
            }
        });
        let stage = Stage { windows, props, wine, _lab: lab, relay };
        stage.furnish().await?;
        stage.door(order).await?;
        Ok(stage)
    }

    /// Opens the door anew.
    ///
    /// # Errors
    /// When its port cannot be had.
    pub async fn door(&self, order: DoorOrder) -> Result<(), StageError> {
        let order = DoorOrder { port: PORT, ..order };
        Ok(self.windows.order(Request::OpenDoor(order)).await.map_err(LabError::from)?)
    }

    /// A door of an administrator, at which the run comes to this end.
    pub fn ending(end: Option<End>) -> DoorOrder {
        DoorOrder { elevated: true, end, ..DoorOrder::default() }
    }

    /// A door that writes down what it is asked, for [`Stage::told`].
    pub fn telling() -> DoorOrder {
        DoorOrder { elevated: true, told: Some(TOLD.to_owned()), ..DoorOrder::default() }
    }

    /// What the run before has asked of this Windows.
    ///
    /// # Errors
    /// When the node is gone, or the file is none.
    pub async fn told(&self) -> Result<Vec<Told>, StageError> {
        let text = self.shell(&format!("cat {TOLD}")).await?.stdout;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|error| StageError::File {
            operation: format!("read {TOLD}"),
            source: error.into(),
        })
    }

    /// Gives this Windows what a person may have set up, so that it has something to lose.
    ///
    /// # Errors
    /// When the lab's Windows refuses it.
    pub async fn live_in(&self) -> Result<(), StageError> {
        const LINES: [&str; 4] = [
            "netsh interface portproxy add v4tov4 listenport=7000 listenaddress=0.0.0.0 \
             connectport=80 connectaddress=192.168.50.20",
            r#"reg add "HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings" /v ProxyServer /t REG_SZ /d 10.0.0.1:3128 /f"#,
            r#"netsh advfirewall firewall add rule name="mine" dir=in action=allow protocol=TCP localport=7000"#,
            r"reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Lxss /v NatIpAddress /t REG_SZ /d 172.28.21.93 /f",
        ];
        for line in LINES.map(str::to_owned) {
            let output = self.windows.run(Request::Run { line }).await.map_err(LabError::from)?;
            if output.exit != 0 {
                return Err(StageError::Prop { what: "living in Windows", output });
            }
        }
        let (path, text) = (r"%UserProfile%\.wslconfig", "[wsl2]\r\n# mine, \u{e4}\r\n");
        let request = Request::Write { path: path.to_owned(), text: text.to_owned() };
        Ok(self.windows.order(request).await.map_err(LabError::from)?)
    }

    async fn furnish(&self) -> Result<(), StageError> {
        let stand_in = self.props.in_node("stand-in.exe");
        let links: String =
            STAND_INS.map(|name| format!("ln -sf {stand_in} {name}.exe\n")).concat();
        let script = format!(
            "set -e\n\
             mkdir {PREFIX}\n\
             cp -a {prefix}/dosdevices {prefix}/*.reg {prefix}/.update-timestamp {PREFIX}/\n\
             cp -as {prefix}/drive_c {PREFIX}/\n\
             cd {PREFIX}/drive_c/windows/system32\n\
             {links}\
             cp {shim} bcryptprimitives.dll\n\
             rm -rf drivers/etc\n\
             mkdir -p drivers/etc {WINDOWS}/C/Users/dev/Temp\n\
             ln -s /etc/hosts drivers/etc/hosts\n\
             cd {PREFIX}/drive_c/users\n\
             rm -rf root\n\
             ln -s {WINDOWS}/C/Users/dev root\n",
            prefix = self.props.in_node("prefix"),
            shim = self.props.in_node("bcryptprimitives.dll"),
            WINDOWS = paths::WINDOWS,
        );
        let output = self.shell(&script).await?;
        match output.exit {
            0 => Ok(()),
            _ => Err(StageError::Prop { what: "furnishing the Wine prefix", output }),
        }
    }

    /// Runs the Windows build of this program with these arguments.
    ///
    /// # Errors
    /// When it cannot be started, or does not end.
    pub async fn run(&self, arguments: &[String]) -> Result<Output, StageError> {
        let program = self.props.in_node("xtask.exe");
        let mut argv = vec![self.wine.display().to_string(), program];
        argv.extend(arguments.iter().cloned());
        let env = [
            ("WINEPREFIX", PREFIX.to_owned()),
            ("WINEDEBUG", "-all".to_owned()),
            ("WINEDLLOVERRIDES", overrides()),
            ("REACHLAB_DOOR", format!("127.0.0.1:{PORT}")),
            ("REACHLAB_CACHE", r"C:\reachlab".to_owned()),
            ("REACHLAB_ROOT", windows_path(&self.props.in_node("project"))),
            ("REACHLAB_BUNDLE", windows_path(&self.props.in_node("bundle"))),
            ("REACHLAB_LOG", std::env::var("REACHLAB_LOG").unwrap_or_default()),
            ("NO_COLOR", "1".to_owned()),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value)).into();
        self.exec(argv, env).await
    }

    /// Cuts the power: every process of this Windows is gone.
    ///
    /// # Errors
    /// When one of them is still there.
    pub async fn cut_power(&self) -> Result<(), StageError> {
        let server = self.wine.with_file_name("wineserver").display().to_string();
        // To kill is an error where nothing runs any more.
        let script = format!("export WINEPREFIX={PREFIX}; {server} -k; {server} -w");
        let output = self.shell(&script).await?;
        match output.exit {
            0 => Ok(()),
            _ => Err(StageError::Prop { what: "cutting the power", output }),
        }
    }

    /// The arguments of a run of scenarios, whose JSON report [`Stage::report`] reads.
    pub fn scenarios(&self, names: &[String], probes: &str) -> Vec<String> {
        let mut arguments: Vec<String> = names.to_vec();
        arguments.insert(0, "run-scenarios".to_owned());
        let options = [
            "--arm",
            "windows",
            "--yes-change-this-machine",
            "--rootfs",
            ROOTFS,
            "--lan",
            "ssh lan",
            "--probes",
            probes,
            "--report",
            "json=Z:\\tmp\\report.json",
        ];
        arguments.extend(options.map(str::to_owned));
        arguments
    }

    /// The JSON report of the last run; empty when there is none.
    ///
    /// # Errors
    /// When the node is gone.
    pub async fn report(&self) -> Result<String, StageError> {
        Ok(self.shell("cat /tmp/report.json 2>/dev/null").await?.stdout)
    }

    /// Everything of this Windows that a run may change, as one text. A key without values is left
    /// out: a value that comes and goes leaves its key behind, on a real Windows as well.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn state(&self) -> Result<String, StageError> {
        let script = format!(
            "cd {}; sed 's/,$//' registry.json | grep -v ': \\[\\]$'; cd C; \
             find . \\( -name AppData -o -name Temp \\) -prune -o -type f -print | sort | while IFS= read -r file; do \
             echo \"$file\"; cat \"$file\"; done; cat /etc/hosts",
            paths::WINDOWS
        );
        let files = self.shell(&script).await?.stdout;
        let line = "sc query iphlpsvc".to_owned();
        let service = self.windows.run(Request::Run { line }).await.map_err(LabError::from)?;
        Ok(format!("{files}\n{}", service.stdout))
    }

    async fn shell(&self, script: &str) -> Result<Output, StageError> {
        let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
        self.exec(argv, BTreeMap::new()).await
    }

    async fn exec(
        &self,
        argv: Vec<String>,
        env: BTreeMap<String, String>,
    ) -> Result<Output, StageError> {
        let request = Request::Exec { argv, cwd: None, env, limit: Some(LIMIT) };
        Ok(self.windows.run(request).await.map_err(LabError::from)?)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

/// Where the door writes down what it is asked.
const TOLD: &str = "/tmp/told.jsonl";

/// Where the node has its Wine prefix.
const PREFIX: &str = "/root/wine";

/// What stands for the tarball of a distro: the guest of the lab is there already.
const ROOTFS: &str = r"C:\reachlab\rootfs.tar";

/// Wine would rather run programs of its own, even where a file of another one lies in their place.
fn overrides() -> String {
    let native: String = STAND_INS.map(|name| format!("{name}.exe=n;")).concat();
    format!("{native}mscoree=;mshtml=;winemenubuilder.exe=")
}

/// A path of the node as Wine has it.
fn windows_path(path: &str) -> String {
    format!("Z:{}", path.replace('/', "\\"))
}

/// Wine's loader of 64-bit programs, where Debian and others have it.
pub fn find_wine() -> Option<PathBuf> {
    let places = ["/usr/lib/wine/wine64", "/usr/lib64/wine/wine64"].map(PathBuf::from);
    which::which("wine64").ok().or_else(|| places.into_iter().find(|path| path.is_file()))
}
