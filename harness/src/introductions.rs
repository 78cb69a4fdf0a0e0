//! What the tools of each node say of themselves, asked once a run: a program that says which it is
//! takes as long as one that probes, and every lab has the same.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use crate::{
    agent::{
        client::{AgentClient, CallError},
        protocol::{ProgramsSay, Reply, Request},
    },
    node::Node,
};

/// What is known so far, for all labs of a run.
#[derive(Debug, Default)]
pub struct Introductions(Mutex<BTreeMap<Node, Arc<OnceCell<ProgramsSay>>>>);

impl Introductions {
    /// Lets an agent know its programs: the first one of its node asks them, the others are told.
    ///
    /// # Errors
    /// What the agent says.
    pub async fn introduce(&self, agent: &AgentClient) -> Result<(), CallError> {
        let known = {
            let mut nodes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(nodes.entry(agent.node()).or_default())
        };
        let mut told = true;
        let said = known
            .get_or_try_init(|| {
                told = false;
                exchange(agent, ProgramsSay::new())
            })
            .await?;
        if told {
            exchange(agent, said.clone()).await?;
        }
        Ok(())
    }
}

async fn exchange(agent: &AgentClient, said: ProgramsSay) -> Result<ProgramsSay, CallError> {
    match agent.request(Request::Programs(said)).await? {
        Reply::Programs(said) => Ok(said),
        _ => Err(agent.out_of_turn("know the programs")),
    }
}
