//! What the agents of the lab's own nodes are beyond agents: the modelled Windows, the guest, a
//! machine like any other.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::process::Command;

use super::{
    client::because,
    command, container,
    host_link::HostLink,
    protocol::{Output, Reply, Request},
    publish::publish,
    requests::Role,
    windows::WindowsRole,
};
use crate::{
    guest::{self, relay::GuestRelay, wsl_conf},
    node::Node,
    paths,
    rehearsal::interop,
};

/// The node's part in the lab.
pub struct LabRole {
    node: Node,
    part: Part,
}

enum Part {
    /// The modelled Windows.
    Windows(Arc<WindowsRole>),
    /// The guest: the other half of the localhost relay.
    Guest,
    /// A machine like any other.
    Plain,
}

impl LabRole {
    /// What the node's boot complains about, a line each.
    pub fn boot_warnings(node: Node) -> Vec<String> {
        match node {
            Node::Wsl => {
                let text = fs::read_to_string(wsl_conf::PATH).unwrap_or_default();
                let conf = wsl_conf::read(&text);
                let ignored = conf.not_modelled();
                let told = ignored.iter().map(|key| {
                    format!(
                        "reachlab: {key} in {} is not modelled and has no effect",
                        wsl_conf::PATH
                    )
                });
                conf.warnings.iter().cloned().chain(told).collect()
            }
            Node::Windows | Node::Lan => Vec::new(),
        }
    }

    /// Takes the node's part.
    ///
    /// # Errors
    /// What could not be started, in words.
    pub async fn take(node: Node, host: Arc<HostLink>) -> io::Result<LabRole> {
        let part = match node {
            Node::Windows => Part::Windows(Arc::new(WindowsRole::boot(host).await?)),
            Node::Lan => Part::Plain,
            Node::Wsl => {
                let relay =
                    GuestRelay::bind(Path::new(paths::GUEST_SOCKET)).map_err(io::Error::other)?;
                tokio::spawn(async move {
                    if let Err(error) = relay.serve().await {
                        tracing::error!(%error, "the guest half of the relay ended");
                    }
                });
                Part::Guest
            }
        };
        Ok(LabRole { node, part })
    }
}

impl Role for LabRole {
    async fn run(
        &self,
        line: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Output, String> {
        if let Part::Windows(windows) = &self.part {
            return windows.run(line, environment).await;
        }
        let mut command = Command::new("sh");
        command.args(["-c", line]).env_clear().envs(environment);
        // A person types in a home directory.
        command.current_dir("/root");
        command::run(command).await.map_err(|error| error.to_string())
    }

    fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        match &self.part {
            Part::Windows(windows) => windows.resolve(path),
            Part::Guest | Part::Plain => Ok(path.into()),
        }
    }

    async fn special(
        &self,
        request: &Request,
        environment: &BTreeMap<String, String>,
    ) -> Result<Reply, String> {
        match request {
            Request::Publish { from, to } => publish(Path::new(from), Path::new(to))
                .map(|()| Reply::Done)
                .map_err(|error| because(from, &error)),
            Request::Plug { .. } | Request::Unplug | Request::KeepDisk => {
                container::handle(self.node, request).await.map(|()| Reply::Done)
            }
            Request::Listeners => {
                guest::listeners::list().map(Reply::Listeners).map_err(|error| error.to_string())
            }
            Request::OpenInterop => {
                interop::open(Path::new(paths::INTEROP_SOCKET), environment.clone())
                    .map(|()| Reply::Done)
                    .map_err(|error| error.to_string())
            }
            Request::OpenDoor(order) => match &self.part {
                Part::Windows(windows) => windows.open_door(order.clone()).await,
                Part::Guest | Part::Plain => Err("only Windows can".into()),
            },
            _ => match &self.part {
                Part::Windows(windows) => windows.virtual_machine(request).await,
                Part::Guest | Part::Plain => Err("only Windows can".into()),
            },
        }
    }
}
