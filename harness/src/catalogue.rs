//! The catalogue: every directory with a `scenario.toml`.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use miette::Diagnostic;

use crate::scenario::{Scenario, ScenarioError, file, words};

/// The scenarios of a directory, by name.
#[derive(Clone, Debug)]
pub struct Catalogue {
    scenarios: Vec<Scenario>,
    /// Snapshots whose scenario is gone.
    pub stale: Vec<PathBuf>,
}

/// Why there is no catalogue, or not the part that was asked for. Nothing may be started then.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CatalogueError {
    /// The directory cannot be read.
    #[error("cannot read the scenarios in {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has no scenario.
    #[error("there is no scenario in {}", path.display())]
    #[diagnostic(help("a scenario is a directory with a scenario.toml"))]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// Scenario files have mistakes.
    #[error("{} in {}; nothing was started", count(errors.len(), "mistake"), files(errors))]
    Mistakes {
        /// All of them, by file and line.
        #[related]
        errors: Vec<ScenarioError>,
    },
    /// There are no scenarios of these names.
    #[error("there is no scenario {}", quoted(names))]
    Unknown {
        /// Which.
        names: Vec<String>,
        /// The nearest ones, and all there are.
        #[help]
        help: String,
    },
}

impl CatalogueError {
    /// The error without colours, one mistake a line.
    pub fn plain(&self) -> String {
        let mut lines = vec![self.to_string()];
        match self {
            CatalogueError::Mistakes { errors } => {
                lines.extend(errors.iter().map(ScenarioError::plain));
            }
            CatalogueError::Unknown { help, .. } => lines.push(help.clone()),
            CatalogueError::Unreadable { .. } | CatalogueError::Empty { .. } => {}
        }
        lines.join("\n")
    }
}

impl Catalogue {
    /// Reads and checks every scenario below `root`, also those that nobody asks for: a run says
    /// nothing of a catalogue that is half wrong.
    ///
    /// # Errors
    /// `root` cannot be read or has no scenario, or files have mistakes: all of all files.
    pub fn load(root: &Path) -> Result<Self, CatalogueError> {
        let (mut scenarios, mut errors, mut stale) = (Vec::new(), Vec::new(), Vec::new());
        for dir in directories(root)? {
            if dir.join(file::FILE_NAME).symlink_metadata().is_err() {
                stale.extend(snapshots(&dir)?);
                continue;
            }
            match file::load(&dir) {
                Ok(scenario) => scenarios.push(scenario),
                Err(found) => errors.extend(found),
            }
        }
        if !errors.is_empty() {
            return Err(CatalogueError::Mistakes { errors });
        }
        if scenarios.is_empty() {
            return Err(CatalogueError::Empty { path: root.to_owned() });
        }
        Ok(Catalogue { scenarios, stale })
    }

    /// Every scenario, by name.
    pub fn all(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The named scenarios in the order of the catalogue, each once; all when none is named.
    ///
    /// # Errors
    /// Every name that is not one, with the nearest that is.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Scenario>, CatalogueError> {
        let known: Vec<&str> = self.scenarios.iter().map(|it| it.name.as_str()).collect();
        let wanted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let unknown: Vec<&str> =
            wanted.iter().copied().filter(|name| !known.contains(name)).collect();
        if !unknown.is_empty() {
            let near = unknown.iter().filter_map(|name| words::nearest(name, known.clone()));
            let mut help: Vec<String> =
                near.map(|near| format!("did you mean `{near}`?")).collect();
            help.push(format!("there are {}", known.join(", ")));
            let names = unknown.into_iter().map(str::to_owned).collect();
            return Err(CatalogueError::Unknown { names, help: help.join(" ") });
        }
        let selected = |it: &&Scenario| wanted.is_empty() || wanted.contains(it.name.as_str());
        Ok(self.scenarios.iter().filter(selected).collect())
    }
}

