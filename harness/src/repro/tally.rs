//! What round trips come to.

use std::fmt;

use serde_json::{Value, json};

use super::roundtrip::Outcome;
use crate::diagnosis::Confidence;

/// Counts over trips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many trips.
    pub trips: usize,
    /// How many causes were injected.
    pub injected: usize,
    /// Of those, named by the diagnosis.
    pub named: usize,
    /// How many causes it called certain.
    pub certain: usize,
    /// Of those, not injected.
    pub wrong: usize,
    /// Trips whose reproduction has the same matrix, cell by cell.
    pub reproduced: usize,
    /// Trips that a verified fix turned green.
    pub cured: usize,
    /// Trips in which all of that holds.
    pub held: usize,
}

impl Tally {
    /// Of these.
    pub fn of(outcomes: &[Outcome]) -> Tally {
        let mut tally = Tally { trips: outcomes.len(), ..Tally::default() };
        for outcome in outcomes {
            let certain = outcome.found.iter().filter(|it| it.1 == Confidence::Certain);
            tally.injected += outcome.injected.len();
            tally.named += outcome.named();
            tally.certain += certain.count();
            tally.wrong += outcome.wrong().len();
            tally.reproduced += usize::from(outcome.reproduced());
            tally.cured += usize::from(outcome.cured);
            tally.held += usize::from(outcome.holds());
        }
        tally
    }

    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.held == self.trips
    }

    fn json(&self) -> Value {
        json!({
            "trips": self.trips,
            "injected": self.injected,
            "named": self.named,
            "recall": share(self.named, self.injected),
            "certain": self.certain,
            "wrong": self.wrong,
            "precision": share(self.certain - self.wrong, self.certain),
            "reproduced": self.reproduced,
            "reproduced_share": share(self.reproduced, self.trips),
            "cured": self.cured,
            "cured_share": share(self.cured, self.trips),
            "held": self.held,
        })
    }
}

/// From 0 to 1; 1 where there is nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |part: usize, whole: usize| {
            format!("{part}/{whole} ({:.1} %)", 100.0 * share(part, whole))
        };
        writeln!(f, "recall      {} injected causes named", of(self.named, self.injected))?;
        let right = of(self.certain - self.wrong, self.certain);
        writeln!(f, "precision   {right} of what is called certain was injected")?;
        let reproduced = of(self.reproduced, self.trips);
        writeln!(f, "reproduced  {reproduced} with the same matrix, cell by cell")?;
        writeln!(f, "cured       {} by a verified fix", of(self.cured, self.trips))?;
        writeln!(f, "all of it   {}", of(self.held, self.trips))
    }
}

/// All trips for programs, schema 1: fields may be added, never changed.
pub fn json(outcomes: &[Outcome]) -> Value {
    let trip = |outcome: &Outcome| {
        let found = outcome.found.iter().map(
            |(cause, confidence)| json!({"cause": cause.slug(), "confidence": confidence.name()}),
        );
        json!({
            "name": outcome.name,
            "injected": outcome.injected.iter().map(|cause| cause.slug()).collect::<Vec<_>>(),
            "found": found.collect::<Vec<_>>(),
            "cells": outcome.cells,
            "differs": outcome.differs,
            "cured": outcome.cured,
            "fix": outcome.fix,
            "error": outcome.error,
            "holds": outcome.holds(),
        })
    };
    json!({
        "schema": 1,
        "trips": outcomes.iter().map(trip).collect::<Vec<_>>(),
        "totals": Tally::of(outcomes).json(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::Cause;

    fn outcome(found: &[(&str, Confidence)], cured: bool, differs: &[&str]) -> Outcome {
        let cause = |slug: &str| Cause::from_slug(slug).expect("a cause");
        Outcome {
            injected: vec![cause("loopback-bind"), cause("dns")],
            found: found.iter().map(|(slug, confidence)| (cause(slug), *confidence)).collect(),
            cells: 56,
            cured,
            differs: differs.iter().map(|it| (*it).to_owned()).collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn each_miss_counts_where_it_belongs() {
        use Confidence::{Certain, Likely};
        let right = [("loopback-bind", Certain), ("dns", Likely)];
        let all = [
            outcome(&right, true, &[]),
            outcome(&right, false, &[]),
            outcome(&right, true, &["a cell"]),
            outcome(&right[..1], true, &[]),
            outcome(&[right[0], right[1], ("vpn-mtu", Certain)], true, &[]),
        ];
        let tally = Tally::of(&all);
        let expected = Tally {
            trips: 5,
            injected: 10,
            named: 9,
            certain: 6,
            wrong: 1,
            reproduced: 4,
            cured: 4,
            held: 1,
        };
        assert_eq!(tally, expected);
        assert!(!tally.holds() && Tally::of(&all[..1]).holds());
        assert!(tally.to_string().contains("precision   5/6 (83.3 %)"), "{tally}");
        assert_eq!(json(&all)["totals"]["recall"], 0.9);
    }
}
