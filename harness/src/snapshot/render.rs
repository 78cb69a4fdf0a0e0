//! A scenario's matrices as one table.

use std::collections::BTreeSet;

use crate::{
    report::columns::{align, one_line},
    run_result::PhaseResult,
    scenario::{PhaseName, Scenario},
    verdict::grid::{Grid, Key},
};

/// Route and tool downwards, phases across, every outcome written out; below it how the command
/// probes ended. Who measured, how long it took and ports are left out: they differ from run to
/// run and from arm to arm.
pub fn render(scenario: &Scenario, phases: &[PhaseResult]) -> String {
    let order: Vec<PhaseName> = scenario.phases().into_iter().map(|phase| phase.name).collect();
    let phases: Vec<&PhaseResult> =
        order.iter().filter_map(|name| phases.iter().find(|phase| phase.name == *name)).collect();
    let tables = [matrices(&phases), probes(scenario, &phases)];
    let tables: Vec<String> = tables.into_iter().filter(|table| !table.is_empty()).collect();
    tables.join("\n")
}

fn matrices(phases: &[&PhaseResult]) -> String {
    let grids: Vec<Grid<'_>> = phases.iter().map(|phase| Grid::new(phase)).collect();
    let keys: BTreeSet<Key> =
        grids.iter().flat_map(|grid| grid.iter().map(|(key, _)| key)).collect();
    if keys.is_empty() {
        return String::new();
    }
    let mut head = vec!["route".to_owned(), "tool".to_owned()];
    head.extend(phases.iter().map(|phase| phase.name.to_string()));
    let mut rows = vec![head];
    let mut above = None;
    for key in keys {
        // The name of a route stands on its first row only.
        let route = if above == Some(key.route) { String::new() } else { key.route.to_string() };
        above = Some(key.route);
        let mut row = vec![route, key.tool.to_string()];
        row.extend(grids.iter().map(|grid| grid.seen(key).to_string()));
        rows.push(row);
    }
    align(&rows)
}

/// What stands in place of a first line that differs between versions of a program.
const VARIES: &str = "(varies)";

fn probes(scenario: &Scenario, phases: &[&PhaseResult]) -> String {
    let varies = |line| scenario.probes.iter().any(|probe| probe.line == line && probe.varies);
    let head = ["phase", "node", "command", "exit", "first line"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for phase in phases {
        let mut probes: Vec<_> = phase.probes.iter().collect();
        probes.sort_by_key(|probe| probe.line);
        rows.extend(probes.into_iter().map(|probe| {
            vec![
                phase.name.to_string(),
                probe.on.to_string(),
                one_line(&probe.run),
                probe.exit.to_string(),
                if varies(probe.line) { VARIES.to_owned() } else { one_line(&probe.first_line) },
            ]
        }));
    }
    if rows.len() == 1 { String::new() } else { align(&rows) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::{Outcome, Via},
        tool::Impl,
        verdict::sample,
    };

    const TABLE: &str = "\
route                 tool    healthy   fault     remedy/whole  remedy/part
windows -> localhost  ping    ok        ok        ok            ok
                      telnet  open      open      open          refused
                      nc      open      open      open          refused
                      curl    http-200  http-200  http-200      refused
windows -> wsl-ip     ping    ok        ok        ok            ok
                      telnet  open      open      open          open
                      nc      open      no-route  open          no-route
                      curl    http-200  no-route  http-200      http-200
wsl -> localhost      ping    ok        ok        ok            ok
                      telnet  open      open      open          open
                      nc      open      open      open          open
                      curl    http-200  http-200  http-200      http-200

phase  node  command               exit  first line
fault  wsl   firewall-cmd --state  0     running
";

    #[test]
    fn it_is_one_readable_table() {
        let scenario = sample::scenario(sample::TEXT);
        assert_eq!(render(&scenario, &sample::results(&scenario)), TABLE);
    }

    #[test]
    fn what_varies_does_not_show() {
        let mut scenario = sample::scenario(sample::TEXT);
        scenario.probes[0].varies = true;
        let expected = TABLE.replace("running", VARIES);
        assert_eq!(render(&scenario, &sample::results(&scenario)), expected);
    }

    #[test]
    fn order_time_and_twins_that_agree_do_not_show() {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        phases.reverse();
        for phase in &mut phases {
            phase.boot_ms *= 3.0;
            phase.cells.reverse();
            let mut twins = phase.cells.clone();
            for twin in &mut twins {
                twin.implementation = Impl::Native;
                twin.ms = 77.7;
                twin.exit_code = None;
            }
            phase.cells.extend(twins);
        }
        assert_eq!(render(&scenario, &phases), TABLE);
    }

    #[test]
    fn a_proxy_a_missing_cell_and_twins_that_differ_show() {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        phases.truncate(1);
        phases[0].cells.truncate(4);
        phases[0].cells[3].outcome = Outcome::ProxyError;
        phases[0].cells[3].via = Via::Proxy;
        let mut twin = phases[0].cells[2].clone();
        (twin.implementation, twin.outcome) = (Impl::Native, Outcome::Dropped);
        phases[0].cells.push(twin);
        let mut sparse = phases[0].clone();
        sparse.name = PhaseName::Fault;
        sparse.cells.clear();
        phases.push(sparse);
        assert_eq!(
            render(&scenario, &phases),
            "\
route                 tool    healthy                fault
windows -> localhost  ping    ok                     -
                      telnet  open                   -
                      nc      open | dropped         -
                      curl    proxy-error via proxy  -
"
        );
    }
}
