//! The whole way round: a faulted lab writes its report, the report alone is diagnosed, a lab is
//! built from it, and a cure is found and verified. Here a few; `cargo xtask roundtrip --pairs 200`
//! goes with all of them.
#![cfg(target_os = "linux")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use harness::{
    catalogue::Catalogue,
    doctor,
    matrix::Probes,
    ready::Ready,
    repro::{
        Bench,
        pairs::{Dice, choose, compatible, visible},
        roundtrip::{Outcome, all, singles},
        tally::Tally,
    },
    scenario::Scenario,
};

/// Faults that need nothing but what every lab needs.
const PLAIN: [&str; 9] = [
    "gateway-mistaken-for-wsl",
    "http-error",
    "localhost-forwarding-off",
    "loopback-bind",
    "loopback-down",
    "relay-dual-stack",
    "relay-lost",
    "service-not-running",
    "stale-portproxy",
];

/// How many pairs.
const PAIRS: usize = 4;

#[test]
fn what_goes_in_comes_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalogue = Catalogue::load(root).unwrap();
    let plain: Vec<Scenario> = catalogue
        .all()
        .iter()
        .filter(|scenario| PLAIN.contains(&scenario.name.as_str()))
        .cloned()
        .collect();
    assert_eq!(plain.len(), PLAIN.len());
    let needed: Vec<&Scenario> = plain.iter().collect();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_scenarios-node"));
    let say = &mut |line: &str| eprintln!("{line}");
    let ready = Ready::prepare(program, doctor::check(), &needed, say).unwrap();
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let mut bench = Bench::new(arm, stock, Probes::Native);
    bench.budget = Duration::from_secs(60);
    let bench = Arc::new(bench);
    let outcomes: Vec<Outcome> = ready.runtime.block_on(async {
        let mut trips = singles(&plain);
        let pairs = visible(&bench, &plain, compatible(&plain)).await;
        trips.extend(choose(&plain, &pairs, PAIRS, &mut Dice::new(5)));
        all(&bench, &Arc::new(catalogue.all().to_vec()), trips).await
    });
    assert_eq!(outcomes.len(), PLAIN.len() + PAIRS);
    let broken: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.holds())
        .map(|it| {
            format!("{}: {:?} {:?} {:?} {:?}", it.name, it.found, it.differs, it.cured, it.error)
        })
        .collect();
    assert!(broken.is_empty(), "{}\n{}", broken.join("\n"), Tally::of(&outcomes));
}
