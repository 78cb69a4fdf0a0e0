//! The agent's main loop: requests in, replies out, many at once.

use std::{
    collections::BTreeMap,
    fmt::Display,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
    sync::mpsc,
};

use super::{
    client::{because, failure},
    command,
    connection::Connection,
    container,
    host_link::HostLink,
    protocol::{AgentError, FromAgent, FromHost, PROTOCOL, Reply, Request},
    publish::publish,
    resolver,
    role::Role,
    service::{self, Service},
};
use crate::{guest, node::Node, probe::Prober, topology};

/// Runs an agent whose connection to the host is the socket on stdin. Returns the exit code.
pub fn main(node: Node) -> i32 {
    match Connection::take() {
        Ok(connection) => main_on(node, &connection),
        // Nobody could hear it.
        Err(_) => 1,
    }
}

/// Runs an agent on a connection. Returns the exit code.
pub fn main_on(node: Node, connection: &Connection) -> i32 {
    let hello = FromAgent::Hello { protocol: PROTOCOL, node, warnings: Role::boot_warnings(node) };
    // Before anything else: whoever waits for this agent can go on, and what it sends meanwhile
    // waits in the socket.
    let served = connection.say(&hello).and_then(|()| {
        // The rest when somebody wants something: until then other nodes need the processor more.
        connection.await_request()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(serve(node, connection))
    });
    match served {
        Ok(()) => 0,
        Err(error) => refuse_on(connection, &error),
    }
}

/// Tells the host on stdin that this node cannot be had. Returns the exit code.
pub fn refuse(reason: &dyn Display) -> i32 {
    Connection::take().map_or(1, |connection| refuse_on(&connection, reason))
}

/// Tells the host that this node cannot be had. Returns the exit code.
pub fn refuse_on(connection: &Connection, reason: &dyn Display) -> i32 {
    let _ = connection.say(&FromAgent::Broken { reason: reason.to_string() });
    1
}

struct Agent {
    node: Node,
    /// What commands, services and probes of this node start with.
    environment: Mutex<BTreeMap<String, String>>,
    services: tokio::sync::Mutex<BTreeMap<String, Service>>,
    prober: Prober,
    role: Role,
}

async fn serve(node: Node, connection: &Connection) -> io::Result<()> {
    let (read, mut write) = connection.split()?;
    let (outgoing, mut queue) = mpsc::unbounded_channel();
    let host = Arc::new(HostLink::new(outgoing));
    let writer = tokio::spawn(async move {
        while let Some(message) = queue.recv().await {
            let Ok(mut line) = serde_json::to_vec(&message) else { continue };
            line.push(b'\n');
            if write.write_all(&line).await.is_err() {
                break;
            }
        }
    });
    let resolver = tokio::spawn(async move {
        if let Err(error) = resolver::serve(topology::nameserver(node)).await {
            tracing::warn!(%error, "no resolver");
        }
    });
    let environment = command::base_environment(crate::paths::BIN);
    let agent = Arc::new(Agent {
        node,
        prober: Prober::new(),
        environment: Mutex::new(environment),
        services: tokio::sync::Mutex::default(),
        role: Role::take(node, Arc::clone(&host)).await?,
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
    resolver.abort();
    writer.abort();
    Ok(())
}

impl Agent {
    async fn handle(&self, request: &Request) -> Result<Reply, AgentError> {
        let fail = |reason: String| failure(self.node, request, reason);
        match request {
            Request::Run { line } => {
                let output = match &self.role {
                    Role::Windows(windows) => windows.run(line, &self.environment()).await,
                    Role::Guest | Role::Plain => self.shell(line).await.map_err(|e| e.to_string()),
                };
                output.map(Reply::Output).map_err(fail)
            }
            Request::Exec { argv, cwd, env } => {
                let (program, arguments) =
                    argv.split_first().ok_or_else(|| fail("no program named".into()))?;
                let mut command = Command::new(program);
                command.args(arguments).env_clear().envs(self.environment()).envs(env);
                command.current_dir(cwd.as_deref().unwrap_or("/"));
                let output = command::run(command).await.map_err(|e| fail(e.to_string()))?;
                Ok(Reply::Output(output))
            }
            Request::Publish { from, to } => publish(Path::new(from), Path::new(to))
                .map(|()| Reply::Done)
                .map_err(|e| fail(because(from, &e))),
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
            Request::Plug { .. } | Request::Unplug | Request::KeepDisk => {
                container::handle(self.node, request).await.map(|()| Reply::Done).map_err(fail)
            }
            Request::Listeners => {
                guest::listeners::list().map(Reply::Listeners).map_err(|e| fail(e.to_string()))
            }
            Request::RelaySync { .. } | Request::RelayStop | Request::VmSettings => {
                match &self.role {
                    Role::Windows(windows) => windows.virtual_machine(request).await.map_err(fail),
                    Role::Guest | Role::Plain => Err(fail("only Windows can".into())),
                }
            }
        }
    }

    async fn shell(&self, line: &str) -> io::Result<super::protocol::Output> {
        let mut command = Command::new("sh");
        command.args(["-c", line]).env_clear().envs(self.environment());
        // A person types in a home directory.
        command.current_dir("/root");
        command::run(command).await
    }

    fn write(&self, path: &str, text: &str) -> Result<Reply, String> {
        let path = match &self.role {
            Role::Windows(windows) => windows.resolve(path)?,
            Role::Guest | Role::Plain => Path::new(path).to_owned(),
        };
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
