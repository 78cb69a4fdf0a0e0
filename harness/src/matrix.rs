//! The matrix of a phase: which cells it has, and who measures them.

use std::collections::BTreeSet;

use crate::{
    route::{Route, RoutePattern},
    scenario::{Plan, Restores, Scenario, Shown},
    tool::{Impl, Tool},
};

/// Which implementation measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Probes {
    /// Real programs; the twin where one is missing.
    #[default]
    Tools,
    /// The twins.
    Native,
    /// Two cells each, which must agree.
    Both,
}

impl Probes {
    /// Who measures a cell.
    pub const fn implementations(self) -> &'static [Impl] {
        match self {
            Probes::Tools => &[Impl::Tool],
            Probes::Native => &[Impl::Native],
            Probes::Both => &[Impl::Tool, Impl::Native],
        }
    }
}

/// The cells that every phase of a scenario has.
#[derive(Clone, Debug)]
pub struct MatrixPlan {
    cells: Vec<(Route, Tool)>,
}

impl MatrixPlan {
    /// The standard routes and tools, and what the scenario names beyond them: `go-client`, the LAN
    /// peer, or a target with a port; or what a survey has chosen instead. Without a service there
    /// is nothing to measure.
    pub fn of(scenario: &Scenario) -> MatrixPlan {
        if scenario.service.is_none() {
            return MatrixPlan { cells: Vec::new() };
        }
        let named = named(scenario);
        let chosen = &scenario.matrix;
        let tools = if chosen.tools.is_empty() { tools(&named) } else { chosen.tools.clone() };
        let routes = if chosen.routes.is_empty() { routes(&named) } else { chosen.routes.clone() };
        let cells = routes.iter().flat_map(|route| tools.iter().map(|tool| (*route, *tool)));
        MatrixPlan { cells: cells.collect() }
    }

    /// The standard one.
    pub fn standard() -> MatrixPlan {
        MatrixPlan::chosen(&Route::standard(), &Tool::STANDARD)
    }

    /// Every one of these routes with every one of these tools.
    pub fn chosen(routes: &[Route], tools: &[Tool]) -> MatrixPlan {
        let cells = routes.iter().flat_map(|route| tools.iter().map(|tool| (*route, *tool)));
        MatrixPlan { cells: cells.collect() }
    }

    /// These cells and no others.
    pub fn cells_of(cells: Vec<(Route, Tool)>) -> MatrixPlan {
        MatrixPlan { cells }
    }

    /// The cells, in the order in which tables list them.
    pub fn cells(&self) -> &[(Route, Tool)] {
        &self.cells
    }
}

fn tools(named: &BTreeSet<RoutePattern>) -> Vec<Tool> {
    let mut tools = Tool::STANDARD.to_vec();
    if named.iter().any(|pattern| pattern.tool == Some(Tool::GoClient)) {
        tools.push(Tool::GoClient);
    }
    tools
}

fn routes(named: &BTreeSet<RoutePattern>) -> Vec<Route> {
    let mut routes = Route::standard();
    let extra: BTreeSet<Route> = named.iter().map(|pattern| pattern.route).collect();
    let extra: Vec<Route> = extra.into_iter().filter(|it| !routes.contains(it)).collect();
    routes.extend(extra);
    routes
}

/// Every pattern that a scenario names.
fn named(scenario: &Scenario) -> BTreeSet<RoutePattern> {
    let mut named = BTreeSet::new();
    if let Plan::Fault { remedies, signature, .. } = &scenario.plan {
        named.extend(&signature.breaks);
        named.extend(&signature.keeps);
        for remedy in remedies {
            named.extend(&remedy.costs);
            if let Restores::Routes(routes) = &remedy.restores {
                named.extend(routes);
            }
        }
    }
    for cell in scenario.claims.iter().flat_map(|claim| &claim.cells) {
        if let Shown::Cell { route, tool, .. } = cell.shown {
            named.insert(RoutePattern { route, tool: Some(tool) });
        }
    }
    named
}
