//! Cell by cell: reported, seen.

use super::see::{Matrix, SeenBoth};
use crate::{
    evidence::fact::Seen,
    node::Node,
    outcome::Outcome,
    picture::Picture,
    picture::WHOLE,
    route::{Route, RoutePattern},
    target::{Host, Target},
    tool::Tool,
};

/// A cell of the report beside the lab's.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Which.
    pub pattern: RoutePattern,
    /// What the report says.
    pub reported: Seen,
    /// What the lab showed, worst first where the report names no tool.
    pub seen: Vec<(Tool, Outcome)>,
    /// Whether they agree.
    pub agrees: Agreement,
    /// The line of the report.
    pub quote: String,
}

/// How far a cell of the lab is what was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The same outcome, or what was said without one.
    Same,
    /// It fails as reported, otherwise.
    Alike,
    /// It does not.
    Differs,
}

/// All cells of a report.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// In the order of the report.
    pub cells: Vec<Held>,
    /// What the reporter wants: the routes that do not work and should.
    pub goals: Vec<(Route, Tool)>,
    /// Routes that work on the failing machine as it is, by the ones that they can stand in for.
    pub instead: Vec<(Route, Route)>,
}

impl Comparison {
    /// Whether everything that was reported to fail fails here, some of it exactly so, and what was
    /// not does not.
    pub fn came_back(&self) -> bool {
        let fails =
            self.cells.iter().any(|cell| cell.reported.is_bad() && cell.agrees == Agreement::Same);
        fails && self.cells.iter().all(|cell| cell.agrees != Agreement::Differs)
    }

    /// Whether there is something to cure.
    pub fn has_symptom(&self) -> bool {
        !self.goals.is_empty()
    }

    /// How many cells are as reported, of how many.
    pub fn share(&self) -> (usize, usize) {
        let same = self.cells.iter().filter(|cell| cell.agrees == Agreement::Same).count();
        (same, self.cells.len())
    }
}

/// Holds the report against a lab.
pub fn compare(picture: &Picture, seen: &SeenBoth) -> Comparison {
    let mut cells = Vec::new();
    for reported in &picture.reported {
        let measured = of_route(&seen.fault, reported.route, reported.tool);
        let agrees = match reported.seen {
            Seen::Outcome(outcome) => match measured.first() {
                Some((_, seen)) if *seen == outcome => Agreement::Same,
                // The status of a page that a proxy made is the proxy's.
                Some((_, Outcome::ProxyError)) if matches!(outcome, Outcome::Http(400..)) => {
                    Agreement::Same
                }
                _ if outcome.is_good() => holds(measured.iter().any(|(_, it)| it.is_good())),
                _ if measured.iter().any(|(_, it)| !it.is_good()) => {
                    match measured.iter().any(|(_, it)| *it == outcome) {
                        true => Agreement::Same,
                        false => Agreement::Alike,
                    }
                }
                _ => Agreement::Differs,
            },
            Seen::Works => holds(measured.iter().any(|(_, it)| it.is_good())),
            Seen::Fails => holds(measured.iter().any(|(_, it)| !it.is_good())),
        };
        cells.push(Held {
            pattern: RoutePattern { route: reported.route, tool: reported.tool },
            reported: reported.seen,
            seen: measured,
            agrees,
            quote: reported.quote.clone(),
        });
    }
    let goals = match picture.reported.is_empty() {
        true => broken(seen),
        false => goals(picture, seen),
    };
    let instead = instead(picture, &goals, seen);
    Comparison { cells, goals, instead }
}

/// Where nothing is reported: what a healthy machine has and this one has not, of a server.
fn broken(seen: &SeenBoth) -> Vec<(Route, Tool)> {
    let lost =
        seen.healthy.iter().filter(|((_, tool), outcome)| *tool == Tool::Curl && outcome.is_good());
    let lost = lost.filter(|(cell, _)| seen.fault.get(cell).is_some_and(|it| !it.is_good()));
    lost.map(|(cell, _)| *cell).collect()
}

