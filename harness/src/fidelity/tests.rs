//! With runs that are made up, on copies. None of this was seen on a Windows.

use tempfile::TempDir;

use super::*;
use crate::{
    catalogue::Catalogue,
    machine_report::{RanOn, sample::machine},
    outcome::Outcome,
    run_result::ScenarioResult,
    verdict::sample,
};

const PAGE_TEXT: &str = "\
**Recorded on a real Windows: 0 of 3 rows.**

| id | behaviour | where | source | basis | Windows |
|---|---|---|---|---|---|
| a-1 | a made-up row | - | - | source | no |
| a-2 | another one | - | - | inferred | no |
| a-3 | the lab differs | - | - | deviation | no |
";

const SHOWN: &str = "\
[a-1]
cells = ['sample fault: windows -> localhost', 'sample fault: wsl command state']
[a-2]
none = 'made up'
";

fn project(page: &str, shown: &str) -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("docs")).unwrap();
    fs::write(directory.path().join(PAGE), page).unwrap();
    fs::write(directory.path().join(SHOWN_BY), shown).unwrap();
    directory
}

/// The sample scenario, whose probe has a name.
fn scenario() -> Scenario {
    let mut scenario = sample::scenario(sample::TEXT);
    scenario.name = "sample".to_owned();
    scenario.probes[0].name = Some("state".to_owned());
    scenario
}

fn loaded(directory: &TempDir) -> Fidelity {
    Fidelity::load(directory.path(), &[&scenario()]).unwrap()
}

fn run(arm: &str, change: Option<(usize, Outcome)>) -> RunResult {
    let scenario = scenario();
    let mut phases = sample::results(&scenario);
    if let Some((cell, outcome)) = change {
        phases[1].cells[cell].outcome = outcome;
    }
    let scenarios = vec![ScenarioResult::judged("sample", scenario.cause, phases, vec![])];
    RunResult { arm: arm.to_owned(), wall_ms: 1, scenarios, machines: vec![] }
}

fn windows(update: u32, change: Option<(usize, Outcome)>) -> RunResult {
    let scenarios = vec!["sample".to_owned()];
    let machines = vec![RanOn { machine: machine(update), scenarios }];
    RunResult { machines, ..run("windows", change) }
}

/// The last column of a row.
fn column(fidelity: &Fidelity, id: &str) -> String {
    fidelity.page.rows().iter().find(|row| row.id == id).unwrap().windows.clone()
}

/// The fault's `windows -> localhost curl`.
const CURL: usize = 3;

#[test]
fn what_agrees_is_recorded_with_its_machine_and_once() {
    let directory = project(PAGE_TEXT, SHOWN);
    let mut fidelity = loaded(&directory);
    let (model, real) = (run("netns", None), windows(7, None));
    let changes = fidelity.record(&model, &real);
    let yes = "yes: build 26100.7, WSL 2.6.1.0, 2026-11-28";
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].id.as_str(), changes[0].windows.as_str()), ("a-1", yes));
    fidelity.save().unwrap();
    let written = fs::read_to_string(directory.path().join(PAGE)).unwrap();
    let expected = PAGE_TEXT
        .replace("0 of 3", "1 of 3")
        .replace("| source | no |", &format!("| source | {yes} |"));
    assert_eq!(written, expected);
    // The same report again changes nothing.
    let mut again = loaded(&directory);
    assert!(again.record(&model, &real).is_empty());
    assert_eq!(again.page.text(), expected);
}

#[test]
fn what_differs_names_its_cells() {
    let mut fidelity = loaded(&project(PAGE_TEXT, SHOWN));
    fidelity.record(&run("netns", None), &windows(7, Some((CURL, Outcome::Timeout))));
    assert_eq!(
        column(&fidelity, "a-1"),
        "differs: sample fault: windows -> localhost curl: timeout, the model http-200 \
         (build 26100.7, WSL 2.6.1.0, 2026-11-28)"
    );
}

#[test]
fn a_newer_run_of_a_build_replaces_the_older_and_another_build_stands_beside() {
    let mut fidelity = loaded(&project(PAGE_TEXT, SHOWN));
    let model = run("netns", None);
    fidelity.record(&model, &windows(7, Some((CURL, Outcome::Timeout))));
    fidelity.record(&model, &windows(8, None));
    assert_eq!(column(&fidelity, "a-1"), "yes: build 26100.8, WSL 2.6.1.0, 2026-11-28");
    let mut other = windows(8, None);
    other.machines[0].machine.windows = vec!["CurrentBuildNumber 2610".to_owned()];
    fidelity.record(&model, &other);
    assert_eq!(
        column(&fidelity, "a-1"),
        "yes: build 2610, WSL 2.6.1.0, 2026-11-28<br>\
         yes: build 26100.8, WSL 2.6.1.0, 2026-11-28"
    );
}

