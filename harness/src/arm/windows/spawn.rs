//! Agents as processes of this machine.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, BufReader},
    process::Child,
    time::timeout,
};

use super::programs;
use crate::{
    agent::client::{AgentClient, Asks},
    arm::ArmError,
    node::Node,
    wine,
};

/// Starts an agent whose stdin and stdout are its connection.
pub(super) async fn start(
    node: Node,
    program: &str,
    arguments: &[String],
) -> Result<(AgentClient, Asks, Child), ArmError> {
    let failed = |source| ArmError::Io { operation: "start an agent", source };
    let mut command = programs::command(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = wine::spawn(command.kill_on_drop(true)).map_err(failed)?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(ArmError::Gone);
    };
    let mut stderr = child.stderr.take();
    let greeting = AgentClient::connect(node, BufReader::new(stdout), stdin);
    let greeted = timeout(Duration::from_secs(120), greeting).await;
    match greeted {
        Ok(Ok((agent, asks))) => {
            // Nobody reads what wsl.exe may say later, and a full pipe would stop it.
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Some(stream) = &mut stderr
                    && let Ok(1..) = stream.read(&mut buffer).await
                {}
            });
            Ok((agent, asks, child))
        }
        other => {
            let _ = child.start_kill();
            let mut bytes = Vec::new();
            if let Some(mut stream) = stderr {
                let _ = timeout(Duration::from_secs(2), stream.read_to_end(&mut bytes)).await;
            }
            let said = crate::windows_text::decode(&bytes);
            let reason = match other {
                Ok(Err(error)) => format!("{error}: {}", said.trim()),
                _ => format!("no hello within two minutes: {}", said.trim()),
            };
            Err(ArmError::Refused {
                operation: format!("start the agent of {node}"),
                reason,
                hint: None,
            })
        }
    }
}
