//! A reproduction kept: a scenario directory that `run-scenarios` takes, with assertions made of
//! what was measured.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ReproError, Reproduction,
    see::{Matrix, SeenBoth, matrix_plan},
};
use crate::{
    outcome::Outcome,
    picture::Picture,
    route::{Route, RoutePattern},
    scenario::{Case, MatrixChoice, Plan, Remedy, Restores, Scenario, Signature, file, to_toml},
    tool::Tool,
};

/// Why it could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The directory's name is the scenario's.
    #[error("`{0}` is not a scenario's name: a-z, 0-9 and -")]
    Name(String),
    /// There is one.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// The disk.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what the loader reads.
    #[error(transparent)]
    Unsound(#[from] ReproError),
}

/// Writes the scenario's file into this directory, whose name becomes the scenario's. Its snapshot
/// is written by a run that accepts it.
///
/// # Errors
/// When it cannot be written.
pub fn keep(dir: &Path, made: &Reproduction) -> Result<Scenario, KeepError> {
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(sound) {
        return Err(KeepError::Name(name));
    }
    let path = dir.join(file::FILE_NAME);
    if path.exists() {
        return Err(KeepError::Exists(path));
    }
    let cure = made.fix.cure.as_ref().map(|cure| (cure.steps(), &cure.matrix));
    let mut scenario = made.reading.scenario.clone();
    scenario.name = name;
    dir.clone_into(&mut scenario.dir);
    scenario.plan = plan(&scenario, &made.seen, cure);
    if matches!(scenario.plan, Plan::Survey { .. }) {
        scenario.matrix = choice(&made.reading.picture);
    }
    let unsound = |text: String| KeepError::Unsound(ReproError::Unsound(text));
    let text = to_toml(&scenario).map_err(|error| unsound(error.to_string()))?;
    let checked = file::parse(dir, &text).map_err(|errors| {
        unsound(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let wrote = fs::create_dir_all(dir).and_then(|()| fs::write(&path, &text));
    wrote.map_err(|source| KeepError::Write { path, source })?;
    Ok(checked)
}

/// A fault, where a healthy machine differs from it on a route and something cures it; else a survey
/// of what was reported.
fn plan(
    scenario: &Scenario,
    seen: &SeenBoth,
    cure: Option<(Vec<crate::scenario::Step>, &Matrix)>,
) -> Plan {
    let Plan::Fault { fault, .. } = &scenario.plan else { return scenario.plan.clone() };
    let is = |matrix: &Matrix, cell: &(Route, Tool)| matrix.get(cell).copied();
    let good = |outcome: Option<Outcome>| outcome.is_some_and(Outcome::is_good);
    let bad = |outcome: Option<Outcome>| {
        outcome.is_some_and(|outcome| outcome.is_applicable() && !outcome.is_good())
    };
    let cells: Vec<(Route, Tool)> = seen.fault.keys().copied().collect();
    let pick = |test: &dyn Fn(&(Route, Tool)) -> bool| {
        let picked = cells.iter().filter(|cell| test(cell));
        let pattern =
            |(route, tool): &(Route, Tool)| RoutePattern { route: *route, tool: Some(*tool) };
        picked.map(pattern).collect::<Vec<_>>()
    };
    let breaks = pick(&|cell| good(is(&seen.healthy, cell)) && bad(is(&seen.fault, cell)));
    let (steps, cured) = match cure {
        Some(cure) if !breaks.is_empty() => cure,
        cure => {
            let mut cases = vec![Case { name: "reported".to_owned(), steps: fault.clone() }];
            cases.extend(cure.map(|(steps, _)| Case {
                name: "verified".to_owned(),
                steps: [fault.clone(), steps].concat(),
            }));
            return Plan::Survey { cases };
        }
    };
    let restored = pick(&|cell| {
        good(is(&seen.healthy, cell)) && bad(is(&seen.fault, cell)) && good(is(cured, cell))
    });
    let costs = pick(&|cell| {
        good(is(&seen.healthy, cell)) && good(is(&seen.fault, cell)) && bad(is(cured, cell))
    });
    let keeps = pick(&|cell| {
        good(is(&seen.healthy, cell)) && good(is(&seen.fault, cell)) && good(is(cured, cell))
    });
    let restores =
        if restored.len() == breaks.len() { Restores::All } else { Restores::Routes(restored) };
    let remedy = Remedy { name: "verified".to_owned(), steps, restores, costs };
    Plan::Fault {
        fault: fault.clone(),
        remedies: vec![remedy],
        signature: Signature { breaks, keeps },
    }
}

fn choice(picture: &Picture) -> MatrixChoice {
    let plan = matrix_plan(picture);
    let mut routes: Vec<Route> = Vec::new();
    let mut tools: Vec<Tool> = Vec::new();
    for (route, tool) in plan.cells() {
        if !routes.contains(route) {
            routes.push(*route);
        }
        if !tools.contains(tool) {
            tools.push(*tool);
        }
    }
    MatrixChoice { routes, tools }
}
