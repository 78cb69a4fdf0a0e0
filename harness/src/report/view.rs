//! A scenario's matrices side by side: a row for each route, a column for each phase. What pages
//! show, whatever they are written in.

use std::collections::BTreeSet;

use crate::{
    failure::{Failure, FailureKind},
    machine_report::RanOn,
    route::Route,
    run_result::{RunResult, ScenarioResult, Verdict},
    tool::Tool,
    verdict::grid::{Grid, Key, State},
};

/// The routes of a scenario through its phases.
pub(super) struct Sides {
    /// The names of the phases.
    pub(super) phases: Vec<String>,
    /// The routes, and in each phase the tools that saw the same, in the order of the tools.
    pub(super) rows: Vec<(Route, Vec<Vec<Group>>)>,
}

/// Tools that saw the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Which, where it is not obvious: not all of them, or not what only they can see.
    pub(super) tools: Vec<Tool>,
    /// What.
    pub(super) seen: String,
    /// What that says of the route.
    pub(super) state: State,
    /// Whether one of them saw something else in the first phase.
    pub(super) moved: bool,
}

impl Group {
    /// The tools, if any, and what they saw.
    pub(super) fn text(&self) -> String {
        match self.tools.as_slice() {
            [] => self.seen.clone(),
            tools => {
                let names: Vec<&str> = tools.iter().map(|tool| tool.name()).collect();
                format!("{} {}", names.join(", "), self.seen)
            }
        }
    }
}

/// The matrices of a scenario.
pub(super) fn sides(scenario: &ScenarioResult) -> Sides {
    let grids: Vec<Grid<'_>> = scenario.phases.iter().map(Grid::new).collect();
    let keys: BTreeSet<Key> =
        grids.iter().flat_map(|grid| grid.iter().map(|(key, _)| key)).collect();
    let routes: BTreeSet<Route> = keys.iter().map(|key| key.route).collect();
    let row = |route: Route| {
        let tools: Vec<Tool> =
            keys.iter().filter(|key| key.route == route).map(|key| key.tool).collect();
        let spots = grids.iter().map(|grid| groups(grid, &grids[0], route, &tools));
        (route, spots.collect())
    };
    Sides {
        phases: scenario.phases.iter().map(|phase| phase.name.to_string()).collect(),
        rows: routes.into_iter().map(row).collect(),
    }
}

fn groups(grid: &Grid<'_>, first: &Grid<'_>, route: Route, tools: &[Tool]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for tool in tools {
        let key = Key { route, tool: *tool };
        let (seen, state) = (grid.seen(key).to_string(), grid.state(key));
        let moved = grid.seen(key) != first.seen(key);
        match groups.iter_mut().find(|group| group.seen == seen) {
            Some(group) => {
                group.tools.push(*tool);
                group.moved |= moved;
            }
            None => groups.push(Group { tools: vec![*tool], seen, state, moved }),
        }
    }
    let alone = groups.len() == 1;
    for group in &mut groups {
        if alone || group.state == State::Good {
            group.tools.clear();
        }
    }
    groups
}

/// The machines of a run, a line each; of several, with how much ran there.
pub(super) fn machines(run: &RunResult) -> Vec<String> {
    let several = run.machines.len() > 1;
    let line = |it: &RanOn| match it.scenarios.len() {
        _ if !several => it.machine.told(),
        1 => format!("{}: {}", it.machine.told(), it.scenarios.join(", ")),
        count => format!("{}: {count} scenarios, {}", it.machine.told(), it.scenarios.join(", ")),
    };
    run.machines.iter().map(line).collect()
}

/// How many cells a scenario has.
pub(super) fn cells(scenario: &ScenarioResult) -> usize {
    scenario.phases.iter().map(|phase| phase.cells.len()).sum()
}

/// How many cells of a run were measured more than once, because their lab had stood still.
pub(super) fn measured_again(run: &RunResult) -> usize {
    let phases = run.scenarios.iter().flat_map(|scenario| &scenario.phases);
    phases.flat_map(|phase| &phase.cells).filter(|cell| cell.again > 0).count()
}

/// The scenarios of a run, those first that need a look.
pub(super) fn worst_first(run: &RunResult) -> Vec<&ScenarioResult> {
    let mut all: Vec<&ScenarioResult> = run.scenarios.iter().collect();
    all.sort_by_key(|it| match it.verdict {
        Verdict::Error => 0,
        Verdict::Fail => 1,
        Verdict::Skip => 2,
        Verdict::Pass => 3,
    });
    all
}