#[test]
fn a_row_of_which_a_cell_is_missing_stays_as_it_was() {
    let model = run("netns", None);
    let changed = |real: &RunResult| loaded(&project(PAGE_TEXT, SHOWN)).record(&model, real);
    let mut without_cell = windows(7, None);
    without_cell.scenarios[0].phases[1].cells.remove(CURL);
    assert!(changed(&without_cell).is_empty());
    assert!(changed(&windows(7, Some((CURL, Outcome::NotApplicable)))).is_empty());
    assert!(changed(&windows(7, Some((CURL, Outcome::NoTool)))).is_empty());
    let mut without_probe = windows(7, None);
    without_probe.scenarios[0].phases[1].probes.clear();
    assert!(changed(&without_probe).is_empty());
    let mut without_machine = windows(7, None);
    without_machine.machines[0].scenarios.clear();
    assert!(changed(&without_machine).is_empty());
    let mut cut_short = windows(7, None);
    cut_short.scenarios[0].verdict = Verdict::Error;
    assert!(changed(&cut_short).is_empty());
    // But one that differs is enough to know that the row is wrong.
    without_probe.scenarios[0].phases[1].cells[CURL].outcome = Outcome::Refused;
    assert_eq!(changed(&without_probe).len(), 1);
}

#[test]
fn only_a_real_windows_beside_a_model_records() {
    let (model, real) = (run("netns", None), windows(7, None));
    assert!(Fidelity::recording(&model, &real).is_some());
    let (first, second) = Fidelity::recording(&real, &model).unwrap();
    assert_eq!((first.arm.as_str(), second.arm.as_str()), ("netns", "windows"));
    assert!(Fidelity::recording(&run("docker", None), &real).is_some());
    assert!(Fidelity::recording(&real, &real).is_none(), "no model");
    let rehearsal = RunResult { arm: "wine-rehearsal".to_owned(), ..real.clone() };
    assert!(Fidelity::recording(&model, &rehearsal).is_none());
    assert!(Fidelity::recording(&rehearsal, &real).is_none());
    let mut wine = real.clone();
    wine.machines[0].machine.wine = true;
    assert!(Fidelity::recording(&model, &wine).is_none(), "whatever it calls itself");
    assert!(Fidelity::recording(&model, &run("windows", None)).is_none(), "of no machine");
}

#[test]
fn an_entry_that_does_not_fit_is_named_by_its_row() {
    let told = |shown: &str| {
        let directory = project(PAGE_TEXT, shown);
        Fidelity::load(directory.path(), &[&scenario()]).unwrap_err().to_string()
    };
    let with = |line: &str| told(&format!("[a-1]\n{line}\n[a-2]\nnone = 'made up'\n"));
    assert!(told("[a-1]\nnone = 'x'\n").contains("[a-2]: needs `claims` or `cells`"));
    assert!(told(&format!("{SHOWN}[a-9]\nnone = 'x'\n")).contains("[a-9]: no row has this id"));
    assert!(with("").contains("[a-1]: says neither"));
    assert!(with("none = ' '").contains("`none` says why"));
    assert!(with("none = 'x'\nclaims = ['1.4']").contains("and yet"));
    assert!(with("claims = ['9.9']").contains("no scenario shows the claim 9.9"));
    assert!(with("cells = ['fault: windows -> localhost']").contains("is not `SCENARIO PHASE"));
    assert!(with("cells = ['none fault: windows -> localhost']").contains("no scenario is named"));
    assert!(with("cells = ['sample case/x: windows -> localhost']").contains("has no phase"));
    assert!(with("cells = ['sample fault: windows -> windows']").contains("unknown target"));
    assert!(with("cells = ['sample fault: lan -> localhost']").contains("has no such cell"));
    assert!(with("cells = ['sample fault: wsl command x']").contains("no probe of that name"));
    assert!(with("cell = []").contains("unknown field `cell`"));
}

/// Every row of this project has cells that would show it, or a reason why none can; nothing in the
/// file is about a row, a scenario or a cell that is not there.
#[test]
fn every_row_of_the_page_says_what_would_show_it() {
    let project = crate::fixture::project();
    let scenarios = Catalogue::load(&project.join("scenarios")).unwrap();
    let measurements = Catalogue::load(&project.join("measurements")).unwrap();
    let all: Vec<&Scenario> = scenarios.all().iter().chain(measurements.all()).collect();
    let names: BTreeSet<&str> = all.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "a measurement has the name of a scenario");
    let fidelity = Fidelity::load(&project, &all).unwrap();
    let written = fs::read_to_string(project.join(PAGE)).unwrap();
    assert_eq!(fidelity.page.text(), written, "the rows are not counted");
    assert!(fidelity.places.len() > 70, "{} rows can be shown", fidelity.places.len());
    // Whoever writes a recording by hand has to write it as a run would have.
    for row in fidelity.page.rows().iter().filter(|row| row.windows != NOT_YET) {
        let shown = fidelity.places.iter().any(|(id, _)| *id == row.id);
        let form = row.windows.starts_with("yes: ") || row.windows.starts_with("differs: ");
        assert!(shown && form, "{}: {}", row.id, row.windows);
    }
}
