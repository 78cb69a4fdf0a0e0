//! A scenario and results of it, for the tests of everything that works on results.

use std::path::Path;

use crate::{
    cell::Cell,
    node::Node,
    outcome::{Outcome, Via},
    route::{Route, RoutePattern},
    run_result::{PhaseResult, ProbeResult},
    scenario::{Scenario, file},
    tool::{Impl, Tool},
};

/// A fault on `windows -> wsl-ip`, cured by one remedy wholly and by another in part, at a cost.
pub(crate) const TEXT: &str = r#"schema = 1
kind = "fault"
title = "the port is rejected"
cause = "firewalld-block"
sources = ["article 4.2"]
summary = "The public zone rejects what it does not know."

[service]
listen = "tcp4 0.0.0.0:8080"

[[fault]]
on = "wsl"
run = "systemctl start firewalld"

[[remedy]]
name = "whole"
steps = [{ on = "wsl", run = "systemctl stop firewalld" }]

[[remedy]]
name = "part"
steps = [{ on = "wsl", service = { listen = ":8080" } }]
restores = ["windows -> wsl-ip curl"]
costs = ["windows -> localhost"]

[signature]
breaks = ["windows -> wsl-ip curl", "windows -> wsl-ip nc"]
keeps = ["wsl -> localhost", "windows -> localhost"]

[[claim]]
ledger = "1.4"
cells = ["fault: windows -> localhost curl = http-200"]
shows = "the relay enters over lo"

[[probe]]
on = "wsl"
run = "firewall-cmd --state"
phases = ["fault"]
expect = { first_line = "running" }
"#;

/// The scenario of a text.
pub(crate) fn scenario(text: &str) -> Scenario {
    file::parse(Path::new("scenarios/sample"), text)
        .unwrap_or_else(|errors| panic!("the sample has mistakes: {errors:?}"))
}

/// A cell, as the real tool measured it.
pub(crate) fn cell(route: Route, tool: Tool, outcome: Outcome) -> Cell {
    Cell {
        from: route.from,
        to: route.to,
        tool,
        implementation: Impl::Tool,
        outcome,
        via: Via::Direct,
        exit_code: Some(0),
        errno: None,
        hangup: None,
        ms: 0.4,
        again: 0,
    }
}

/// A phase in which everything is good, except for what `changes` says of its patterns.
pub(crate) fn phase(name: &str, changes: &[(&str, &str)]) -> PhaseResult {
    let mut cells = Vec::new();
    for route in ["windows -> localhost", "windows -> wsl-ip", "wsl -> localhost"] {
        let route = route.parse::<RoutePattern>().unwrap().route;
        for (tool, outcome) in Tool::STANDARD.into_iter().zip(["ok", "open", "open", "http-200"]) {
            cells.push(cell(route, tool, outcome.parse().unwrap()));
        }
    }
    let mut result = PhaseResult {
        name: name.parse().unwrap(),
        cells,
        probes: vec![],
        boot_ms: 8.0,
        node_boot_ms: [(Node::Windows, 7.000_44)].into(),
        ms: 412.5,
        log: vec![],
    };
    for (pattern, outcome) in changes {
        let pattern: RoutePattern = pattern.parse().unwrap();
        let outcome: Outcome = outcome.parse().unwrap();
        let mut cells = result.cells.iter_mut();
        let mut changed = false;
        for cell in cells.by_ref().filter(|cell| pattern.covers(cell.route(), cell.tool)) {
            cell.outcome = outcome;
            changed = true;
        }
        assert!(changed, "no cell for {pattern}");
    }
    result
}

/// What the scenario of [`TEXT`] shows when all is as it says.
pub(crate) fn results(scenario: &Scenario) -> Vec<PhaseResult> {
    let broken = ("windows -> wsl-ip curl", "no-route");
    let also = ("windows -> wsl-ip nc", "no-route");
    let mut fault = phase("fault", &[broken, also]);
    fault.probes.push(ProbeResult {
        line: scenario.probes[0].line,
        on: scenario.probes[0].on,
        run: scenario.probes[0].run.clone(),
        exit: 0,
        first_line: "running".to_owned(),
        missing: vec![],
        output: "running\n".to_owned(),
    });
    let part = phase(
        "remedy/part",
        &[also, ("windows -> localhost", "refused"), ("windows -> localhost ping", "ok")],
    );
    vec![phase("healthy", &[]), fault, phase("remedy/whole", &[]), part]
}
