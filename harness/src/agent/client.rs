//! The host's end of an agent.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{mpsc, oneshot},
};

use super::protocol::{
    AgentError, Answer, Ask, FromAgent, FromHost, Output, PROTOCOL, Reply, Request,
};
use crate::node::Node;

/// Why a request to an agent came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The agent said why.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The agent is gone.
    #[error("{node}: the agent ended before it answered `{operation}`")]
    Lost {
        /// Where.
        node: Node,
        /// What was asked.
        operation: &'static str,
    },
    /// The agent could not furnish its node.
    #[error("{node}: {reason}")]
    Broken {
        /// Where.
        node: Node,
        /// Why.
        reason: String,
    },
    /// The agent answered something else than what was asked.
    #[error("{node}: the agent answered `{operation}` out of turn")]
    OutOfTurn {
        /// Where.
        node: Node,
        /// What was asked.
        operation: &'static str,
    },
}

type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Reply, AgentError>>>>>;

/// An agent that has greeted.
#[derive(Clone)]
pub struct AgentClient {
    node: Node,
    warnings: Arc<[String]>,
    next: Arc<AtomicU64>,
    pending: Pending,
    outgoing: mpsc::UnboundedSender<FromHost>,
    lost: Arc<AtomicBool>,
}

/// What an agent asks of the host, to be answered by [`AgentClient::answer`].
pub type Asks = mpsc::UnboundedReceiver<(u64, Ask)>;

impl AgentClient {
    /// Waits for the agent's hello on a fresh connection.
    ///
    /// # Errors
    /// When the agent is of another version or node, broken, or gone.
    pub async fn connect<R, W>(
        node: Node,
        read: R,
        mut write: W,
    ) -> Result<(AgentClient, Asks), CallError>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        let mut lines = BufReader::new(read).lines();
        let no_hello = CallError::Lost { node, operation: "hello" };
        let first = lines.next_line().await.ok().flatten();
        let warnings = match first.as_deref().map(serde_json::from_str::<FromAgent>) {
            Some(Ok(FromAgent::Hello { protocol: PROTOCOL, node: greeted, warnings }))
                if greeted == node =>
            {
                warnings
            }
            Some(Ok(FromAgent::Hello { protocol, node: greeted, .. })) => {
                let reason = format!(
                    "an agent for {greeted} with protocol {protocol} greeted; \
                     this host wants {node} with protocol {PROTOCOL}"
                );
                return Err(CallError::Broken { node, reason });
            }
            Some(Ok(FromAgent::Broken { reason })) => {
                return Err(CallError::Broken { node, reason });
            }
            _ => return Err(no_hello),
        };

