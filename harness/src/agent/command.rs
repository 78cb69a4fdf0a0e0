//! Running a command and keeping what it says.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{process::Command, time::timeout};

use super::{platform, protocol::Output};
use crate::wine;

/// No command of a scenario takes this long; one that does hangs.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Where a node finds this machine's programs.
pub const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The environment that commands of a node start from. Nothing of this machine's leaks in.
pub fn base_environment(path_prefix: &str) -> BTreeMap<String, String> {
    let path = format!("{path_prefix}:{SYSTEM_PATH}");
    [("PATH", path.as_str()), ("HOME", "/root"), ("USER", "root"), ("LANG", "C.UTF-8")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// Runs a command to its end. Its output goes to nameless files rather than pipes, so that a daemon
/// it leaves behind does not keep anybody waiting.
///
/// # Errors
/// When it cannot be started, or takes longer than [`LIMIT`].
pub async fn run(command: Command) -> io::Result<Output> {
    run_for(command, LIMIT).await
}

/// The same with another limit.
///
/// # Errors
/// As [`run`].
pub async fn run_for(mut command: Command, limit: Duration) -> io::Result<Output> {
    let mut stdout = Capture::new()?;
    let mut stderr = Capture::new()?;
    command.stdin(Stdio::null()).stdout(stdout.stdio()?).stderr(stderr.stdio()?).kill_on_drop(true);
    let mut child = wine::spawn(&mut command)?;
    let status = timeout(limit, child.wait()).await.map_err(|_| {
        io::Error::other(format!("still running after {} s, killed", limit.as_secs()))
    })??;
    Ok(Output { exit: exit_code(status), stdout: stdout.text()?, stderr: stderr.text()? })
}

/// The code a shell would report.
pub fn exit_code(status: ExitStatus) -> i32 {
    platform::exit_code(status)
}

/// A file without a name that a program writes to.
pub struct Capture(File);

impl Capture {
    /// An empty one.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn new() -> io::Result<Capture> {
        Ok(Capture(platform::nameless_file()?))
    }

    /// For a program to write to.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn stdio(&self) -> io::Result<Stdio> {
        Ok(Stdio::from(self.0.try_clone()?))
    }

    /// What was written so far.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn text(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.0.rewind()?;
        self.0.read_to_end(&mut bytes)?;
        Ok(platform::text(&bytes))
    }
}
