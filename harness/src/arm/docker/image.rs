//! The image of a node, in three layers that are built once each: Debian with the tools (`base`),
//! the built services and clients (`fixtures`), and this program, the agent (`node`).
//!
//! Each is tagged with a key of what it is made from, so that one that is there is the right one,
//! and a changed input makes another. No layer is ever pulled.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use super::{
    base,
    engine::{Engine, refusal},
    layer::Builder,
    owner::Owner,
};
use crate::{
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

/// Names an agent other than this program.
const AGENT_PROGRAM: &str = "REACHLAB_AGENT";

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
/// with (beside the home, which is copied when the guest is shut down), and add its second user.
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
         GOCACHE={image}/go-build go build -buildvcs=false -o /tmp/{IMPORTS} .\n\
         mkdir -p /root/.cache\nln -s {image}/go-build /root/.cache/go-build\n\
         rm -r {image}/source\n\
         echo '{SECOND_USER}:x:{SECOND_ID}:{SECOND_ID}::{home}:/bin/sh' >> /etc/passwd\n\
         echo '{SECOND_USER}:x:{SECOND_ID}:' >> /etc/group\n\
         mkdir {home}\nchown {SECOND_ID}:{SECOND_ID} {home}\n"
    );
    script
}
