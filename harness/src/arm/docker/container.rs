//! One container that is a node.

use std::{collections::HashMap, mem, sync::Once, time::Duration};

use testcontainers::{
    GenericImage, ImageExt,
    bollard::models::{HostConfig, HostConfigLogConfig, Mount, MountType, MountVolumeOptions},
    core::client::docker_client_instance,
    runners::AsyncRunner,
};

use super::{
    engine::{Engine, apart, refusal},
    owner::Owner,
};
use crate::{agent::container::HOLD, arm::ArmError, node::Node, paths, topology::hostname};

/// What a node needs beyond what every container has. It touches the network namespace of the
/// container only.
const CAPABILITIES: [&str; 3] = ["NET_ADMIN", "NET_RAW", "NET_BROADCAST"];

/// What of `/proc` stays read-only: all that engines protect, but for `/proc/sys/net`, which is the
/// container's own, so that `sysctl -w net…` works as on a machine.
const READ_ONLY: [&str; 10] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sysrq-trigger",
    "/proc/sys/abi",
    "/proc/sys/debug",
    "/proc/sys/dev",
    "/proc/sys/fs",
    "/proc/sys/kernel",
    "/proc/sys/vm",
];

/// In memory, gone with the container.
const TMPFS: [(&str, &str); 2] = [
    ("/run", "rw,exec,nosuid,nodev,mode=755,size=64m"),
    ("/tmp", "rw,exec,nosuid,nodev,mode=1777,size=256m"),
];

/// How long an engine may take to start one; a busy one starts many at once.
const LIMIT: Duration = Duration::from_secs(60);

/// Which container.
pub struct Wanted<'a> {
    /// Whose it is.
    pub owner: &'a Owner,
    /// Repository and tag.
    pub image: (&'a str, &'a str),
    /// Its name after the run's.
    pub name: String,
    /// What it is.
    pub node: Node,
    /// The container of windows, whose volume it shares; none for windows itself.
    pub windows: Option<&'a str>,
}

/// Starts a container without a network that waits for an agent, and returns its id.
///
/// # Errors
/// What the engine says; nothing of it is left then.
pub async fn start(engine: &Engine, wanted: Wanted<'_>) -> Result<String, ArmError> {
    let (repository, tag) = wanted.image;
    let name = format!("reachlab-{}-{}", wanted.owner.run, wanted.name);
    let labels = wanted.owner.labels();
    let host = host_config(wanted.windows, &labels);
    let mut request = GenericImage::new(repository, tag)
        .with_cmd([format!("{}/{HOLD}", paths::IMAGE)])
        .with_container_name(&name)
        .with_hostname(hostname(wanted.node))
        .with_labels(labels)
        .with_startup_timeout(LIMIT)
        .with_host_config_modifier(move |config| {
            agree_on_version();
            let given = mem::take(config);
            *config = HostConfig { cap_add: given.cap_add, ..host.clone() };
        });
    for capability in CAPABILITIES {
        request = request.with_cap_add(capability);
    }
    match request.start().await {
        Ok(container) => {
            let id = container.id().to_owned();
            // It would remove the container when it is dropped, and stop this runtime meanwhile.
            // The lab removes its containers itself, side by side, also those that never came here.
            mem::forget(container);
            Ok(id)
        }
        Err(error) => {
            let _ = engine.remove(&name).await;
            Err(refusal(&format!("start {} in a container", wanted.node), error.to_string()))
        }
    }
}

fn host_config(windows: Option<&str>, labels: &HashMap<String, String>) -> HostConfig {
    let shared = Mount {
        target: Some(paths::SHARED.to_owned()),
        typ: Some(MountType::VOLUME),
        volume_options: Some(MountVolumeOptions {
            labels: Some(labels.clone()),
            no_copy: Some(true),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    };
    HostConfig {
        network_mode: Some("none".to_owned()),
        // It ends when its agent does, and is gone then, with the volume that has no name.
        auto_remove: Some(true),
        log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
        tmpfs: Some(TMPFS.map(|(path, how)| (path.to_owned(), how.to_owned())).into()),
        readonly_paths: Some(READ_ONLY.map(str::to_owned).into()),
        mounts: windows.is_none().then(|| vec![shared]),
        volumes_from: windows.map(|id| vec![id.to_owned()]),
        ..HostConfig::default()
    }
}

/// Makes testcontainers' client speak the engine's version of the protocol: by itself it speaks its
/// own, which Debian's engine (20.10) is too old for. This runs while that client exists, and as
/// the first container that is started keeps it for good, once is enough.
fn agree_on_version() {
    static AGREED: Once = Once::new();
    AGREED.call_once(|| {
        // An engine that does not answer now is an error of what is asked next.
        let _ = apart(async {
            if let Ok(client) = docker_client_instance().await {
                let _ = client.negotiate_version().await;
            }
        });
    });
}
