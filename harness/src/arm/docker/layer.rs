//! One layer of the image: a container of the layer below, changed and kept.

use std::{collections::HashMap, fs, path::Path};

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
    engine::{Engine, refusal, refused},
    image::Image,
    owner::Owner,
    tar::Archive,
};
use crate::{
    agent::container::{AGENT, HOLD},
    arm::ArmError,
    fixture::GoProgram,
    paths,
};

/// The label of every layer; its value is which.
const LAYER: &str = "reachlab.layer";

/// How many of a layer stay: worktrees of several versions do not take each other's away.
const KEPT: usize = 4;

/// Builds layers on an engine, for a run.
pub struct Builder<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// Whose containers the layers are made from.
    pub owner: &'a Owner,
}

impl Builder<'_> {
    /// Whether an image is there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn has(&self, image: &Image) -> Result<bool, ArmError> {
        match self.engine.client.inspect_image(&image.name()).await {
            Ok(_) => Ok(true),
            Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(false),
            Err(error) => Err(refused("look for the image", &error)),
        }
    }

    /// The services and clients, built from their sources by a script in a container.
    ///
    /// # Errors
    /// What the engine or the compiler says.
    pub async fn fixtures(
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

    /// The agent, and the names under which it is started.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn node(&self, from: &Image, to: &Image, agent: &[u8]) -> Result<(), ArmError> {
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
