//! Measuring a cell: choosing program or twin, and adding the clock.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{
    bearings, curl,
    endpoint::Endpoint,
    error::ProbeError,
    finding::Finding,
    go_client,
    line::Line,
    native, nc, ping,
    process::{Ended, Launch},
    programs::Programs,
    telnet,
};
use crate::{
    agent::protocol::{Bearings, ProbeOrder, Probed, ProgramsSay},
    outcome::Outcome,
    tool::{Impl, Tool},
};

/// How long after its own time limit a program may still end by itself.
const GRACE: Duration = Duration::from_millis(250);

/// Measures cells from the node that it runs on. One for each agent; many probes may run at once.
#[derive(Debug)]
pub struct Prober {
    programs: Box<Programs>,
}

impl Default for Prober {
    fn default() -> Self {
        Prober::new()
    }
}

/// One probe: what was ordered, and where.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    /// What to connect to.
    pub endpoint: &'a Endpoint,
    /// The node's environment.
    pub env: &'a BTreeMap<String, String>,
    /// What `X-Reachlab-Instance` must say, where anything.
    pub token: Option<&'a str>,
    /// How long the probe may take.
    pub timeout: Duration,
    /// The machine's programs.
    pub programs: &'a Programs,
}

impl Job<'_> {
    /// The program `line` with the node's environment.
    pub fn launch<'l>(&'l self, line: &'l Line) -> Launch<'l> {
        Launch { line, env: self.env, path: &self.programs.path }
    }

    /// After how long a program that has not ended is ended.
    pub fn patience(&self) -> Duration {
        self.timeout + GRACE
    }

    /// Runs a program whose own limit covers everything, the resolver included; only a busy machine
    /// delays its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end.
    pub async fn run_to_its_end(&self, line: &Line) -> Result<Ended, ProbeError> {
        let limit = self.patience() * 2;
        let ended = self.launch(line).run(limit).await?;
        if ended.killed {
            let (command, text) = (line.to_string(), ended.stderr);
            return Err(ProbeError::Stuck { command, limit, text });
        }
        Ok(ended)
    }

    /// The limit in whole seconds, rounded up, for options that take no fraction.
    pub fn whole_seconds(&self) -> String {
        self.timeout.as_millis().div_ceil(1000).max(1).to_string()
    }

    /// The limit in seconds.
    pub fn seconds(&self) -> String {
        self.timeout.as_secs_f64().to_string()
    }
}

impl Prober {
    /// Find this machine's tools. Runs none of them.
    pub fn new() -> Self {
        Prober { programs: Box::new(Programs::find()) }
    }

    /// What a client starts from for a host, before anything is sent to it.
    pub async fn bearings(&self, host: &str, env: &BTreeMap<String, String>) -> Bearings {
        bearings::take(host, env).await
    }

    /// Takes over what the programs say of themselves, so that they need not be asked here; with
    /// nothing, asks them. Returns what they say.
    ///
    /// # Errors
    /// A program that is there and cannot be run.
    pub async fn introduce(&self, said: &ProgramsSay) -> Result<ProgramsSay, ProbeError> {
        if said.is_empty() {
            return self.programs.all_say().await;
        }
        self.programs.learn(said);
        Ok(said.clone())
    }

    /// Measure one cell. `env` is the node's environment, where the proxy variables live.
    ///
    /// A program that is missing, of an unknown flavour, or cannot speak the target's family is
    /// replaced by its twin, and the answer says so. `go-client` has no twin: it is `no-tool`.
    ///
    /// # Errors
    /// Whatever is not an outcome: words that no table knows, a program that cannot be started, a
    /// socket call that failed for a reason of its own.
    pub async fn probe(
        &self,
        order: &ProbeOrder,
        env: &BTreeMap<String, String>,
    ) -> Result<Probed, ProbeError> {
        let endpoint = Endpoint::of(order);
        let job = Job {
            endpoint: &endpoint,
            env,
            token: order.token.as_deref(),
            timeout: Duration::from_millis(order.timeout_ms),
            programs: &self.programs,
        };
        let started = Instant::now();
        let (implementation, line, finding) = measure(&job, order).await?;
        Ok(Probed {
            implementation,
            outcome: finding.outcome,
            via: finding.via,
            exit_code: finding.exit_code,
            errno: finding.errno,
            hangup: finding.hangup,
            ms: started.elapsed().as_secs_f64() * 1000.0,
            command: line.to_string(),
        })
    }
}

type Measured = (Impl, Line, Finding);

async fn measure(job: &Job<'_>, order: &ProbeOrder) -> Result<Measured, ProbeError> {
    let real = order.implementation == Impl::Tool;
    let wanted = |path: &Option<PathBuf>| path.clone().filter(|_| real);
    match order.tool {
        Tool::Ping => {
            // Windows' own has no twin: what comes of an echo is known to no socket there.
            let path = job.programs.ping.clone().filter(|_| real || cfg!(windows));
            let line = ping::line(job, path.clone());
            match path {
                Some(_) => Ok((Impl::Tool, ping::run(job, &line).await?, line)),
                None => Ok((Impl::Native, native::ping(job, &line).await?, line)),
            }
        }
        Tool::Telnet => {
            let path = wanted(&job.programs.telnet);
            let line = telnet::line(job, path.clone());
            match path {
                Some(_) => Ok((Impl::Tool, telnet::run(job, &line).await?, line)),
                None => Ok((Impl::Native, native::telnet(job, &line).await?, line)),
            }
        }
        Tool::Nc => {
            let found = if real { job.programs.netcat().await? } else { None };
            match found.filter(|(_, flavour)| nc::speaks(*flavour, job.endpoint)) {
                Some((path, flavour)) => {
                    let line = nc::line(job, path, flavour);
                    Ok((Impl::Tool, nc::run(job, &line).await?, line))
                }
                None => {
                    let line = nc::twin_line(job);
                    Ok((Impl::Native, native::nc(job, &line).await?, line))
                }
            }
        }
        Tool::Curl => {
            let path = wanted(&job.programs.curl);
            let line = curl::line(job, path.clone());
            match path {
                Some(_) => Ok((Impl::Tool, curl::run(job, &line).await?, line)),
                None => Ok((Impl::Native, native::curl(job, &line).await?, line)),
            }
        }
        // Its value is that it is Go's own client: a twin would prove nothing.
        Tool::GoClient => {
            let path = job.programs.go_client(job.env);
            let line = go_client::line(job, path.clone());
            match path {
                Some(_) => Ok((Impl::Tool, go_client::run(job, &line).await?, line)),
                None => Ok((order.implementation, Finding::from(Outcome::NoTool), line)),
            }
        }
    }
    .map(|(implementation, finding, line)| (implementation, line, finding))
}
