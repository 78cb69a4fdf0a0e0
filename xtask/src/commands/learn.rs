//! `learn [DIR…]`

use std::{fs, path::PathBuf, process::ExitCode};

use harness::diagnosis;

use super::root;
use crate::{
    cli::Learn,
    exit::{Failure, OK},
    output::show,
};

/// The project's reports to learn from; `reports-held` is for measuring what was learned.
const OWN: [&str; 3] = ["reports", "reports-made-up", "reports-threads"];

/// Weighs the words of known reports.
pub fn run(options: &Learn) -> Result<ExitCode, Failure> {
    let own = || OWN.iter().map(|name| root().join("fixtures").join(name)).collect();
    let named = !options.directories.is_empty();
    let directories: Vec<PathBuf> = if named { options.directories.clone() } else { own() };
    let learned = diagnosis::learn(&directories).map_err(|error| {
        Failure::input(miette::miette!(
            code = "learn",
            help = "a directory of reports has an index.json: {{\"NAME\": {{\"cause\": \"SLUG\"}}}} for each NAME.md",
            "{error}"
        ))
    })?;
    let usual = || root().join("harness/src/diagnosis/likeness/words.tsv");
    let out = options.out.clone().unwrap_or_else(usual);
    fs::write(&out, &learned).map_err(|error| {
        Failure::input(miette::miette!(
            code = "learn",
            help = "name a file that can be written with --out",
            "{}: {error}",
            out.display()
        ))
    })?;
    show(&format!("{}: {} terms\n", out.display(), learned.lines().count().saturating_sub(2)))?;
    Ok(ExitCode::from(OK))
}
