//! What an agent is beyond an agent, by the node it runs on.

use std::{fs, io, path::Path, sync::Arc};

use super::{host_link::HostLink, windows::WindowsRole};
use crate::{
    guest::{relay::GuestRelay, wsl_conf},
    node::Node,
    paths,
};

/// The node's part in the lab.
pub enum Role {
    /// The modelled Windows.
    Windows(Box<WindowsRole>),
    /// The guest: the other half of the localhost relay.
    Guest,
    /// A machine like any other.
    Plain,
}

impl Role {
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
    pub async fn take(node: Node, host: Arc<HostLink>) -> io::Result<Role> {
        match node {
            Node::Windows => Ok(Role::Windows(Box::new(WindowsRole::boot(host).await?))),
            Node::Lan => Ok(Role::Plain),
            Node::Wsl => {
                let relay =
                    GuestRelay::bind(Path::new(paths::GUEST_SOCKET)).map_err(io::Error::other)?;
                tokio::spawn(async move {
                    if let Err(error) = relay.serve().await {
                        tracing::error!(%error, "the guest half of the relay ended");
                    }
                });
                Ok(Role::Guest)
            }
        }
    }
}
