//! What would show a row on a real Windows: cells of scenarios and of measurements, or the reason why
//! none can.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{FidelityError, page::Row};
use crate::{
    matrix::MatrixPlan,
    node::Node,
    route::RoutePattern,
    scenario::{PhaseName, Scenario, Shown},
};

/// The basis of a row that says where the lab is known to differ: no cell of it can agree.
const DEVIATION: &str = "deviation";

/// The file as it is written, an entry for each row.
pub type Entries = BTreeMap<String, Entry>;

/// What shows a row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Every cell by which a scenario shows these claims of the ledger.
    #[serde(default)]
    claims: Vec<String>,
    /// `SCENARIO PHASE: FROM -> TO [TOOL]` or `SCENARIO PHASE: NODE command PROBE`.
    #[serde(default)]
    cells: Vec<String>,
    /// Why nothing can show it.
    none: Option<String>,
}

/// Something that a run shows, by the words of [`crate::parity`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The scenario or measurement.
    pub scenario: String,
    /// The phase.
    pub phase: String,
    /// The cell, or the route that stands for all its cells.
    pub cell: String,
}

impl Place {
    /// Whether a cell of a run is meant: this one, by any of those who measured it, or one of this
    /// route.
    pub fn covers(&self, (scenario, phase, cell): &(String, String, String)) -> bool {
        let rest = cell.strip_prefix(&self.cell);
        *scenario == self.scenario
            && *phase == self.phase
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }
}

/// The places of each row, those without any left out.
///
/// # Errors
/// The first row without an entry and without the basis that needs none, an entry without a row, or
/// a place that no scenario has.
pub fn places<'a>(
    rows: &'a [Row],
    entries: &Entries,
    scenarios: &[&Scenario],
) -> Result<BTreeMap<&'a str, Vec<Place>>, FidelityError> {
    let wrong = |row: &str, reason: String| FidelityError::Entry { row: row.to_owned(), reason };
    if let Some(id) = entries.keys().find(|id| rows.iter().all(|row| row.id != **id)) {
        return Err(wrong(id, "no row has this id".to_owned()));
    }
    let mut all = BTreeMap::new();
    for row in rows {
        let places = match entries.get(&row.id) {
            None if row.basis == DEVIATION => continue,
            None => {
                let reason =
                    "needs `claims` or `cells` that would show it, or `none = \"why not\"`";
                return Err(wrong(&row.id, reason.to_owned()));
            }
            Some(entry) => of(entry, scenarios).map_err(|reason| wrong(&row.id, reason))?,
        };
        if !places.is_empty() {
            all.insert(row.id.as_str(), places);
        }
    }
    Ok(all)
}

fn of(entry: &Entry, scenarios: &[&Scenario]) -> Result<Vec<Place>, String> {
    let empty = entry.claims.is_empty() && entry.cells.is_empty();
    match &entry.none {
        Some(reason) if reason.trim().is_empty() => return Err("`none` says why".to_owned()),
        Some(_) if !empty => return Err("`none`, and yet something shows it".to_owned()),
        Some(_) => return Ok(vec![]),
        None if empty => return Err("says neither what shows it nor why nothing can".to_owned()),
        None => {}
    }
    let mut places = Vec::new();
    for number in &entry.claims {
        let found = of_claim(number, scenarios);
        if found.is_empty() {
            return Err(format!("no scenario shows the claim {number}"));
        }
        places.extend(found);
    }
    for cell in &entry.cells {
        places.push(of_cell(cell, scenarios)?);
    }
    places.sort();
    places.dedup();
    Ok(places)
}

fn of_claim(number: &str, scenarios: &[&Scenario]) -> Vec<Place> {
    let claims = scenarios.iter().flat_map(|it| it.claims.iter().map(move |claim| (it, claim)));
    let cells = claims
        .filter(|(_, claim)| claim.ledger == number)
        .flat_map(|(scenario, claim)| claim.cells.iter().map(move |cell| (scenario, cell)));
    cells
        .filter_map(|(scenario, cell)| {
            let text = match &cell.shown {
                Shown::Cell { route, tool, .. } => format!("{route} {tool}"),
                Shown::Command { on, probe, .. } => command(scenario, *on, probe, &cell.phase)?,
            };
            let (scenario, phase) = (scenario.name.clone(), cell.phase.to_string());
            Some(Place { scenario, phase, cell: text })
        })
        .collect()
}

fn of_cell(text: &str, scenarios: &[&Scenario]) -> Result<Place, String> {
    let form = || {
        format!(
            "`{text}` is not `SCENARIO PHASE: FROM -> TO [TOOL]` or \
             `SCENARIO PHASE: NODE command PROBE`"
        )
    };
    let (head, what) = text.split_once(": ").ok_or_else(form)?;
    let (name, phase) = head.split_once(' ').ok_or_else(form)?;
    let scenario = scenarios.iter().find(|it| it.name == name);
    let scenario = scenario.ok_or_else(|| format!("`{text}`: no scenario is named {name}"))?;
    let phase: PhaseName = phase.parse().map_err(|error| format!("`{text}`: {error}"))?;
    if scenario.phases().iter().all(|it| it.name != phase) {
        return Err(format!("`{text}`: {name} has no phase {phase}"));
    }
    let words: Vec<&str> = what.split_whitespace().collect();
    let cell = if let [on, "command", probe] = words[..] {
        let on: Node = on.parse().map_err(|error| format!("`{text}`: {error}"))?;
        let found = command(scenario, on, probe, &phase);
        found.ok_or_else(|| format!("`{text}`: no probe of that name runs there"))?
    } else {
        let pattern: RoutePattern = what.parse().map_err(|error| format!("`{text}`: {error}"))?;
        let plan = MatrixPlan::of(scenario);
        if !plan.cells().iter().any(|(route, tool)| pattern.covers(*route, *tool)) {
            return Err(format!("`{text}`: the matrix of {name} has no such cell"));
        }
        pattern.to_string()
    };
    Ok(Place { scenario: name.to_owned(), phase: phase.to_string(), cell })
}

/// A probe as a comparison names it.
fn command(scenario: &Scenario, on: Node, name: &str, phase: &PhaseName) -> Option<String> {
    let named = |it: &&crate::scenario::CommandProbe| {
        it.on == on && it.name.as_deref() == Some(name) && it.runs_in(phase)
    };
    let probe = scenario.probes.iter().find(named)?;
    Some(format!("{on} command {}", probe.run))
}
