//! The agent of a real machine: the Windows that this program runs on, or the guest of its WSL. It
//! speaks over stdin and stdout, and finds everything as it is.

use std::{collections::BTreeMap, env, io, path::PathBuf, process::ExitCode};

use super::{
    command, platform,
    protocol::{FromAgent, Output, PROTOCOL, Reply, Request},
    requests::{self, Role},
};
use crate::node::Node;

/// The first argument of this program that makes it such an agent; the second is the node.
pub const ARGUMENT: &str = "native-agent";

/// Runs an agent until the host closes its stdin.
pub fn main(node: &str) -> ExitCode {
    let served = node.parse().map_err(io::Error::other).and_then(|node| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = runtime.block_on(serve(node));
        // A thread that reads stdin cannot be told to stop.
        runtime.shutdown_background();
        served
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(node: Node) -> io::Result<()> {
    let hello = FromAgent::Hello { protocol: PROTOCOL, node, warnings: Vec::new() };
    println!("{}", serde_json::to_string(&hello)?);
    let environment = env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
        .collect();
    let streams = (Box::new(tokio::io::stdin()) as _, Box::new(tokio::io::stdout()) as _);
    requests::serve(node, environment, streams, async |_| Ok(Native)).await
}

/// A machine as it is.
struct Native;

impl Role for Native {
    async fn run(
        &self,
        line: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Output, String> {
        let mut command = platform::typed(line)?;
        command.env_clear().envs(environment);
        command::run(command).await.map_err(|error| error.to_string())
    }

    fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        platform::resolve(path)
    }

    async fn special(
        &self,
        request: &Request,
        _environment: &BTreeMap<String, String>,
    ) -> Result<Reply, String> {
        match request {
            Request::Listeners => platform::listeners().map(Reply::Listeners),
            _ => Err("a real machine is not told that".to_owned()),
        }
    }
}