        let (outgoing, mut queue) = mpsc::unbounded_channel::<FromHost>();
        let (asks, asked) = mpsc::unbounded_channel();
        let pending = Pending::default();
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                let Ok(mut line) = serde_json::to_vec(&message) else { continue };
                line.push(b'\n');
                if write.write_all(&line).await.is_err() {
                    break;
                }
            }
        });
        let waiting = Arc::clone(&pending);
        let lost = Arc::new(AtomicBool::new(false));
        let gone = Arc::clone(&lost);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                match serde_json::from_str(&line) {
                    Ok(FromAgent::Reply { id, reply }) => {
                        if let Some(sender) = lock(&waiting).remove(&id) {
                            let _ = sender.send(reply);
                        }
                    }
                    Ok(FromAgent::Ask { id, ask }) => {
                        let _ = asks.send((id, ask));
                    }
                    Ok(FromAgent::Hello { .. } | FromAgent::Broken { .. }) => {}
                    Err(error) => tracing::warn!(%node, %error, line, "not a line of an agent"),
                }
            }
            // Whoever still waits learns that the agent is gone, and nobody waits from now on.
            gone.store(true, Ordering::Release);
            lock(&waiting).clear();
        });
        let next = Arc::default();
        Ok((AgentClient { node, warnings: warnings.into(), next, pending, outgoing, lost }, asked))
    }

    /// Stands for the agent of a node that this arm does not have.
    pub fn absent(node: Node) -> AgentClient {
        let (outgoing, _) = mpsc::unbounded_channel();
        AgentClient {
            node,
            warnings: Arc::default(),
            next: Arc::default(),
            pending: Pending::default(),
            outgoing,
            lost: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Whether the agent is gone, or was never there.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Where the agent runs.
    pub fn node(&self) -> Node {
        self.node
    }

    /// What the node's boot complained about.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Answers what the agent asked.
    pub fn answer(&self, id: u64, answer: Result<Answer, String>) {
        let _ = self.outgoing.send(FromHost::Answer { id, answer });
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// What the agent says, or that it is gone.
    pub async fn request(&self, request: Request) -> Result<Reply, CallError> {
        let operation = operation(&request);
        let lost = || CallError::Lost { node: self.node, operation };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        lock(&self.pending).insert(id, sender);
        self.outgoing.send(FromHost::Request { id, request }).map_err(|_| lost())?;
        if self.is_lost() {
            lock(&self.pending).remove(&id);
        }
        let reply = receiver.await.map_err(|_| lost())?;
        Ok(reply?)
    }

    /// Sends a request whose reply is [`Reply::Done`].
    ///
    /// # Errors
    /// As [`AgentClient::request`].
    pub async fn order(&self, request: Request) -> Result<(), CallError> {
        let operation = operation(&request);
        match self.request(request).await? {
            Reply::Done => Ok(()),
            _ => Err(self.out_of_turn(operation)),
        }
    }

    /// Sends a request whose reply is [`Reply::Output`].
    ///
    /// # Errors
    /// As [`AgentClient::request`].
    pub async fn run(&self, request: Request) -> Result<Output, CallError> {
        let operation = operation(&request);
        match self.request(request).await? {
            Reply::Output(output) => Ok(output),
            _ => Err(self.out_of_turn(operation)),
        }
    }

    /// The error for a reply of another kind than was asked for.
    pub fn out_of_turn(&self, operation: &'static str) -> CallError {
        CallError::OutOfTurn { node: self.node, operation }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a request is called in errors.
pub const fn operation(request: &Request) -> &'static str {
    match request {
        Request::Run { .. } => "run",
        Request::Exec { .. } => "exec",
        Request::Publish { .. } => "publish",
        Request::Write { .. } => "write",
        Request::SetEnv { .. } => "set environment",
        Request::StartService(_) => "start service",
        Request::AwaitEnd(_) => "see the end of",
        Request::StopService { .. } => "stop service",
        Request::Programs(_) => "know the programs",
        Request::Probe(_) => "probe",
        Request::Bearings { .. } => "take bearings",
        Request::Standstill => "say how long it stood still",
        Request::Plug { .. } => "plug the cable",
        Request::Unplug => "pull the cable",
        Request::KeepDisk => "keep the disk",
        Request::Listeners => "list listeners",
        Request::RelaySync { .. } => "settle the relay",
        Request::RelayStop => "stop the relay",
        Request::RelayEnd => "end the relay's process",
        Request::VmSettings => "read the VM's settings",
        Request::OpenDoor(_) => "open the door for stand-ins",
        Request::OpenInterop => "take commands of wsl.exe",
    }
}

/// The object of a request, for errors: what it acts on.
pub fn object(request: &Request) -> String {
    match request {
        Request::Run { line } => line.clone(),
        Request::Exec { argv, .. } => argv.join(" "),
        Request::Publish { to: path, .. } | Request::Write { path, .. } => path.clone(),
        Request::SetEnv { vars } => vars.keys().cloned().collect::<Vec<_>>().join(" "),
        Request::StartService(order) | Request::AwaitEnd(order) => order.argv.join(" "),
        Request::StopService { name } => name.clone(),
        Request::Probe(order) => format!("{} {} {}", order.tool, order.host, order.port),
        Request::Bearings { host } => host.clone(),
        Request::Plug { address } => address.to_string(),
        Request::Programs(_)
        | Request::Standstill
        | Request::Listeners
        | Request::Unplug
        | Request::KeepDisk
        | Request::RelaySync { .. }
        | Request::RelayStop
        | Request::RelayEnd
        | Request::VmSettings
        | Request::OpenDoor(_)
        | Request::OpenInterop => String::new(),
    }
}

/// An [`AgentError`] about a request.
pub fn failure(node: Node, request: &Request, reason: impl Into<String>) -> AgentError {
    AgentError {
        node,
        operation: operation(request).to_owned(),
        object: object(request),
        reason: reason.into(),
    }
}

/// A reason from an I/O error and what was being done.
pub fn because(what: &str, error: &io::Error) -> String {
    format!("{what}: {error}")
}
