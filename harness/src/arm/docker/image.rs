//! The image of a node, in three layers that are built once each: Debian with the tools (`base`),
//! the built services and clients (`fixtures`), and this program, the agent (`node`).
//!
//! Each is tagged with a key of what it is made from, so that one that is there is the right one,
//! and a changed input makes another. No layer is ever pulled.

use std::{
    collections::{BTreeSet, HashMap},
    env, fs,
    path::{Path, PathBuf},
};

use futures_util::StreamExt;
use testcontainers::bollard::{
    body_full,
    container::LogOutput,
    errors::Error,
    exec::{CreateExecOptions, StartExecResults},
    models::{ContainerConfig, ContainerCreateBody, HostConfig},
    query_parameters::{
        CommitContainerOptionsBuilder, CreateContainerOptionsBuilder, ListImagesOptionsBuilder,
        RemoveImageOptions, StartContainerOptions, UploadToContainerOptionsBuilder,
    },
};

use super::{
    base,
    engine::{Engine, refusal, refused},
    owner::Owner,
    tar::Archive,
};
use crate::{
    agent::container::{AGENT, HOLD},
    arm::ArmError,
    fixture::{
        FixtureError, Fixtures, GoProgram,
        content::{Fnv1a, hash_directory},
        toolchain::typed_environment,
    },
    paths,
    stock::IMPORTS,
    topology::{self, SECOND_ID, SECOND_USER},
};

/// The label of every layer; its value is which.
const LAYER: &str = "reachlab.layer";

/// Names an agent other than this program.
const AGENT_PROGRAM: &str = "REACHLAB_AGENT";

/// How many of a layer stay: worktrees of several versions do not take each other's away.
const KEPT: usize = 4;

/// An image that is there.
#[derive(Clone, Debug)]
pub struct Image {
    /// Where it is, without its tag. No registry has it.
    pub repository: String,
    /// The key of what it is made from.
    pub tag: String,
}

impl Image {
    /// A layer by its key.
    pub fn new(layer: &str, key: &str) -> Image {
        Image { repository: format!("localhost/reachlab/{layer}"), tag: key.to_owned() }
    }

    /// As an engine takes it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.repository, self.tag)
    }
}

/// The image of the nodes, built as far as it is not there. `say` hears what takes long.
///
/// # Errors
/// What cannot be built.
pub async fn ensure(
    engine: &Engine,
    owner: &Owner,
    fixtures: &Fixtures,
    program: &Path,
    say: &mut (dyn FnMut(&str) + Send),
) -> Result<Image, ArmError> {
    let builder = Builder { engine, owner };
    let agent = env::var_os(AGENT_PROGRAM).map_or_else(|| program.to_owned(), PathBuf::from);
    let agent = fs::read(&agent).map_err(|error| {
        refusal(&format!("read the agent {}", agent.display()), error.to_string())
    })?;
    let recipe = base::Recipe::read()?;
    let base = Image::new("base", &recipe.key());
    if !builder.has(&base).await? {
        base::build(engine, &recipe, &base, say).await?;
    }

    let programs = go_programs(fixtures);
    let unknown = |error: FixtureError| refusal("read the fixtures", error.to_string());
    let imports = fixtures.program(IMPORTS).map_err(unknown)?;
    let script = script(&programs);
    let mut key = Fnv1a::new();
    key.field(base.tag.as_bytes());
    key.field(script.as_bytes());
    let sources: Vec<&GoProgram> = programs.iter().chain([imports]).collect();
    for program in &sources {
        key.field(program.name.as_bytes());
        hash_directory(&mut key, &program.dir).map_err(unknown)?;
    }
    let built = Image::new("fixtures", &format!("{:016x}", key.finish()));
    if !builder.has(&built).await? {
        say("building the services in a container (once)");
        builder.fixtures(&base, &built, &sources, &script).await?;
    }

    key.field(&agent);
    let node = Image::new("node", &format!("{:016x}", key.finish()));
    if !builder.has(&node).await? {
        say("adding this program to the image (once)");
        builder.node(&built, &node, &agent).await?;
    }
    Ok(node)
}

