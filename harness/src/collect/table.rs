//! The probe matrix as text, a row a route, a column a tool.

use std::collections::BTreeMap;

use crate::{cell::Cell, outcome::Via, report::columns::align, route::Route, tool::Tool};

/// The matrix, in the order in which its routes were measured. Where a real tool and its twin both
/// measured, the real tool's word counts.
pub fn table(cells: &[Cell]) -> String {
    let mut routes: Vec<Route> = Vec::new();
    let mut tools: Vec<Tool> = Vec::new();
    let mut words: BTreeMap<(Route, Tool), String> = BTreeMap::new();
    for cell in cells {
        if !routes.contains(&cell.route()) {
            routes.push(cell.route());
        }
        if !tools.contains(&cell.tool) {
            tools.push(cell.tool);
        }
        words.entry((cell.route(), cell.tool)).or_insert_with(|| match cell.via {
            // One word, so that columns stay apart.
            Via::Proxy => format!("{}(proxy)", cell.outcome),
            Via::Direct => cell.outcome.to_string(),
        });
    }
    let mut rows = vec![vec!["from".to_owned(), "to".to_owned()]];
    rows[0].extend(tools.iter().map(ToString::to_string));
    for route in routes {
        let mut row = vec![route.from.to_string(), route.to.to_string()];
        row.extend(
            tools
                .iter()
                .map(|tool| words.get(&(route, *tool)).cloned().unwrap_or_else(|| "-".to_owned())),
        );
        rows.push(row);
    }
    align(&rows)
}
