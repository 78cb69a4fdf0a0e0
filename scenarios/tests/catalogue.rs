//! Every directory of the catalogue is a test: each scenario runs as `cargo xtask run-scenarios`
//! runs it, once with the real tools and their twins side by side.

#![cfg(target_os = "linux")]

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc};

use harness::{
    doctor,
    matrix::Probes,
    ready::Ready,
    report::difference,
    run_result::Verdict,
    runner::{self, Options},
    scenario::file,
};
use rstest::rstest;
use tokio::sync::mpsc;

/// Set where a missing program is a skip and not a failure.
const ALLOW_SKIP: &str = "REACHLAB_ALLOW_SKIP";

#[rstest]
fn scenario(#[files("*/scenario.toml")] path: PathBuf) {
    let directory = path.parent().unwrap();
    let scenario = file::load(directory).unwrap_or_else(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(|mistake| mistake.plain()).collect();
        panic!("{}", told.join("\n"))
    });
    let program = PathBuf::from(env!("CARGO_BIN_EXE_scenarios-node"));
    let say = &mut |line: &str| eprintln!("{line}");
    let ready = Ready::prepare(program, doctor::check(), &[&scenario], say).unwrap();
    if let Some(reason) = ready.obstacle(&scenario).unwrap() {
        assert!(
            std::env::var_os(ALLOW_SKIP).is_some(),
            "{} {reason}\nor set {ALLOW_SKIP}=1 to skip it",
            scenario.name
        );
        eprintln!("skipped: {} {reason}", scenario.name);
        return;
    }
    let options = Options {
        probes: Probes::Both,
        jobs: NonZeroUsize::new(8).unwrap(),
        accept: false,
        compare: true,
    };
    let (events, _unwatched) = mpsc::unbounded_channel();
    let work = runner::run(
        Arc::clone(&ready.arm),
        Arc::clone(&ready.stock),
        vec![Arc::new(scenario)],
        &options,
        events,
    );
    let run = ready.runtime.block_on(work);
    let [result] = &run.scenarios[..] else { panic!("one scenario, one result") };
    assert_eq!(
        result.verdict,
        Verdict::Pass,
        "{}",
        difference::explain(result, " --probes both").unwrap_or_default()
    );
}
