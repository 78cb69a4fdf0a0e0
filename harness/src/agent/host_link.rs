//! The agent's end: writing lines to the host, and asking it.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::{mpsc, oneshot};

use super::protocol::{Answer, Ask, FromAgent};
use crate::windows_model::wsl_exe::Hypervisor;

/// Sends lines to the host and matches its answers.
pub struct HostLink {
    outgoing: mpsc::UnboundedSender<FromAgent>,
    next: AtomicU64,
    pending: Mutex<HashMap<u64, oneshot::Sender<Result<Answer, String>>>>,
}

impl HostLink {
    /// A link whose lines go into `outgoing`.
    pub fn new(outgoing: mpsc::UnboundedSender<FromAgent>) -> HostLink {
        HostLink { outgoing, next: AtomicU64::default(), pending: Mutex::default() }
    }

    /// Queues a line.
    pub fn send(&self, message: FromAgent) {
        // A host that is gone ends the agent through its reader.
        let _ = self.outgoing.send(message);
    }

    /// Delivers an answer to whoever asked.
    pub fn answered(&self, id: u64, answer: Result<Answer, String>) {
        let sender = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(sender) = sender {
            let _ = sender.send(answer);
        }
    }
}

impl Hypervisor for HostLink {
    async fn ask(&self, ask: Ask) -> Result<Answer, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        self.send(FromAgent::Ask { id, ask });
        receiver.await.map_err(|_| "the host is gone".to_owned())?
    }
}
