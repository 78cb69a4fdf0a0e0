//! The client programs of this machine, and which of several programs of one name each is.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::sync::OnceCell;

use super::{error::ProbeError, line::Line, process::Launch, resolve::LocalhostOrder};
use crate::agent::protocol::ProgramsSay;

/// A variable that names the Go client where it is not on PATH.
const GO_CLIENT: &str = "REACHLAB_GO_CLIENT";

/// How long a program may take to say what it is.
const VERSION_LIMIT: Duration = Duration::from_secs(5);

/// Which netcat `nc` is; they differ in options, in words and in what they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Netcat {
    /// `nc.openbsd`
    OpenBsd,
    /// Nmap's `ncat`
    Ncat,
    /// `nc.traditional`, version 1.10: IPv4 only.
    Traditional,
}

impl Netcat {
    /// The flavour, by what `nc -h` prints.
    pub fn from_help(text: &str) -> Option<Netcat> {
        if text.contains("OpenBSD netcat") {
            Some(Netcat::OpenBsd)
        } else if text.contains("nmap.org/ncat") {
            Some(Netcat::Ncat)
        } else if text.contains("[v1.10") {
            Some(Netcat::Traditional)
        } else {
            None
        }
    }
}

/// Where the programs are.
#[derive(Debug)]
pub(super) struct Programs {
    /// PATH with the system directories that an ordinary user's PATH may lack.
    pub path: OsString,
    /// iputils ping
    pub ping: Option<PathBuf>,
    /// inetutils or netkit telnet: their words are the same where it matters.
    pub telnet: Option<PathBuf>,
    /// Some netcat.
    pub nc: Option<PathBuf>,
    /// curl
    pub curl: Option<PathBuf>,
    /// The lab's Go client.
    pub go_client: Option<PathBuf>,
    netcat_help: OnceCell<String>,
    curl_version: OnceCell<String>,
}

/// What netcat and curl are asked to find out which they are.
const NETCAT_HELP: &str = "nc -h";
const CURL_VERSION: &str = "curl --version";

impl Programs {
    /// Look for them in PATH, /usr/sbin and /sbin. Runs nothing: what a program is, is asked when it
    /// is first needed.
    pub fn find() -> Self {
        let mut path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin:/bin"));
        if cfg!(unix) {
            path.push(":/usr/sbin:/sbin");
        }
        let find = |name: &str| which::which_in(name, Some(&path), "/").ok();
        Programs {
            ping: find("ping"),
            telnet: find("telnet"),
            nc: ["nc", "ncat", "nc.openbsd", "nc.traditional"].into_iter().find_map(find),
            curl: find("curl"),
            go_client: env::var_os(GO_CLIENT).map(PathBuf::from).or_else(|| find("go-client")),
            path,
            netcat_help: OnceCell::new(),
            curl_version: OnceCell::new(),
        }
    }

    /// The Go client: the node's environment may name it, before the agent's own and PATH.
    pub fn go_client(&self, env: &BTreeMap<String, String>) -> Option<PathBuf> {
        let named = env.get(GO_CLIENT).map(PathBuf::from);
        named.or_else(|| self.go_client.clone()).filter(|path| path.exists())
    }

    /// Which netcat `nc` is; `None` when there is none, or one that the lab does not know, whose place
    /// the twin takes.
    ///
    /// # Errors
    /// When the program is there and cannot be run.
    pub async fn netcat(&self) -> Result<Option<(PathBuf, Netcat)>, ProbeError> {
        let Some(path) = &self.nc else { return Ok(None) };
        let ask = || self.ask(path, NETCAT_HELP);
        let flavour = Netcat::from_help(self.netcat_help.get_or_try_init(ask).await?);
        Ok(flavour.map(|flavour| (path.clone(), flavour)))
    }

    /// Which family this machine's curl tries first for `localhost`, so that the twin does the same.
    ///
    /// # Errors
    /// When the program is there and cannot be run.
    pub async fn localhost_order(&self) -> Result<LocalhostOrder, ProbeError> {
        let Some(path) = &self.curl else { return Ok(LocalhostOrder::V6First) };
        let ask = || self.ask(path, CURL_VERSION);
        Ok(localhost_order(self.curl_version.get_or_try_init(ask).await?))
    }

    /// What all of them say of themselves.
    ///
    /// # Errors
    /// When one is there and cannot be run.
    pub async fn all_say(&self) -> Result<ProgramsSay, ProbeError> {
        self.netcat().await?;
        self.localhost_order().await?;
        let known = [(NETCAT_HELP, &self.netcat_help), (CURL_VERSION, &self.curl_version)];
        let said = known.into_iter().filter_map(|(line, said)| Some((line, said.get()?)));
        Ok(said.map(|(line, said)| (line.to_owned(), said.clone())).collect())
    }

    /// Takes over what they say of themselves, where it is not known yet.
    pub fn learn(&self, said: &ProgramsSay) {
        for (line, known) in [(NETCAT_HELP, &self.netcat_help), (CURL_VERSION, &self.curl_version)]
        {
            if let Some(said) = said.get(line) {
                // Fails where it is known, or being asked for; then that is as good.
                let _ = known.set(said.clone());
            }
        }
    }

    async fn ask(&self, path: &Path, question: &str) -> Result<String, ProbeError> {
        let (name, option) = question.split_once(' ').unwrap_or((question, ""));
        let line = Line::new(Some(path.to_owned()), name, vec![option.to_owned()]);
        let env = BTreeMap::new();
        let ended = Launch { line: &line, env: &env, path: &self.path }.run(VERSION_LIMIT).await?;
        Ok(ended.lines().collect::<Vec<_>>().join("\n"))
    }
}

fn localhost_order(version: &str) -> LocalhostOrder {
    match version.strip_prefix("curl 7.") {
        Some(_) => LocalhostOrder::V4First,
        None => LocalhostOrder::V6First,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::openbsd(
        "OpenBSD netcat (Debian patchlevel 1.219-1)\nusage: nc [-46CDdFhklNnrStUuvZz]",
        Some(Netcat::OpenBsd)
    )]
    #[case::ncat(
        "Ncat 7.93 ( https://nmap.org/ncat )\nUsage: ncat [options] [hostname] [port]",
        Some(Netcat::Ncat)
    )]
    #[case::traditional(
        "[v1.10-47]\nconnect to somewhere:\tnc [-options] hostname port[s] [ports] ...",
        Some(Netcat::Traditional)
    )]
    #[case::busybox(
        "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.\n\nUsage: nc [IPADDR PORT]",
        None
    )]
    fn netcats(#[case] help: &str, #[case] flavour: Option<Netcat>) {
        assert_eq!(Netcat::from_help(help), flavour);
    }

    #[rstest]
    #[case("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1", LocalhostOrder::V4First)]
    #[case("curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0", LocalhostOrder::V6First)]
    fn curls(#[case] version: &str, #[case] order: LocalhostOrder) {
        assert_eq!(localhost_order(version), order);
    }
}
