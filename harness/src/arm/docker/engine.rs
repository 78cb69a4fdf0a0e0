//! The container engine: found, asked what it is, and what it said when it refuses.

use std::{collections::HashMap, env, future::Future, time::Duration};

use testcontainers::{
    bollard::{
        Docker as Client,
        errors::Error,
        query_parameters::{
            ListContainersOptionsBuilder, ListVolumesOptionsBuilder, RemoveContainerOptionsBuilder,
            RemoveVolumeOptions,
        },
    },
    core::client::docker_client_instance,
};
use tokio::time::timeout;

use super::owner::{Owner, RUN};
use crate::arm::ArmError;

/// How long an engine may take to say what it is.
const LIMIT: Duration = Duration::from_secs(15);

/// What to do where none runs.
const START: &str = "start one (`sudo systemctl start docker`), set DOCKER_HOST to one that runs, \
    or let `ci/docker-engine COMMAND` start one for a command, as root";

/// An engine that answers.
#[derive(Clone)]
pub struct Engine {
    /// Its client.
    pub client: Client,
    /// Whether it is Podman behind Docker's interface, which means some things differently.
    pub is_podman: bool,
}

impl Engine {
    /// Finds the engine as every tool does: `DOCKER_HOST`, else the usual sockets.
    ///
    /// # Errors
    /// That none answers, and what to start.
    pub async fn connect() -> Result<Engine, ArmError> {
        let client = docker_client_instance().await.map_err(|error| absent(&error.to_string()))?;
        let client = match timeout(LIMIT, client.negotiate_version()).await {
            Ok(answered) => answered.map_err(|error| absent(&told(&error)))?,
            Err(_) => return Err(absent(&format!("no answer for {} s", LIMIT.as_secs()))),
        };
        let version = client.version().await.map_err(|error| absent(&told(&error)))?;
        let mut components = version.components.unwrap_or_default().into_iter();
        let is_podman = components.any(|component| component.name.contains("Podman"));
        Ok(Engine { client, is_podman })
    }

    /// Removes a container, whatever it does. Fine when it is gone or going.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn remove(&self, container: &str) -> Result<(), ArmError> {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        match self.client.remove_container(container, Some(options)).await {
            Err(Error::DockerResponseServerError { status_code: 404 | 409, .. }) | Ok(()) => Ok(()),
            Err(error) => Err(refused(&format!("remove container {container}"), &error)),
        }
    }

    /// Removes every container and volume of the lab's for which `which` holds, by its labels.
    /// Returns the names of what was removed.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn sweep(
        &self,
        which: impl Fn(&HashMap<String, String>) -> bool,
    ) -> Result<Vec<String>, ArmError> {
        let mut removed = Vec::new();
        let mine = HashMap::from([("label", vec![RUN])]);
        let options = ListContainersOptionsBuilder::new().all(true).filters(&mine).build();
        let containers = self.client.list_containers(Some(options)).await;
        for container in containers.map_err(|error| refused("list containers", &error))? {
            if let Some(id) = container.id.filter(|_| which(&container.labels.unwrap_or_default()))
            {
                self.remove(&id).await?;
                let names = container.names.unwrap_or_default();
                let name = names.first().map_or(id.as_str(), |name| name.trim_start_matches('/'));
                removed.push(format!("container {name}"));
            }
        }
        let options = ListVolumesOptionsBuilder::new().filters(&mine).build();
        let volumes = self.client.list_volumes(Some(options)).await;
        let volumes = volumes.map_err(|error| refused("list volumes", &error))?.volumes;
        for volume in volumes.unwrap_or_default().into_iter().filter(|it| which(&it.labels)) {
            match self.client.remove_volume(&volume.name, None::<RemoveVolumeOptions>).await {
                // It went with its last container.
                Err(Error::DockerResponseServerError { status_code: 404 | 409, .. }) => {}
                Ok(()) => removed.push(format!("volume {}", volume.name)),
                Err(error) => return Err(refused("remove a volume", &error)),
            }
        }
        Ok(removed)
    }

    /// Removes what runs that are over have left.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn clean(&self, owner: &Owner) -> Result<Vec<String>, ArmError> {
        self.sweep(|labels| owner.outlived(labels)).await
    }
}

/// Runs something to its end on a runtime of its own, which may be inside another one.
///
/// # Errors
/// When there can be no runtime.
pub fn apart<T: Send>(work: impl Future<Output = T> + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(work))
        };
        scope.spawn(run).join().map_err(|_| std::io::Error::other("a thread panicked"))?
    })
}

fn absent(reason: &str) -> ArmError {
    let host = env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty());
    let place = host.unwrap_or_else(|| "the usual sockets (DOCKER_HOST is not set)".to_owned());
    ArmError::Refused {
        operation: format!("reach a container engine at {place}"),
        reason: reason.to_owned(),
        hint: Some(START.to_owned()),
    }
}

/// What an engine said instead of doing something.
pub fn refused(operation: &str, error: &Error) -> ArmError {
    refusal(operation, told(error))
}

/// The same for a text; says what to change where it is known.
pub fn refusal(operation: &str, reason: String) -> ArmError {
    let text = reason.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let hint = if about(&["net_admin", "net_raw", "capabilit", "authorization denied"]) {
        Some(
            "the nodes of a lab are containers with NET_ADMIN and NET_RAW in a network namespace \
             of their own; this engine must allow that",
        )
    } else if about(&["glibc_"]) {
        Some(
            "the image's C library is older than this program's: build it for the target \
             x86_64-unknown-linux-musl and name it in REACHLAB_AGENT",
        )
    } else if about(&["client error", "connection refused", "no such file", "broken pipe"]) {
        Some(
            "the container engine is gone; once it runs again, `cargo xtask clean` removes what \
             may be left",
        )
    } else {
        None
    };
    ArmError::Refused { operation: operation.to_owned(), reason, hint: hint.map(str::to_owned) }
}

/// An error with what caused it.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(&format!(": {inner_text}"));
        }
        cause = inner.source();
    }
    text
}