/// Why a scenario is not simply good, in a line; empty where it is.
pub(super) fn remark(scenario: &ScenarioResult) -> String {
    if let Some(reason) = &scenario.reason {
        return reason.lines().next().unwrap_or_default().to_owned();
    }
    match scenario.failures.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// What sets a failure's two sides apart, at most `most` lines of it. Of a changed snapshot its
/// head and the changed lines only.
pub(super) fn difference(failure: &Failure, most: usize) -> Vec<String> {
    let lines = failure.difference.iter();
    let snapshot = failure.kind == FailureKind::Snapshot;
    let kept = lines.enumerate().filter(|(index, line)| {
        !snapshot || *index == 0 || line.starts_with('+') || line.starts_with('-')
    });
    let mut kept: Vec<String> = kept.map(|(_, line)| line.clone()).collect();
    if kept.len() > most {
        let left = kept.len() - most;
        kept.truncate(most);
        kept.push(format!("… {left} more lines"));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{machine_report::sample::machine, report::sample};

    #[test]
    fn tools_that_saw_the_same_are_told_once() {
        let run = sample::run("netns");
        let sides = sides(&run.scenarios[0]);
        assert_eq!(sides.phases, ["healthy", "fault", "remedy/whole", "remedy/part"]);
        let texts = |row: usize, phase: usize| {
            sides.rows[row].1[phase].iter().map(Group::text).collect::<Vec<_>>()
        };
        assert_eq!(sides.rows[1].0.to_string(), "windows -> wsl-ip");
        assert_eq!(texts(1, 0), ["ok", "open", "http-200"]);
        assert_eq!(texts(1, 1), ["ok", "open", "nc, curl no-route"]);
        assert_eq!(texts(0, 3), ["ok", "telnet, nc, curl refused"]);
    }

    #[test]
    fn what_is_not_as_in_the_first_phase_has_moved() {
        let run = sample::run("netns");
        let sides = sides(&run.scenarios[0]);
        let moved = |row: usize, phase: usize| {
            let groups = sides.rows[row].1[phase].iter().filter(|group| group.moved);
            groups.map(Group::text).collect::<Vec<_>>()
        };
        assert!(moved(0, 1).is_empty() && moved(1, 0).is_empty() && moved(2, 3).is_empty());
        assert_eq!(moved(0, 3), ["telnet, nc, curl refused"]);
        assert_eq!(moved(1, 1), ["nc, curl no-route"]);
    }

    #[test]
    fn machines_are_told_and_of_several_what_ran_where() {
        let on = |update, names: &[&str]| RanOn {
            machine: machine(update),
            scenarios: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let mut run = sample::run("windows");
        assert!(machines(&run).is_empty());
        run.machines = vec![on(1, &["good", "bad"])];
        assert_eq!(machines(&run), ["build 26100.1, WSL 2.6.1.0, 2026-11-28"]);
        run.machines.push(on(2, &["later"]));
        let told = machines(&run);
        assert!(told[0].ends_with(": 2 scenarios, good, bad"), "{told:?}");
        assert!(told[1].ends_with("26100.2, WSL 2.6.1.0, 2026-11-28: later"), "{told:?}");
    }

    #[test]
    fn a_scenario_without_phases_has_no_rows() {
        assert!(sides(&sample::run("netns").scenarios[2]).rows.is_empty());
    }

    #[test]
    fn what_needs_a_look_comes_first() {
        let run = sample::run("netns");
        let names: Vec<&str> = worst_first(&run).iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["broken", "bad", "later", "good"]);
    }

    #[test]
    fn a_long_difference_is_cut_and_a_snapshot_shows_what_changed() {
        let lines = |kind| {
            let lines = [" head", " same", "-old", "+new", " same"].map(str::to_owned).to_vec();
            Failure::new(kind, "x").difference(lines)
        };
        let told = difference(&lines(FailureKind::Snapshot), 9);
        assert_eq!(told, [" head", "-old", "+new"]);
        let told = difference(&lines(FailureKind::NotKept), 2);
        assert_eq!(told, [" head", " same", "… 3 more lines"]);
    }
}
