//! Running a probe's program to its end, or ending it.

use std::{
    collections::BTreeMap, ffi::OsString, io, process::ExitStatus, process::Stdio, time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::{Instant, timeout_at},
};

use super::{error::ProbeError, line::Line};
use crate::{windows_text::decode, wine};

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Its exit code; `None` after a signal.
    pub exit: Option<i32>,
    /// Whether it was ended because its time was over.
    pub killed: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ended {
    /// Both streams, standard error last: connection failures are told there.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.stdout.lines().chain(self.stderr.lines())
    }

    /// The error for an end that no table knows.
    pub fn unknown(&self, line: &Line) -> ProbeError {
        let text = [self.stdout.trim(), self.stderr.trim()].join("\n").trim().to_owned();
        ProbeError::UnknownAnswer { command: line.to_string(), exit: self.exit, text }
    }
}

/// A program about to run, with the environment that probes give to programs.
pub(super) struct Launch<'a> {
    /// What to run.
    pub line: &'a Line,
    /// The node's environment.
    pub env: &'a BTreeMap<String, String>,
    /// The PATH that the program itself was found with.
    pub path: &'a OsString,
}

impl Launch<'_> {
    /// Start it with piped output; it dies with the returned value.
    ///
    /// No `pre_exec`, so that the standard library can use `posix_spawn`.
    ///
    /// # Errors
    /// [`ProbeError::Spawn`].
    pub fn spawn(&self, stdin: Stdio) -> Result<Child, ProbeError> {
        let mut command = Command::new(&self.line.path);
        command.args(&self.line.args).env_clear().env("PATH", self.path);
        // Some programs begin every complaint with the name that they were called by.
        #[cfg(unix)]
        command.arg0(&self.line.name);
        if let Some(home) = std::env::var_os("HOME") {
            command.env("HOME", home);
        }
        command.envs(self.env).env("LC_ALL", "C");
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        wine::spawn(&mut command)
            .map_err(|source| ProbeError::Spawn { command: self.line.to_string(), source })
    }

    /// Run it until it ends, at most for `limit`; then it is killed and reaped.
    ///
    /// # Errors
    /// [`ProbeError::Spawn`] or [`ProbeError::Follow`].
    pub async fn run(&self, limit: Duration) -> Result<Ended, ProbeError> {
        let deadline = Instant::now() + limit;
        let mut child = self.spawn(Stdio::null())?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let ended = timeout_at(deadline, async {
            let (out, err, status) =
                tokio::join!(read(stdout, &mut out), read(stderr, &mut err), child.wait());
            out.and(err).and(status)
        })
        .await;
        let killed = ended.is_err();
        let status = match ended {
            Ok(status) => status,
            Err(_) => end(&mut child).await,
        };
        let status = status
            .map_err(|source| ProbeError::Follow { command: self.line.to_string(), source })?;
        let text = |bytes: Vec<u8>| match cfg!(windows) {
            true => decode(&bytes),
            false => String::from_utf8_lossy(&bytes).into_owned(),
        };
        Ok(Ended { exit: status.code(), killed, stdout: text(out), stderr: text(err) })
    }
}

/// Kill a program, if it still runs, and reap it.
pub(super) async fn end(child: &mut Child) -> io::Result<ExitStatus> {
    child.start_kill()?;
    child.wait().await
}

async fn read(stream: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) -> io::Result<usize> {
    match stream {
        Some(mut stream) => stream.read_to_end(into).await,
        None => Ok(0),
    }
}
