//! `explain NAME`

use std::process::ExitCode;

use harness::explain;

use super::catalogue;
use crate::{
    cli::Explain,
    exit::{Failure, OK},
    output::show,
};

/// Prints one scenario as a story.
pub fn run(options: &Explain) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&options.source)?;
    let names = [options.name.clone()];
    for scenario in catalogue.select(&names).map_err(Failure::input)? {
        let story = if options.all { explain::whole(scenario) } else { explain::screen(scenario) };
        show(&story)?;
    }
    Ok(ExitCode::from(OK))
}