/// The packages of the image.
///
/// # Errors
/// When their list cannot be read.
pub fn packages() -> Result<BTreeSet<String>, ArmError> {
    Ok(base::Recipe::read()?.packages().map(str::to_owned).collect())
}

fn go_programs(fixtures: &Fixtures) -> Vec<GoProgram> {
    let services = fixtures.services().filter_map(|service| service.source.clone());
    let mut programs: Vec<GoProgram> = services.chain(fixtures.clients().cloned()).collect();
    // Services may share one.
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    programs.dedup();
    programs
}

/// The commands that build them from their sources, fill the build cache that a guest's `go` begins
/// with, and add the guest's second user.
fn script(programs: &[GoProgram]) -> String {
    let image = paths::IMAGE;
    let mut script = "set -e\nexport HOME=/tmp GOCACHE=/tmp/cache GOWORK=off\n".to_owned();
    for (name, value) in typed_environment() {
        script += &format!("export {name}={value}\n");
    }
    for GoProgram { name, symbols, .. } in programs {
        let flags = if *symbols { "" } else { "-ldflags='-s -w'" };
        script += &format!(
            "cd {image}/source/{name}\n\
             go build -buildvcs=false {flags} -o {image}/fixtures/{name} .\n"
        );
    }
    let home = topology::home(SECOND_USER);
    script += &format!(
        "cd {image}/source/{IMPORTS}\n\
         GOCACHE=/root/.cache/go-build go build -buildvcs=false -o /tmp/{IMPORTS} .\n\
         rm -r {image}/source\n\
         echo '{SECOND_USER}:x:{SECOND_ID}:{SECOND_ID}::{home}:/bin/sh' >> /etc/passwd\n\
         echo '{SECOND_USER}:x:{SECOND_ID}:' >> /etc/group\n\
         mkdir {home}\nchown {SECOND_ID}:{SECOND_ID} {home}\n"
    );
    script
}

struct Builder<'a> {
    engine: &'a Engine,
    owner: &'a Owner,
}