/// The directories of `root`, by name.
fn directories(root: &Path) -> Result<Vec<PathBuf>, CatalogueError> {
    Ok(entries(root)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// The snapshots of a directory, pending ones included.
fn snapshots(dir: &Path) -> Result<Vec<PathBuf>, CatalogueError> {
    let is_snapshot = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        name.ends_with(".snap") || name.ends_with(".snap.new")
    };
    Ok(entries(dir)?.into_iter().filter(is_snapshot).collect())
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn files(errors: &[ScenarioError]) -> String {
    let paths: BTreeSet<&Path> = errors.iter().map(|error| error.path.as_path()).collect();
    count(paths.len(), "scenario file")
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::verdict::sample;

    /// A catalogue of these files: a path below the root and a text each.
    fn root(files: &[(&str, &str)]) -> TempDir {
        let root = TempDir::new().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn names(scenarios: &[&Scenario]) -> Vec<String> {
        scenarios.iter().map(|scenario| scenario.name.clone()).collect()
    }

    fn good() -> TempDir {
        root(&[
            ("stale-portproxy/scenario.toml", sample::TEXT),
            ("firewalld-block/scenario.toml", sample::TEXT),
            ("firewalld-block/matrix.snap", ""),
            ("src/main.rs", ""),
            ("Cargo.toml", ""),
            ("removed/matrix.snap", ""),
            ("removed/matrix.snap.new", ""),
        ])
    }

    #[test]
    fn scenarios_are_listed_by_name_and_stale_snapshots_reported() {
        let root = good();
        let catalogue = Catalogue::load(root.path()).unwrap();
        let all = names(&catalogue.select(&[]).unwrap());
        assert_eq!(all, ["firewalld-block", "stale-portproxy"]);
        let removed = root.path().join("removed");
        assert_eq!(catalogue.stale, [removed.join("matrix.snap"), removed.join("matrix.snap.new")]);
    }

    #[test]
    fn names_select_once() {
        let root = good();
        let catalogue = Catalogue::load(root.path()).unwrap();
        let wanted = ["stale-portproxy".to_owned(), "stale-portproxy".to_owned()];
        assert_eq!(names(&catalogue.select(&wanted).unwrap()), ["stale-portproxy"]);
    }

    #[test]
    fn an_unknown_name_suggests_the_nearest() {
        let root = good();
        let catalogue = Catalogue::load(root.path()).unwrap();
        let wanted = ["firewalld".to_owned(), "stale-portproxy".to_owned(), "qqq".to_owned()];
        let error = catalogue.select(&wanted).unwrap_err();
        assert_eq!(
            error.plain(),
            "there is no scenario `firewalld`, `qqq`\n\
             did you mean `firewalld-block`? there are firewalld-block, stale-portproxy"
        );
    }

    #[test]
    fn mistakes_of_every_file_are_told_at_once() {
        let root = root(&[
            ("a/scenario.toml", &sample::TEXT.replace("firewalld-block", "x")),
            ("b/scenario.toml", sample::TEXT),
            ("c/scenario.toml", &sample::TEXT.replace("wsl-ip nc\"", "wsl-ip cn\"")),
            ("Bad/scenario.toml", sample::TEXT),
        ]);
        let error = Catalogue::load(root.path()).unwrap_err();
        assert_eq!(error.to_string(), "3 mistakes in 3 scenario files; nothing was started");
        let plain = error.plain();
        assert!(plain.contains("a/scenario.toml:4:9: unknown cause `x`"), "{plain}");
        assert!(plain.contains("c/scenario.toml:26:37: unknown tool `cn`"), "{plain}");
        assert!(plain.contains("the directory `Bad` is not a scenario's name"), "{plain}");
    }

    #[test]
    fn a_directory_without_scenarios_is_an_error() {
        let root = root(&[("src/main.rs", "")]);
        let error = Catalogue::load(root.path()).unwrap_err();
        assert!(matches!(error, CatalogueError::Empty { .. }), "{error}");
        let error = Catalogue::load(&root.path().join("none")).unwrap_err();
        assert!(matches!(error, CatalogueError::Unreadable { .. }), "{error}");
    }
}
