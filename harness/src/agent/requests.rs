//! The agent's main loop: requests in, replies out, many at once. What differs between nodes is the
//! [`Role`].

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    process::Command,
    sync::mpsc,
};

use super::{
    client::{because, failure},
    command,
    host_link::HostLink,
    protocol::{AgentError, FromAgent, FromHost, Output, Reply, Request},
    service::{self, Service},
};
use crate::{node::Node, probe::Prober, standstill::Standstill};

/// Where the host's lines come from.
pub type Reading = Box<dyn AsyncRead + Send + Unpin>;
/// Where the agent's lines go.
pub type Writing = Box<dyn AsyncWrite + Send + Unpin>;

/// What an agent is beyond an agent, by the node it runs on.
pub trait Role: Send + Sync + 'static {
    /// Runs a command line as a person would type it there.
    fn run(
        &self,
        line: &str,
        environment: &BTreeMap<String, String>,
    ) -> impl Future<Output = Result<Output, String>> + Send;

    /// Where a path of the node lies.
    ///
    /// # Errors
    /// In words, when it is none.
    fn resolve(&self, path: &str) -> Result<PathBuf, String>;

    /// Serves what only some nodes can.
    fn special(
        &self,
        request: &Request,
        environment: &BTreeMap<String, String>,
    ) -> impl Future<Output = Result<Reply, String>> + Send;
}

struct Agent<R> {
    node: Node,
    /// What commands, services and probes of this node start with.
    environment: Mutex<BTreeMap<String, String>>,
    services: tokio::sync::Mutex<BTreeMap<String, Service>>,
    prober: Prober,
    standstill: Standstill,
    role: R,
}

/// Serves until the host is gone. `environment` is what commands start with; `role` is taken once
/// lines to the host can be written.
///
/// # Errors
/// When the role cannot be taken, or the connection breaks.
pub async fn serve<R: Role>(
    node: Node,
    environment: BTreeMap<String, String>,
    (read, mut write): (Reading, Writing),
    role: impl AsyncFnOnce(Arc<HostLink>) -> io::Result<R>,
) -> io::Result<()> {
    let (outgoing, mut queue) = mpsc::unbounded_channel();
    let host = Arc::new(HostLink::new(outgoing));
    let writer = tokio::spawn(async move {
        while let Some(message) = queue.recv().await {
            let Ok(mut line) = serde_json::to_vec(&message) else { continue };
            line.push(b'\n');
            let written = async {
                write.write_all(&line).await?;
                write.flush().await
            };
            if written.await.is_err() {
                break;
            }
        }
    });
    let agent = Arc::new(Agent {
        node,
        prober: Prober::new(),
        standstill: Standstill::watch(),
        environment: Mutex::new(environment),
        services: tokio::sync::Mutex::default(),
        role: role(Arc::clone(&host)).await?,
    });

    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            FromHost::Answer { id, answer } => host.answered(id, answer),
            FromHost::Request { id, request } => {
                let (agent, host) = (Arc::clone(&agent), Arc::clone(&host));
                tokio::spawn(async move {
                    let reply = agent.handle(&request).await;
                    host.send(FromAgent::Reply { id, reply });
                });
            }
        }
    }
    writer.abort();
    Ok(())
}

impl<R: Role> Agent<R> {
    async fn handle(&self, request: &Request) -> Result<Reply, AgentError> {
        let fail = |reason: String| failure(self.node, request, reason);
        match request {
            Request::Run { line } => {
                let output = self.role.run(line, &self.environment()).await;
                output.map(Reply::Output).map_err(fail)
            }
            Request::Exec { argv, cwd, env, limit } => {
                let (program, arguments) =
                    argv.split_first().ok_or_else(|| fail("no program named".into()))?;
                let mut command = Command::new(program);
                command.args(arguments).env_clear().envs(self.environment()).envs(env);
                command.current_dir(cwd.as_deref().unwrap_or("/"));
                let limit = limit.map_or(command::LIMIT, Duration::from_secs);
                let ended = command::run_for(command, limit).await;
                let output = ended.map_err(|e| fail(e.to_string()))?;
                Ok(Reply::Output(output))
            }
            Request::Write { path, text } => self.write(path, text).map_err(fail),
            Request::SetEnv { vars } => {
                let mut environment = lock(&self.environment);
                environment.extend(vars.clone());
                Ok(Reply::Done)
            }
            Request::StartService(order) => {
                let mut services = self.services.lock().await;
                if let Some(old) = services.remove(&order.name) {
                    old.stop().await.map_err(|e| fail(because("stop the old one", &e)))?;
                }
                let started = Service::start(order, &self.environment()).await;
                let (new, told) = started.map_err(|e| fail(e.to_string()))?;
                services.insert(order.name.clone(), new);
                Ok(Reply::Started(told))
            }
            Request::AwaitEnd(order) => {
                if let Some(old) = self.services.lock().await.remove(&order.name) {
                    old.stop().await.map_err(|e| fail(because("stop the old one", &e)))?;
                }
                let ended = service::end(order, &self.environment()).await;
                ended.map(Reply::Output).map_err(|e| fail(e.to_string()))
            }
            Request::StopService { name } => {
                if let Some(old) = self.services.lock().await.remove(name) {
                    old.stop().await.map_err(|e| fail(e.to_string()))?;
                }
                Ok(Reply::Done)
            }
            Request::Programs(said) => {
                let said = self.prober.introduce(said).await;
                said.map(Reply::Programs).map_err(|e| fail(e.to_string()))
            }
            Request::Probe(order) => {
                let probed = self.prober.probe(order, &self.environment()).await;
                probed.map(Reply::Probed).map_err(|e| fail(e.to_string()))
            }
            Request::Bearings { host } => {
                Ok(Reply::Bearings(self.prober.bearings(host, &self.environment()).await))
            }
            Request::Standstill => {
                let still = self.standstill.longest().as_millis();
                Ok(Reply::Standstill(u64::try_from(still).unwrap_or(u64::MAX)))
            }
            Request::Publish { .. }
            | Request::Plug { .. }
            | Request::Unplug
            | Request::KeepDisk
            | Request::Listeners
            | Request::RelaySync { .. }
            | Request::RelayStop
            | Request::RelayEnd
            | Request::VmSettings
            | Request::OpenDoor(_)
            | Request::OpenInterop => {
                self.role.special(request, &self.environment()).await.map_err(fail)
            }
        }
    }

    fn write(&self, path: &str, text: &str) -> Result<Reply, String> {
        let path = self.role.resolve(path)?;
        let directory = path.parent().ok_or("not a path of a file")?;
        std::fs::create_dir_all(directory).map_err(|e| because("create its directory", &e))?;
        std::fs::write(&path, text).map_err(|e| e.to_string())?;
        Ok(Reply::Done)
    }

    fn environment(&self) -> BTreeMap<String, String> {
        lock(&self.environment).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
