//! `list`

use std::process::ExitCode;

use serde_json::json;

use super::catalogue;
use crate::{
    cli::{List, ListFormat},
    exit::{Failure, OK},
    output::show,
};

/// Prints the catalogue.
pub fn run(options: &List) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    match options.format {
        ListFormat::Text => {
            let all = catalogue.all();
            let wide = |text: fn(&harness::scenario::Scenario) -> usize| all.iter().map(text).max();
            let name = wide(|it| it.name.len()).unwrap_or(0);
            let cause = wide(|it| it.cause.slug().len()).unwrap_or(0);
            for it in all {
                let slug = it.cause.slug();
                show(&format!("{:<name$}  {slug:<cause$}  {}\n", it.name, it.title))?;
            }
        }
        ListFormat::Json => {
            let scenarios: Vec<_> = catalogue
                .all()
                .iter()
                .map(|it| {
                    let phases: Vec<String> =
                        it.phases().iter().map(|phase| phase.name.to_string()).collect();
                    json!({ "name": it.name, "cause": it.cause.slug(), "title": it.title,
                            "phases": phases })
                })
                .collect();
            show(&format!("{}\n", json!({ "schema": 1, "scenarios": scenarios })))?;
        }
    }
    for path in &catalogue.stale {
        eprintln!("stale snapshot, its scenario is gone: {}", path.display());
    }
    Ok(ExitCode::from(OK))
}
