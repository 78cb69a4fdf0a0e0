//! `collect`

use std::{fs, path::Path, process::ExitCode, sync::Arc};

use harness::{
    collect::{
        Wish, collect_in_lab, gather,
        here::{ASKED_FOR_MASKS, Here},
        page,
        question::{GUEST, Question, WINDOWS},
    },
    matrix::{MatrixPlan, Probes},
    measure::Slots,
    phase,
    route::RoutePattern,
};

use super::{catalogue, ladder, prepare};
use crate::{
    cli::{ArmName, Collect, WindowsOptions},
    exit::{Failure, INTERRUPTED, OK},
    output::show,
};

/// The port where none is named.
const PORT: u16 = 8080;

/// Collects, on this machine or in a lab.
pub fn run(options: &Collect) -> Result<ExitCode, Failure> {
    if options.preview {
        show(&preview())?;
        return Ok(ExitCode::from(OK));
    }
    let page = match &options.scenario {
        Some(name) => in_lab(name, options)?,
        None => of_this_machine(options.port, &options.fails, options.log.as_deref())?,
    };
    let Some(page) = page else { return Ok(ExitCode::from(INTERRUPTED)) };
    match &options.out {
        None => show(&page)?,
        Some(path) => write(path, &page)?,
    }
    Ok(ExitCode::from(OK))
}

fn write(path: &Path, page: &str) -> Result<(), Failure> {
    let wrong = |error| Failure::input(miette::miette!("cannot write {}: {error}", path.display()));
    fs::write(path, page).map_err(wrong)?;
    eprintln!("written to {}; read it before you paste it", path.display());
    Ok(())
}

fn preview() -> String {
    let mut text = String::from(
        "Only these commands run, all of them only read, and nothing is sent anywhere. Users, host \
         names, secrets\nand public addresses are masked in the report. Then the port is probed by \
         ping, telnet, nc and curl.\n",
    );
    for (title, questions) in [("Windows", WINDOWS), ("WSL, or a Linux machine", GUEST)] {
        text += &format!("\n{title}\n");
        for Question { run, only_if, .. } in questions {
            let test = only_if.map(|test| format!("   (if `{test}` succeeds)"));
            text += &format!("  {run}{}\n", test.unwrap_or_default());
        }
    }
    text += &format!("\nOn both, only to be masked\n  {}\n", ASKED_FOR_MASKS.join("\n  "));
    text
}

/// The report of this machine; `None` when it was interrupted.
pub(super) fn of_this_machine(
    port: Option<u16>,
    fails: &[RoutePattern],
    log: Option<&Path>,
) -> Result<Option<String>, Failure> {
    let wish = Wish { port: port.unwrap_or(PORT), complaints: fails.to_vec() };
    let here = Here::look(log);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::lab)?;
    let collected = runtime.block_on(async {
        let work = async {
            let mut masks = here.masks().await;
            let mut report = gather(&here, &wish).await?;
            report.cells = here.matrix(wish.port).await?;
            Ok(page::render(&report, &mut masks))
        };
        tokio::select! {
            page = work => Some(page),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    // A resolver that is still silent does not keep anybody waiting.
    runtime.shutdown_background();
    collected.transpose().map_err(|error: harness::collect::CollectError| Failure::lab(error))
}

fn in_lab(name: &str, options: &Collect) -> Result<Option<String>, Failure> {
    let catalogue = catalogue(&options.source)?;
    let selected = catalogue.select(&[name.to_owned()]).map_err(Failure::input)?;
    let Some(scenario) = selected.first().copied() else { return Ok(None) };
    let phases = scenario.phases();
    let phase = ladder::phase(scenario, &phases, options.phase.as_deref())?;
    let ready = prepare::prepare(
        ArmName::Netns,
        &WindowsOptions::default(),
        &selected,
        !options.no_install,
    )?;
    if let Some(reason) = ready.obstacle(scenario).map_err(Failure::lab)? {
        return Err(Failure::lab(format!("{name} {reason}")));
    }
    let own = scenario.service.as_ref().map(|service| service.listen.port);
    let wish =
        Wish { port: options.port.or(own).unwrap_or(PORT), complaints: options.fails.clone() };
    let slots = Arc::new(Slots::new(processors()));
    let collected = ready.runtime.block_on(async {
        let work = async {
            let lab = phase::stage(ready.arm.clone(), ready.stock.clone(), scenario, phase).await?;
            let plan = MatrixPlan::of(scenario);
            Ok(collect_in_lab(&lab, &wish, &plan, Probes::Tools, &slots).await?.1)
        };
        tokio::select! {
            page = work => Some(page),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    collected.transpose().map_err(|error: harness::collect::CollectError| Failure::lab(error))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}
