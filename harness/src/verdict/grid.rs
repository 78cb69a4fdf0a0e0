//! A phase's cells, ordered and looked up by route and tool.

use std::{collections::BTreeMap, fmt};

use crate::{
    cell::Cell,
    outcome::{Outcome, Via},
    route::{Route, RoutePattern},
    run_result::PhaseResult,
    scenario::PhaseName,
    tool::Tool,
};

/// The cells of one phase. Two cells of a key are the real tool's and its twin's.
pub(crate) struct Grid<'a> {
    pub(crate) phase: &'a PhaseName,
    cells: BTreeMap<Key, Vec<&'a Cell>>,
}

/// A cell's place in a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) route: Route,
    pub(crate) tool: Tool,
}

impl Key {
    /// The pattern that names this cell and no other.
    pub(crate) fn pattern(self) -> RoutePattern {
        RoutePattern { route: self.route, tool: Some(self.tool) }
    }
}

/// What a cell says of its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Every applicable cell of the place is good.
    Good,
    /// One is not.
    Bad,
    /// There is none.
    Silent,
}

impl<'a> Grid<'a> {
    pub(crate) fn new(phase: &'a PhaseResult) -> Self {
        let mut cells: BTreeMap<Key, Vec<&Cell>> = BTreeMap::new();
        for cell in &phase.cells {
            cells.entry(Key { route: cell.route(), tool: cell.tool }).or_default().push(cell);
        }
        for twins in cells.values_mut() {
            twins.sort_by_key(|cell| cell.implementation);
        }
        Grid { phase: &phase.name, cells }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &[&'a Cell])> {
        self.cells.iter().map(|(key, cells)| (*key, cells.as_slice()))
    }

    pub(crate) fn cells(&self, key: Key) -> &[&'a Cell] {
        self.cells.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The places that `pattern` names and that were measured.
    pub(crate) fn covered(&self, pattern: RoutePattern) -> Vec<Key> {
        let keys = self.cells.keys().copied();
        keys.filter(|key| pattern.covers(key.route, key.tool) && self.state(*key) != State::Silent)
            .collect()
    }

    pub(crate) fn state(&self, key: Key) -> State {
        let mut applicable = self.cells(key).iter().filter(|cell| cell.outcome.is_applicable());
        match applicable.clone().next() {
            None => State::Silent,
            Some(_) if applicable.all(|cell| cell.outcome.is_good()) => State::Good,
            Some(_) => State::Bad,
        }
    }

    /// What was seen at a place, for messages and tables.
    pub(crate) fn seen(&self, key: Key) -> Seen {
        let mut seen = Vec::new();
        for cell in self.cells(key) {
            if !seen.contains(&(cell.outcome, cell.via)) {
                seen.push((cell.outcome, cell.via));
            }
        }
        Seen(seen)
    }

    /// Whether both phases saw the same at every place.
    pub(crate) fn equals(&self, other: &Grid<'_>) -> bool {
        let mut keys = self.cells.keys().chain(other.cells.keys());
        keys.all(|key| self.seen(*key) == other.seen(*key))
    }
}

/// Outcomes without who measured them and how long it took; one where all agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen(Vec<(Outcome, Via)>);

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("-");
        }
        for (index, (outcome, via)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " | " };
            let proxied = if *via == Via::Proxy { " via proxy" } else { "" };
            write!(f, "{separator}{outcome}{proxied}")?;
        }
        Ok(())
    }
}
