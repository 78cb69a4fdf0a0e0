//! `diagnose REPORT.md|DIR|-`

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use harness::{
    diagnosis::{self, Diagnosis},
    evidence::{Evidence, input},
};
use serde_json::{Value, json};

use super::collect;
use crate::{
    cli::{Diagnose, ListFormat},
    exit::{Failure, INTERRUPTED, OK},
    output::show,
};

/// Says which cause each report points to.
pub fn run(options: &Diagnose) -> Result<ExitCode, Failure> {
    let Some(report) = &options.report else { return here(options) };
    if options.score {
        return score(report);
    }
    if report.is_dir() {
        return directory(report, options);
    }
    let name = report.display().to_string();
    tell(&read(report)?, &name, options)
}

/// Collects a report of this machine, without keeping it, and says what it points to.
fn here(options: &Diagnose) -> Result<ExitCode, Failure> {
    let Some(page) = collect::of_this_machine(options.port, &[], None)? else {
        return Ok(ExitCode::from(INTERRUPTED));
    };
    tell(&Evidence::read(page), "this machine", options)
}

fn tell(evidence: &Evidence, name: &str, options: &Diagnose) -> Result<ExitCode, Failure> {
    let diagnosis = diagnosis::diagnose(evidence);
    match options.format {
        ListFormat::Text => show(&diagnosis::render(&diagnosis, evidence, name))?,
        ListFormat::Json => show(&format!("{}\n", diagnosis::json(&diagnosis, evidence)))?,
    }
    Ok(ExitCode::from(OK))
}

/// Every `*.md` of a directory. One that cannot be read does not keep the others from being told.
fn directory(path: &Path, options: &Diagnose) -> Result<ExitCode, Failure> {
    let mut unreadable = None;
    let mut told: Vec<Value> = Vec::new();
    for path in reports(path)? {
        let evidence = match read(&path) {
            Ok(evidence) => evidence,
            Err(failure) => {
                unreadable.get_or_insert(failure);
                continue;
            }
        };
        let diagnosis = diagnosis::diagnose(&evidence);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match options.format {
            ListFormat::Text => {
                show(&format!("{}\n", diagnosis::render(&diagnosis, &evidence, &name)))?;
            }
            ListFormat::Json => told.push(named(&name, &diagnosis, &evidence)),
        }
    }
    if options.format == ListFormat::Json {
        show(&format!("{}\n", json!({ "schema": 1, "reports": told })))?;
    }
    match unreadable {
        None => Ok(ExitCode::from(OK)),
        Some(failure) => Err(failure),
    }
}

fn named(name: &str, diagnosis: &Diagnosis, evidence: &Evidence) -> Value {
    let mut value = diagnosis::json(diagnosis, evidence);
    value["report"] = Value::from(name);
    value
}

fn reports(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: io::Error| unreadable(directory, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Evidence, Failure> {
    let mut bytes = Vec::new();
    // One byte more than may be, so that too much is seen and not cut off.
    let limit = input::LIMIT as u64 + 1;
    let read = if path == Path::new("-") {
        io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(path, error))?;
    let text = input::decode(&bytes).map_err(|error| unreadable(path, error))?;
    Ok(Evidence::read(text))
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> Failure {
    let name = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    Failure::input(miette::miette!(
        code = "report",
        help = "a bug report is text: what you would paste into an issue, at most 10 MB of it",
        "{name}: {error}"
    ))
}

/// How many reports of a directory, whose `index.json` has their causes, are told rightly.
fn score(directory: &Path) -> Result<ExitCode, Failure> {
    let all = diagnosis::score(directory).map_err(|error| unreadable(directory, error))?;
    show(&diagnosis::table(&all))?;
    Ok(ExitCode::from(OK))
}
