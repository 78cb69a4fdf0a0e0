//! The image's base: Debian with the tools. From a Dockerfile where the engine reaches a registry,
//! else from Debian's own mirror by a script, and imported.

use std::{fs, path::PathBuf, process::Stdio, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use testcontainers::bollard::{
    body_full, body_try_stream,
    query_parameters::{
        BuildImageOptionsBuilder, CreateImageOptionsBuilder, RemoveImageOptions,
        TagImageOptionsBuilder,
    },
};
use tokio::process::Command;
use tokio_util::io::ReaderStream;

use super::{
    engine::{Engine, refusal},
    image::Image,
    tar::Archive,
};
use crate::{
    arm::ArmError,
    fixture::{Fixtures, content::Fnv1a},
};

/// How long making the base may take.
const PATIENCE: Duration = Duration::from_secs(1800);

/// What the base is made from: the files of `fixtures/images`.
pub struct Recipe {
    dockerfile: String,
    packages: String,
    script: PathBuf,
}

impl Recipe {
    /// Reads it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read() -> Result<Recipe, ArmError> {
        let root = Fixtures::default_root();
        let read = |name: &str| {
            let path = root.join("images").join(name);
            fs::read_to_string(&path)
                .map_err(|error| refusal(&format!("read {}", path.display()), error.to_string()))
        };
        Ok(Recipe {
            dockerfile: read("Dockerfile")?,
            packages: read("packages")?,
            script: root.join("../ci/docker-image"),
        })
    }

    /// A key of it.
    pub fn key(&self) -> String {
        let mut key = Fnv1a::new();
        key.field(self.dockerfile.as_bytes());
        key.field(self.packages.as_bytes());
        key.field(&fs::read(&self.script).unwrap_or_default());
        format!("{:016x}", key.finish())
    }

    /// The names of the packages.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.packages
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
    }
}

/// Builds it, one way or the other.
///
/// # Errors
/// Why neither way works.
pub async fn build(
    engine: &Engine,
    recipe: &Recipe,
    image: &Image,
    say: &mut (dyn FnMut(&str) + Send),
) -> Result<(), ArmError> {
    say("building the image of the nodes (once; some minutes)");
    let Err(from_registry) = from_dockerfile(engine, recipe, image).await else { return Ok(()) };
    say(&format!("not from the Dockerfile ({from_registry}); from Debian's mirror instead"));
    match from_mirror(engine, recipe, image).await {
        Ok(()) => Ok(()),
        Err(from_mirror) => Err(ArmError::Refused {
            operation: "build the image of the nodes".to_owned(),
            reason: format!(
                "from fixtures/images/Dockerfile: {from_registry}; by ci/docker-image: {from_mirror}"
            ),
            hint: Some(format!(
                "it needs a registry with debian:bookworm-slim, or a Debian mirror and mmdebstrap \
                 or debootstrap (`sudo apt-get install mmdebstrap`); where neither is reachable, \
                 `docker save {0}` on another machine and `docker load` here",
                image.name()
            )),
        }),
    }
}

async fn from_dockerfile(engine: &Engine, recipe: &Recipe, image: &Image) -> Result<(), String> {
    let mut context = Archive::default();
    context.file("Dockerfile", 0o644, recipe.dockerfile.as_bytes());
    context.file("packages", 0o644, recipe.packages.as_bytes());
    let options = BuildImageOptionsBuilder::new()
        .t(&image.name())
        .rm(true)
        .forcerm(true)
        .networkmode("host")
        .build();
    let body = body_full(context.finish().into());
    let patient = engine.client.clone().with_timeout(PATIENCE);
    let mut said = patient.build_image(options, None, Some(body));
    while let Some(part) = said.next().await {
        let part = part.map_err(|error| error.to_string())?;
        if let Some(error) = part.error_detail.and_then(|detail| detail.message) {
            return Err(error);
        }
    }
    Ok(())
}

/// Has the script print an archive, which the engine imports meanwhile; the tag comes last, when
/// both have ended well.
async fn from_mirror(engine: &Engine, recipe: &Recipe, image: &Image) -> Result<(), String> {
    let mut script = Command::new(&recipe.script)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{}: {error}", recipe.script.display()))?;
    let (Some(archive), Some(mut errors)) = (script.stdout.take(), script.stderr.take()) else {
        return Err("the script has no output".to_owned());
    };
    let complaints = tokio::spawn(async move {
        let mut text = String::new();
        let _ = tokio::io::AsyncReadExt::read_to_string(&mut errors, &mut text).await;
        text
    });
    let options = CreateImageOptionsBuilder::new().from_src("-").build();
    let body = body_try_stream(ReaderStream::new(archive));
    // The engine says nothing until the script's first byte, some minutes later.
    let patient = engine.client.clone().with_timeout(PATIENCE);
    let imported: Result<Vec<_>, _> =
        patient.create_image(Some(options), Some(body), None).try_collect().await;
    let status = script.wait().await.map_err(|error| error.to_string())?;
    let complaints = complaints.await.unwrap_or_default();
    let id = imported
        .map_err(|error| error.to_string())
        .map(|said| said.into_iter().filter_map(|part| part.status).next_back());
    if !status.success() {
        if let Ok(Some(id)) = &id {
            let _ = engine.client.remove_image(id, None::<RemoveImageOptions>, None).await;
        }
        let tail: Vec<&str> = complaints.lines().rev().take(3).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        let import = id.err().map(|error| format!(" (import: {error})")).unwrap_or_default();
        return Err(format!("{status}: {}{import}", tail.join("; ")));
    }
    let id = id?.ok_or("the engine imported nothing")?;
    let options = TagImageOptionsBuilder::new().repo(&image.repository).tag(&image.tag).build();
    engine.client.tag_image(&id, Some(options)).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Requirement;

    #[test]
    fn every_program_that_a_scenario_can_need_is_in_the_image() {
        let recipe = Recipe::read().unwrap();
        let packages: Vec<&str> = recipe.packages().collect();
        for requirement in Requirement::all() {
            if let Some(package) = requirement.package {
                assert!(packages.contains(&package.debian), "{} is not", package.debian);
            }
        }
    }

    #[test]
    fn the_dockerfile_installs_that_list_and_no_other() {
        let recipe = Recipe::read().unwrap();
        assert!(recipe.dockerfile.starts_with("FROM debian:bookworm-slim\n"));
        assert!(recipe.dockerfile.contains("packages"));
    }
}
