//! Building a bundle for the windows arm: the fixtures' programs for both sides, in the lab's own
//! workshop, and this program for the guest.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    arm::{ArmError, netns::Netns},
    cache::{Cache, CacheError},
    doctor::{DoctorReport, Id},
    fixture::{FixtureError, Fixtures, GoToolchain},
    stock::{Stock, StockError},
    topology::Extras,
};

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The workshop.
    #[error(transparent)]
    Arm(#[from] ArmError),
    /// A fixture.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A build.
    #[error(transparent)]
    Stock(#[from] StockError),
    /// There is no Go.
    #[error("Go is missing: {0}")]
    NoGo(String),
    /// A file.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Makes a bundle in a directory. Call it before there is a thread, see [`Netns::start`].
///
/// # Errors
/// What cannot be built or written.
pub fn bundle(
    program: PathBuf,
    report: &DoctorReport,
    agent: &Path,
    directory: &Path,
    say: &mut dyn FnMut(&str),
) -> Result<(), MakeError> {
    let Some(go) = report.program(Id::Go) else {
        return Err(MakeError::NoGo(report.remedy_line([Id::Go])));
    };
    let cache = Cache::open()?;
    let toolchain = GoToolchain::detect(go, &cache)?;
    let netns = Netns::start(program, false)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| MakeError::File { path, source }
    };
    runtime.map_err(file(directory))?.block_on(async {
        for os in ["linux", "windows"] {
            let go = GoToolchain { os: os.to_owned(), ..toolchain.clone() };
            let fixtures = Fixtures::load(&Fixtures::default_root())?;
            let stock = Stock::plan(fixtures, &cache, Some(&go), Extras::default())?;
            let unbuilt = stock.unbuilt();
            if !unbuilt.is_empty() {
                say(&format!("building {} for {os} (once)", unbuilt.join(", ")));
                let workshop = netns.workshop(vec![cache.dir().display().to_string()]).await?;
                stock.build(&workshop).await?;
            }
            let programs = directory.join(os);
            fs::create_dir_all(&programs).map_err(file(&programs))?;
            let suffix = if os == "windows" { ".exe" } else { "" };
            for (name, built) in stock.programs() {
                let to = programs.join(format!("{name}{suffix}"));
                fs::copy(built, &to).map_err(file(&to))?;
            }
        }
        let to = directory.join("agent");
        fs::copy(agent, &to).map(drop).map_err(file(&to))
    })
}
