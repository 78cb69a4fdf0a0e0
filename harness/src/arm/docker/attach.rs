//! Speaking to an agent over `docker exec`.

use std::{
    env, io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::StreamExt;
use testcontainers::bollard::{
    container::LogOutput,
    exec::{CreateExecOptions, StartExecOptions, StartExecResults},
};
use tokio_util::io::StreamReader;

use super::engine::{Engine, refusal, refused};
use crate::{
    agent::{
        client::{AgentClient, Asks, CallError},
        container::AGENT,
    },
    arm::ArmError,
    node::Node,
    paths,
};

/// What agents log, if anything.
const LOG: &str = "REACHLAB_LOG";

/// How much of what an agent printed is kept for an error, in bytes.
const TAIL: usize = 4096;

/// Starts the agent of a container, and waits for its hello.
///
/// # Errors
/// What the engine or the agent says.
pub async fn agent(
    engine: &Engine,
    container: &str,
    node: Node,
) -> Result<(AgentClient, Asks), ArmError> {
    let operation = format!("start the agent of {node}");
    let failed = |error| refused(&operation, &error);
    let options = CreateExecOptions {
        cmd: Some(vec![format!("{}/{AGENT}", paths::IMAGE), node.name().to_owned()]),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        env: env::var(LOG).ok().map(|filter| vec![format!("{LOG}={filter}")]),
        ..CreateExecOptions::default()
    };
    let exec = engine.client.create_exec(container, options).await.map_err(failed)?;
    let options = StartExecOptions { detach: false, tty: false, output_capacity: None };
    let started = engine.client.start_exec(&exec.id, Some(options)).await.map_err(failed)?;
    let StartExecResults::Attached { output, input } = started else {
        return Err(refusal(&operation, "the engine did not attach to it".to_owned()));
    };

    let said = Arc::new(Mutex::new(String::new()));
    let hear = Arc::clone(&said);
    let lines = output.filter_map(move |part| {
        let part = match part {
            Ok(LogOutput::StdOut { message }) => Some(Ok::<Bytes, io::Error>(message)),
            Ok(other) => {
                overhear(&hear, &other.into_bytes());
                None
            }
            Err(error) => Some(Err(io::Error::other(error))),
        };
        std::future::ready(part)
    });
    match AgentClient::connect(node, StreamReader::new(lines), input).await {
        Ok(agent) => Ok(agent),
        Err(CallError::Broken { reason, .. }) => Err(refusal(&operation, reason)),
        Err(error) => {
            let said = said.lock().unwrap_or_else(PoisonError::into_inner);
            match said.trim() {
                "" => Err(error.into()),
                said => Err(refusal(&operation, said.to_owned())),
            }
        }
    }
}

/// Keeps the end of what an agent printed beside the protocol; its log goes where this program's
/// does.
fn overhear(said: &Mutex<String>, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if env::var_os(LOG).is_some() {
        eprint!("{text}");
    }
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    if said.len() < TAIL {
        said.push_str(&text);
    }
}