/// From the same machine, the addresses at which the server answers all the same, for each goal that
/// is about HTTP or a connection: the first in the order in which people would try.
fn instead(picture: &Picture, goals: &[(Route, Tool)], seen: &SeenBoth) -> Vec<(Route, Route)> {
    let mut found: Vec<(Route, Route)> = Vec::new();
    for (goal, _) in goals.iter().filter(|(_, tool)| *tool != Tool::Ping) {
        if found.iter().any(|(known, _)| known == goal) {
            continue;
        }
        // localhost itself fails for some clients only; which of its addresses answers is the news.
        let named = |host: &&Host| goal.to.host != Host::Localhost || **host != Host::Localhost;
        let answers = |host: &Host| {
            let cells = [None, goal.to.port].map(|port| {
                let route = Route { from: goal.from, to: Target { host: *host, port } };
                let answer = seen.fault.get(&(route, Tool::Curl)).copied();
                (route, answer.is_some_and(Outcome::is_good))
            });
            cells.into_iter().find(|(route, good)| *good && route != goal).map(|(route, _)| route)
        };
        if let Some(other) = Host::STANDARD.iter().filter(named).find_map(answers) {
            found.push((*goal, other));
        }
    }
    // A debugger speaks no HTTP.
    found.retain(|_| picture.server.as_ref().is_none_or(|server| server.program != "dlv"));
    found
}

fn holds(so: bool) -> Agreement {
    if so { Agreement::Same } else { Agreement::Differs }
}

/// The cells of a route that say something. Without a tool, those that matter to a server first:
/// that a machine answers ping says nothing of it.
fn of_route(matrix: &Matrix, route: Route, tool: Option<Tool>) -> Vec<(Tool, Outcome)> {
    let order = [Tool::Curl, Tool::Nc, Tool::Telnet, Tool::GoClient, Tool::Ping];
    let tools = order.into_iter().filter(|it| tool.is_none_or(|tool| tool == *it));
    let cells = tools.filter_map(|tool| Some((tool, *matrix.get(&(route, tool))?)));
    cells.filter(|(_, outcome)| outcome.is_applicable()).collect()
}

/// What has to become good. What somebody complains of in words comes first; else what failed and
/// would not on a healthy machine; else everything that failed.
fn goals(picture: &Picture, seen: &SeenBoth) -> Vec<(Route, Tool)> {
    let bad = |route: Route, tool: Option<Tool>| {
        let cells = of_route(&seen.fault, route, tool);
        let cells = cells.into_iter().filter(|(_, outcome)| !outcome.is_good());
        cells.map(move |(tool, _)| (route, tool)).collect::<Vec<_>>()
    };
    let healthy = |cell: &(Route, Tool)| seen.healthy.get(cell).is_some_and(|it| it.is_good());
    let of = |only_complaints: bool| {
        let reported = picture.reported.iter().filter(|it| it.seen.is_bad());
        let reported = reported.filter(|it| !only_complaints || it.seen == Seen::Fails);
        let cells = reported.flat_map(|it| bad(it.route, it.tool));
        let mut cells: Vec<(Route, Tool)> = cells.collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    };
    for only_complaints in [true, false] {
        let wanted = of(only_complaints);
        let possible: Vec<(Route, Tool)> = wanted.iter().copied().filter(healthy).collect();
        if !possible.is_empty() {
            return possible;
        }
        // Nothing leads there on a fresh machine; what a person may want all the same is TCP from
        // the LAN, and through a rule of their own.
        let beyond = |cell: &(Route, Tool)| {
            let of_windows = matches!(cell.0.to.host, Host::WindowsGateway | Host::WindowsLanIp);
            let opened = cell.0.to.port.is_some() || cell.0.from != Node::Wsl || of_windows;
            opened && cell.1 != Tool::Ping
        };
        let wanted: Vec<(Route, Tool)> = wanted.into_iter().filter(beyond).collect();
        // A whole matrix has many cells that fail as they should.
        let whole = picture.reported.len() >= WHOLE;
        if (only_complaints || !whole) && !wanted.is_empty() {
            return wanted;
        }
    }
    Vec::new()
}
