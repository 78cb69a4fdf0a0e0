//! One container that is a node.

use std::{collections::HashMap, mem, time::Duration};

use testcontainers::{
    GenericImage, ImageExt, ReuseDirective,
    bollard::{
        models::{
            ContainerCreateBody, HostConfig, HostConfigLogConfig, Mount, MountType,
            MountVolumeOptions,
        },
        query_parameters::CreateContainerOptionsBuilder,
    },
    core::client::docker_client_instance,
    runners::AsyncRunner,
};

use super::{
    engine::{Engine, apart, refusal, refused},
    image::Image,
    owner::Owner,
};
use crate::{agent::container::HOLD, arm::ArmError, node::Node, paths, topology::hostname, wiring};

/// What a node needs beyond what every container has. It touches the network namespace of the
/// container only. NET_BROADCAST allows nothing; systemd-networkd insists on it.
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

/// What a system call filter keeps from the programs of a node. The engine's own list of several
/// hundred calls takes as long to load as all of this container's other preparations; a node that
/// has neither SYS_ADMIN nor a device needs no more than this.
const FILTER: &str = r#"{
  "defaultAction": "SCMP_ACT_ALLOW",
  "syscalls": [
    { "names": ["add_key", "bpf", "delete_module", "finit_module", "fsopen", "init_module",
                "io_uring_setup", "kexec_file_load", "kexec_load", "keyctl", "mount",
                "open_by_handle_at", "perf_event_open", "pivot_root", "reboot", "request_key",
                "setns", "swapoff", "swapon", "umount2", "unshare", "userfaultfd"],
      "action": "SCMP_ACT_ERRNO" },
    { "names": ["clone"], "action": "SCMP_ACT_ERRNO",
      "args": [{ "index": 0, "value": 268435456, "valueTwo": 268435456,
                 "op": "SCMP_CMP_MASKED_EQ" }] },
    { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 }
  ]
}"#;

/// By this label testcontainers knows its containers.
const MANAGED: (&str, &str) = ("org.testcontainers.managed-by", "testcontainers");

/// How long an engine may take to start one; a busy one starts many at once.
const LIMIT: Duration = Duration::from_secs(60);

/// Which container.
pub struct Wanted<'a> {
    /// Whose it is.
    pub owner: &'a Owner,
    /// What it is made from.
    pub image: &'a Image,
    /// Its name after the run's. None may begin with another one.
    pub name: &'a str,
    /// What it is.
    pub node: Node,
    /// The container of windows, whose volume it shares; none for windows itself.
    pub windows: Option<&'a str>,
}

impl Wanted<'_> {
    /// Its whole name.
    pub fn full_name(&self) -> String {
        // testcontainers looks for a part of the name; this is part of no other one.
        format!("reachlab-{}_{}_", self.owner.run, self.name)
    }

    fn labels(&self) -> HashMap<String, String> {
        let mut labels = self.owner.labels();
        labels.insert(MANAGED.0.to_owned(), MANAGED.1.to_owned());
        labels
    }

    fn request(&self) -> testcontainers::ContainerRequest<GenericImage> {
        GenericImage::new(&self.image.repository, &self.image.tag)
            .with_container_name(self.full_name())
            .with_labels(self.owner.labels())
            .with_startup_timeout(LIMIT)
    }
}

/// Creates a container that will wait for an agent, and returns its id. This goes past
/// testcontainers, which cannot say that a container has no network at all: with the network `none`
/// the engine spends more on its networks than on the rest of the container, and puts a hosts file
/// and a resolv.conf of its own over the node's.
///
/// # Errors
/// What the engine says.
pub async fn create(engine: &Engine, wanted: &Wanted<'_>) -> Result<String, ArmError> {
    let body = ContainerCreateBody {
        image: Some(wanted.image.name()),
        cmd: Some(vec![hold()]),
        hostname: Some(hostname(wanted.node).to_owned()),
        labels: Some(wanted.labels()),
        network_disabled: Some(true),
        host_config: Some(host_config(engine, wanted)),
        ..ContainerCreateBody::default()
    };
    let options = CreateContainerOptionsBuilder::new().name(&wanted.full_name()).build();
    let created = engine.client.create_container(Some(options), body).await;
    let operation = format!("create a container for {}", wanted.node);
    Ok(created.map_err(|error| refused(&operation, &error))?.id)
}

/// Starts a container that was created.
///
/// # Errors
/// What the engine says.
pub async fn start(wanted: &Wanted<'_>) -> Result<(), ArmError> {
    // Taking over one that is there also means that dropping the handle does not remove it: the lab
    // removes its containers side by side, and those that were on their way, too.
    let request = wanted.request().with_reuse(ReuseDirective::Always);
    let started = request.start().await;
    started.map(drop).map_err(|error| {
        refusal(&format!("start {} in a container", wanted.node), error.to_string())
    })
}

/// Creates and starts the first container of a run, all of it through testcontainers, and makes
/// testcontainers' client speak the engine's version of the protocol: by itself it speaks its own,
/// which Debian's engine (20.10) is too old for. That client lives as long as a container's handle,
/// so this one's is kept for good.
///
/// # Errors
/// What the engine says; nothing of it is left then.
pub async fn first(engine: &Engine, wanted: &Wanted<'_>) -> Result<String, ArmError> {
    let host = host_config(engine, wanted);
    let mut request = wanted.request().with_cmd([hold()]).with_hostname(hostname(wanted.node));
    for capability in CAPABILITIES {
        request = request.with_cap_add(capability);
    }
    let request = request.with_host_config_modifier(move |config| {
        // Here the client exists and has not asked for anything yet. An engine that does not
        // answer now is an error of what is asked next.
        let _ = apart(async {
            if let Ok(client) = docker_client_instance().await {
                let _ = client.negotiate_version().await;
            }
        });
        *config = host.clone();
    });
    match request.start().await {
        Ok(container) => {
            let id = container.id().to_owned();
            mem::forget(container);
            Ok(id)
        }
        Err(error) => {
            let _ = engine.remove(&wanted.full_name()).await;
            Err(refusal("start a container", error.to_string()))
        }
    }
}

fn sysctls(node: Node) -> HashMap<String, String> {
    let settings = wiring::wanted_settings(node).into_iter();
    settings
        .map(|(name, value)| (format!("net.{}", name.replace('/', ".")), value.to_owned()))
        .collect()
}

fn hold() -> String {
    format!("{}/{HOLD}", paths::IMAGE)
}

fn host_config(engine: &Engine, wanted: &Wanted<'_>) -> HostConfig {
    let windows = wanted.windows;
    let shared = Mount {
        target: Some(paths::SHARED.to_owned()),
        typ: Some(MountType::VOLUME),
        volume_options: Some(MountVolumeOptions {
            labels: Some(wanted.owner.labels()),
            no_copy: Some(true),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    };
    HostConfig {
        network_mode: Some("none".to_owned()),
        cap_add: Some(CAPABILITIES.map(str::to_owned).into()),
        // Podman wants a file here, on its machine.
        security_opt: (!engine.is_podman).then(|| vec![format!("seccomp={FILTER}")]),
        // And it keeps all of /proc/sys read-only.
        sysctls: engine.is_podman.then(|| sysctls(wanted.node)),
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
