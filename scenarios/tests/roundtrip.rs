//! The whole way round: a faulted lab writes its report, the report alone is diagnosed, a lab is
//! built from it, and a cure is found and verified. Here a few; `cargo xtask roundtrip --pairs 200`
//! goes with all of them.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

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
        pairs::{Dice, choose, compatible, merged, visible},
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

/// The catalogue, and those scenarios of it in the order of their names.
fn scenarios(names: &[&str]) -> (Arc<Vec<Scenario>>, Vec<Scenario>) {
    let catalogue = Catalogue::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let all = catalogue.all().to_vec();
    let wanted = all.iter().filter(|it| names.contains(&it.name.as_str())).cloned();
    let wanted: Vec<Scenario> = wanted.collect();
    assert_eq!(wanted.len(), names.len());
    (Arc::new(all), wanted)
}

fn prepared(scenarios: &[Scenario]) -> (Ready, Arc<Bench>) {
    let needed: Vec<&Scenario> = scenarios.iter().collect();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_scenarios-node"));
    let say = &mut |line: &str| eprintln!("{line}");
    let ready = Ready::prepare(program, doctor::check(), &needed, say).unwrap();
    let (arm, stock) = (Arc::clone(&ready.arm), Arc::clone(&ready.stock));
    let mut bench = Bench::new(arm, stock, Probes::Native);
    bench.budget = Duration::from_secs(60);
    (ready, Arc::new(bench))
}

fn check(outcomes: &[Outcome]) {
    let broken: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.holds())
        .map(|it| {
            format!("{}: {:?} {:?} {:?} {:?}", it.name, it.found, it.differs, it.cured, it.error)
        })
        .collect();
    assert!(broken.is_empty(), "{}\n{}", broken.join("\n"), Tally::of(outcomes));
}

#[test]
fn what_goes_in_comes_out() {
    let (known, plain) = scenarios(&PLAIN);
    let (ready, bench) = prepared(&plain);
    let outcomes = ready.runtime.block_on(async {
        let mut trips = singles(&plain);
        let pairs = visible(&bench, &plain, compatible(&plain), &|| ()).await;
        trips.extend(choose(&plain, &pairs, PAIRS, &mut Dice::new(5)));
        all(&bench, &known, trips, &|_| ()).await
    });
    assert_eq!(outcomes.len(), PLAIN.len() + PAIRS);
    check(&outcomes);
}

/// A restart of WSL ends what somebody started by hand. On a machine firewalld is enabled, so what
/// is told must open it too.
#[test]
fn a_restart_is_no_cure_of_firewalld() {
    let (known, both) = scenarios(&["firewalld-block", "localhost-forwarding-off"]);
    let [firewalld, restart] = &both[..] else { panic!("two") };
    let (ready, bench) = prepared(&both);
    if let Some(reason) = ready.obstacle(firewalld).unwrap() {
        assert!(std::env::var_os("REACHLAB_ALLOW_SKIP").is_some(), "firewalld-block {reason}");
        eprintln!("skipped: firewalld-block {reason}");
        return;
    }
    let trip = merged(restart, firewalld, 5000).unwrap();
    let outcomes = ready.runtime.block_on(all(&bench, &known, vec![trip], &|_| ()));
    check(&outcomes);
    let fix = &outcomes[0].fix;
    assert!(fix.len() > 1 && fix.iter().any(|it| it.starts_with("firewalld-")), "{fix:?}");
}
