//! `bench`: ratios measured in one run on one machine, never times to be compared across machines.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

use harness::{
    arm::Arm,
    cell::Cell,
    doctor::Id,
    lab::Lab,
    ready::Ready,
    run_result::{RunResult, Verdict},
    runner::{self, Options},
    scenario::{Machine, Scenario},
    topology::Extras,
};
use tokio::sync::mpsc;

use super::{catalogue, prepare};
use crate::{
    cli::{ArmName, Bench, Source, WindowsOptions},
    exit::{FAILED, Failure, OK},
};

/// How many times the network is built by `ip -batch`; these stay until the end, too.
const BASELINES: usize = 20;

/// Measures, and prints.
pub fn run(options: &Bench) -> Result<ExitCode, Failure> {
    let catalogue = catalogue(&Source { scenarios: None })?;
    let all: Vec<&Scenario> = catalogue.all().iter().collect();
    let ready = prepare::prepare(ArmName::Netns, &WindowsOptions::default(), &all, true)?;
    if let Some(times) = options.soak {
        return soak(&ready, &all, times.get(), options.probes.into());
    }
    ready.runtime.block_on(boots(&ready, options.boots.get()))?;
    Ok(ExitCode::from(OK))
}

async fn boots(ready: &Ready, count: usize) -> Result<(), Failure> {
    let (mut boot, mut baseline) = (Vec::new(), Vec::new());
    // Labs stay until the end, as do the namespaces of the comparison: the kernel takes a
    // namespace down in the background, under the lock that the next boot needs.
    let mut labs = Vec::new();
    let programs = ready.report.program(Id::Ip).zip(ready.report.program(Id::Nft));
    for turn in 0..count {
        let lab = Lab::boot(
            Arc::clone(&ready.arm),
            Machine::default(),
            Arc::clone(&ready.stock),
            "bench".to_owned(),
            Extras::default(),
        );
        let lab = lab.await.map_err(Failure::lab)?;
        boot.push(lab.boot);
        labs.push(lab);
        // Both take turns, so that whatever else the machine does hits both alike.
        if let Some((ip, nft)) = programs
            && turn < BASELINES
        {
            #[allow(irrefutable_let_patterns, reason = "there are more arms with feature docker")]
            let Arm::Netns(netns) = &*ready.arm else { continue };
            let (ip, nft) = (ip.display().to_string(), nft.display().to_string());
            baseline.push(netns.baseline(ip, nft).await.map_err(Failure::lab)?);
        }
    }
    let boot = Spread::of(boot);
    println!("boot of a lab, start to third hello      {boot}   ({count} labs)");
    if programs.is_none() {
        println!("no comparison: ip or nft is not installed (cargo xtask doctor --install)");
        return Ok(());
    }
    let network = Spread::of(baseline.iter().map(|it| it.network).collect());
    let whole = Spread::of(baseline.iter().map(|it| it.namespaces + it.network).collect());
    println!("the same network by ip -batch and nft    {network}   ({BASELINES} times)");
    println!("  with the namespaces, by ip netns add   {whole}");
    let ratio = |to: &Spread| boot.median.as_secs_f64() / to.median.as_secs_f64();
    println!("ratio of the whole boot to the network   {:.2}", ratio(&network));
    println!("  to network and namespaces              {:.2}", ratio(&whole));
    Ok(())
}

/// Median and extremes.
struct Spread {
    median: Duration,
    least: Duration,
    most: Duration,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Spread {
        times.sort();
        let at = |index: usize| times.get(index).copied().unwrap_or_default();
        Spread {
            median: at(times.len() / 2),
            least: at(0),
            most: at(times.len().saturating_sub(1)),
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let (median, least, most) = (ms(self.median), ms(self.least), ms(self.most));
        write!(f, "median {median:6.2} ms  ({least:.2} to {most:.2})")
    }
}

/// Runs everything again and again; every cell must be as in the first run.
fn soak(
    ready: &Ready,
    scenarios: &[&Scenario],
    times: usize,
    probes: harness::matrix::Probes,
) -> Result<ExitCode, Failure> {
    let skips = ready.obstacles(scenarios).map_err(Failure::lab)?;
    let runs: Vec<Arc<Scenario>> = scenarios
        .iter()
        .filter(|scenario| !skips.contains_key(&scenario.name))
        .map(|scenario| Arc::new((*scenario).clone()))
        .collect();
    let options = Options { probes, jobs: Options::default_jobs(), accept: false, compare: true };
    let mut first: Option<BTreeMap<String, String>> = None;
    let (mut different, mut failed, mut walls) = (0, 0, Vec::new());
    for turn in 1..=times {
        let (sender, _events) = mpsc::unbounded_channel();
        let arm = Arc::clone(&ready.arm);
        let work = runner::run(arm, Arc::clone(&ready.stock), runs.clone(), &options, sender);
        let run = ready.runtime.block_on(work);
        walls.push(Duration::from_millis(run.wall_ms));
        for scenario in run.scenarios.iter().filter(|it| it.verdict != Verdict::Pass) {
            failed += 1;
            if let Some(text) = harness::report::difference::explain(scenario, "") {
                println!("run {turn}: {text}");
            }
        }
        let cells = outcomes(&run);
        let expected = first.get_or_insert_with(|| cells.clone());
        for (cell, outcome) in &cells {
            let before = expected.get(cell);
            if before != Some(outcome) {
                different += 1;
                let before = before.map_or("nothing", String::as_str);
                println!("run {turn}: {cell}: {outcome}, in the first run {before}");
            }
        }
    }
    let cells = first.map_or(0, |cells| cells.len());
    println!(
        "{times} runs of {} scenarios, {cells} cells each: {different} cells differ, {failed} \
         scenarios did not pass; wall time {}",
        runs.len(),
        Spread::of(walls)
    );
    Ok(ExitCode::from(if different + failed == 0 { OK } else { FAILED }))
}

fn outcomes(run: &RunResult) -> BTreeMap<String, String> {
    let mut outcomes = BTreeMap::new();
    for scenario in &run.scenarios {
        for phase in &scenario.phases {
            for Cell { from, to, tool, implementation, outcome, via, .. } in &phase.cells {
                let by = implementation.name();
                let name = &scenario.name;
                let cell = format!("{name} {}: {from} -> {to} {tool} ({by})", phase.name);
                outcomes.insert(cell, format!("{outcome} {via:?}"));
            }
        }
    }
    outcomes
}
