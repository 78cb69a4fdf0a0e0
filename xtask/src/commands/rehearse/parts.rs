//! Scenarios rehearsed side by side, and what they came to together.

use std::{path::Path, process::ExitCode, sync::Arc, time::Instant};

use harness::{
    rehearsal::{order::DoorOrder, parts},
    report::{Told, answers, read, table},
    run_result::RunResult,
    scenario::Scenario,
};
use tokio::task::JoinSet;

use super::{Rehearsal, elevation, is_same};
use crate::exit::{FAILED, Failure, INPUT, LAB, OK};

/// What a part came to.
struct Part {
    code: u8,
    runs: Vec<RunResult>,
}

/// Rehearses these scenarios, or asks these questions.
pub async fn rehearse(
    rehearsal: &Arc<Rehearsal>,
    selected: &[&Scenario],
) -> Result<ExitCode, Failure> {
    let clock = Instant::now();
    let options = &rehearsal.options;
    let parts = parts::deal(selected, rehearsal.jobs);
    let mut running = JoinSet::new();
    for part in parts {
        let names = part.iter().map(|scenario| scenario.name.clone()).collect();
        running.spawn(self::part(Arc::clone(rehearsal), names));
    }
    let ended = running.join_all().await.into_iter().collect::<Result<Vec<Part>, Failure>>()?;
    // The first that applies.
    let code =
        [INPUT, LAB, FAILED].into_iter().find(|code| ended.iter().any(|it| it.code == *code));
    let runs = join(ended, clock);
    let mut holds = true;
    for run in &runs {
        match options.measure {
            true => print!("{}", answers::render(run, selected)),
            false => print!("{}", table::summary(run)),
        }
        holds &= !options.not_elevated || elevation::agrees(run, selected);
    }
    for target in &options.report {
        target.write(Told { runs: &runs, repeat: None }).map_err(Failure::lab)?;
    }
    Ok(ExitCode::from(code.unwrap_or(if holds { OK } else { FAILED })))
}

/// Runs a part in a lab of its own; tells what went wrong there.
async fn part(rehearsal: Arc<Rehearsal>, names: Vec<String>) -> Result<Part, Failure> {
    let options = &rehearsal.options;
    let order = DoorOrder {
        tongue: options.language,
        elevated: !options.not_elevated,
        ..DoorOrder::default()
    };
    let stage = rehearsal.stage(order).await?;
    let mut arguments = stage.scenarios(&names, &rehearsal.probes());
    if options.measure {
        "measure".clone_into(&mut arguments[0]);
    }
    let before = stage.state().await.map_err(Failure::lab)?;
    let ended = stage.run(&arguments).await.map_err(Failure::lab)?;
    let after = stage.state().await.map_err(Failure::lab)?;
    let known = [OK, FAILED, INPUT, LAB].into_iter().find(|code| i32::from(*code) == ended.exit);
    let mut code = known.unwrap_or(LAB);
    eprint!("{}", ended.stderr);
    if code != OK {
        print!("{}", ended.stdout);
    }
    if !is_same(&before, &after) {
        code = code.max(FAILED);
    }
    let report = stage.report().await.map_err(Failure::lab)?;
    let runs = match read::parse(Path::new("the report of the rehearsal"), &report) {
        Ok(runs) => runs,
        // It has said itself why there is none.
        Err(_) if code != OK => Vec::new(),
        Err(error) => return Err(Failure::lab(error)),
    };
    Ok(Part { code, runs })
}

/// The runs of all parts as one; they took the time from `clock` on.
fn join(parts: Vec<Part>, clock: Instant) -> Vec<RunResult> {
    let mut joined: Vec<RunResult> = Vec::new();
    for run in parts.into_iter().flat_map(|part| part.runs) {
        match joined.iter_mut().find(|other| other.arm == run.arm) {
            Some(whole) => whole.scenarios.extend(run.scenarios),
            None => joined.push(run),
        }
    }
    for run in &mut joined {
        run.scenarios.sort_by(|a, b| a.name.cmp(&b.name));
        run.wall_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    joined
}