impl Builder<'_> {
    async fn has(&self, image: &Image) -> Result<bool, ArmError> {
        match self.engine.client.inspect_image(&image.name()).await {
            Ok(_) => Ok(true),
            Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(false),
            Err(error) => Err(refused("look for the image", &error)),
        }
    }

    async fn fixtures(
        &self,
        from: &Image,
        to: &Image,
        programs: &[&GoProgram],
        script: &str,
    ) -> Result<(), ArmError> {
        let unreadable = |error: std::io::Error| refusal("read the fixtures", error.to_string());
        let mut sources = Archive::default();
        for GoProgram { name, dir, .. } in programs {
            for file in files(dir, "").map_err(unreadable)? {
                let content = fs::read(dir.join(&file)).map_err(unreadable)?;
                let place = format!("{}/source/{name}/{file}", paths::IMAGE);
                sources.file(place.trim_start_matches('/'), 0o644, &content);
            }
        }
        let make = async |container: &str| {
            self.upload(container, sources.finish()).await?;
            self.engine
                .client
                .start_container(container, None::<StartContainerOptions>)
                .await
                .map_err(|error| refused("start a container to build in", &error))?;
            self.run(container, script).await
        };
        self.layer("fixtures", from, to, make).await
    }

    async fn node(&self, from: &Image, to: &Image, agent: &[u8]) -> Result<(), ArmError> {
        let mut archive = Archive::default();
        let inside =
            |name: &str| format!("{}/{name}", paths::IMAGE).trim_start_matches('/').to_owned();
        archive.file(&inside("program"), 0o755, agent);
        for name in [AGENT, HOLD] {
            archive.link(&inside(name), "program");
        }
        self.layer("node", from, to, async |id: &str| self.upload(id, archive.finish()).await).await
    }

    /// Makes an image by changing a container of another one.
    async fn layer(
        &self,
        layer: &str,
        from: &Image,
        to: &Image,
        make: impl AsyncFnOnce(&str) -> Result<(), ArmError>,
    ) -> Result<(), ArmError> {
        let operation = format!("build the image {}", to.name());
        let failed = |error| refused(&operation, &error);
        let client = &self.engine.client;
        let name = format!("reachlab-{}-{layer}", self.owner.run);
        let body = ContainerCreateBody {
            image: Some(from.name()),
            cmd: Some(["sleep", "600"].map(str::to_owned).into()),
            labels: Some(self.owner.labels()),
            host_config: Some(HostConfig {
                network_mode: Some("none".to_owned()),
                tmpfs: Some([("/tmp".to_owned(), "rw,exec".to_owned())].into()),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::new().name(&name).build();
        let container = client.create_container(Some(options), body).await.map_err(failed)?.id;
        let made = async {
            make(&container).await?;
            let options = CommitContainerOptionsBuilder::new()
                .container(&container)
                .repo(&to.repository)
                .tag(&to.tag)
                .pause(false)
                .build();
            // The image has the labels of the container it is made from, and so would every container
            // of the image.
            let mut labels = self.owner.no_labels();
            labels.insert(LAYER.to_owned(), layer.to_owned());
            let config = ContainerConfig { labels: Some(labels), ..ContainerConfig::default() };
            client.commit_container(options, config).await.map(drop).map_err(failed)
        };
        let made = made.await;
        let removed = self.engine.remove(&container).await;
        made?;
        self.prune(layer, to).await;
        removed
    }

    async fn upload(&self, container: &str, archive: Vec<u8>) -> Result<(), ArmError> {
        let options = UploadToContainerOptionsBuilder::new().path("/").build();
        let body = body_full(archive.into());
        let sent = self.engine.client.upload_to_container(container, Some(options), body).await;
        sent.map_err(|error| refused("put files into a container", &error))
    }

    async fn run(&self, container: &str, script: &str) -> Result<(), ArmError> {
        let operation = "build the services in a container";
        let failed = |error| refused(operation, &error);
        let client = &self.engine.client;
        let options = CreateExecOptions {
            cmd: Some(["sh", "-c", script].map(str::to_owned).into()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let exec = client.create_exec(container, options).await.map_err(failed)?;
        let mut said = String::new();
        if let StartExecResults::Attached { mut output, .. } =
            client.start_exec(&exec.id, None).await.map_err(failed)?
        {
            while let Some(part) = output.next().await {
                let part: LogOutput = part.map_err(failed)?;
                said.push_str(&part.to_string());
            }
        }
        match client.inspect_exec(&exec.id).await.map_err(failed)?.exit_code {
            Some(0) => Ok(()),
            code => Err(refusal(operation, format!("exit code {code:?}:\n{}", said.trim_end()))),
        }
    }

    /// Removes all but the newest of a layer. Tidying is not worth an error; what a container needs
    /// the engine keeps.
    async fn prune(&self, layer: &str, newest: &Image) {
        let label = format!("{LAYER}={layer}");
        let filters = HashMap::from([("label", vec![label.as_str()])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let Ok(mut images) = self.engine.client.list_images(Some(options)).await else { return };
        images.retain(|image| {
            image.repo_tags.iter().all(|name| name.starts_with(&newest.repository))
        });
        images.sort_by_key(|image| std::cmp::Reverse(image.created));
        for name in images.iter().skip(KEPT).flat_map(|image| &image.repo_tags) {
            let _ = self.engine.client.remove_image(name, None::<RemoveImageOptions>, None).await;
        }
    }
}

/// The files below a directory, relative to it; hidden ones are not the program's.
fn files(directory: &Path, prefix: &str) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => found.extend(files(&entry.path(), &format!("{prefix}{name}/"))?),
            false => found.push(format!("{prefix}{name}")),
        }
    }
    found.sort();
    Ok(found)
}
