//! Every claim with what shows it.

use super::basis::{Basis, of_claim};
use crate::{
    ledger::{self, Entry, Truth},
    scenario::{Claim, Scenario},
};

/// A claim, and every scenario that shows it.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// What the article says, and what is true.
    pub entry: &'static Entry,
    /// What shows it, in the order of the scenarios.
    pub shows: Vec<Show<'a>>,
}

/// A scenario's claim.
#[derive(Clone, Copy, Debug)]
pub struct Show<'a> {
    /// Which scenario.
    pub scenario: &'a Scenario,
    /// Its claim.
    pub claim: &'a Claim,
    /// On what it rests.
    pub basis: Basis,
}

impl Line<'_> {
    /// On what the claim rests: each scenario shows it by itself, so the best of them counts.
    pub fn basis(&self) -> Basis {
        self.shows.iter().map(|show| show.basis).min().unwrap_or(Basis::NeedsWindows)
    }
}

/// Every claim of the article in its order, with what these scenarios show of it.
pub fn register<'a>(scenarios: &[&'a Scenario]) -> Vec<Line<'a>> {
    let shows = |entry: &Entry| -> Vec<Show<'a>> {
        let mut shows = Vec::new();
        for scenario in scenarios {
            for claim in scenario.claims.iter().filter(|claim| claim.ledger == entry.id) {
                shows.push(Show { scenario, claim, basis: of_claim(scenario, claim) });
            }
        }
        shows
    };
    ledger::all().iter().map(|entry| Line { entry, shows: shows(entry) }).collect()
}

/// How many claims there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Shown by real parts.
    pub measured: usize,
    /// Shown by a model.
    pub modelled: usize,
    /// Shown by no scenario.
    pub needs_windows: usize,
    /// In which the article is right.
    pub right: usize,
    /// In which it is partly right.
    pub partly: usize,
    /// In which it is wrong.
    pub wrong: usize,
}

impl Counts {
    /// Those of these claims.
    pub fn of(lines: &[Line<'_>]) -> Counts {
        let mut counts = Counts::default();
        for line in lines {
            *match line.basis() {
                Basis::Measured => &mut counts.measured,
                Basis::Modelled => &mut counts.modelled,
                Basis::NeedsWindows => &mut counts.needs_windows,
            } += 1;
            *match line.entry.verdict {
                Truth::True => &mut counts.right,
                Truth::Partly => &mut counts.partly,
                Truth::False => &mut counts.wrong,
            } += 1;
        }
        counts
    }

    /// One sentence.
    pub fn sentence(&self) -> String {
        let Counts { measured, modelled, needs_windows, right, partly, wrong } = self;
        let all = measured + modelled + needs_windows;
        let need = if *needs_windows == 1 { "needs" } else { "need" };
        format!(
            "{all} {}: {measured} measured here, {modelled} modelled, {needs_windows} {need} \
             Windows; article right in {right}, partly in {partly}, wrong in {wrong}",
            if all == 1 { "claim" } else { "claims" }
        )
    }
}

/// A section's heading.
pub(super) fn heading(section: &str) -> String {
    let title = match section {
        "ch1" => return "Chapter 1: the failure and its cures".to_owned(),
        "2.1" => "NAT and vEthernet",
        "2.2" => "what Go binds",
        "2.3" => "isolation",
        "2.4" => "wsl --shutdown",
        "2.5" => "the ladder of tools",
        "3.1" => "installing Go",
        "3.2" => "go run",
        "3.3" => "the debugger",
        "4.1" => "Windows' firewall",
        "4.2" => "firewalld and systemd",
        "4.3" => "portproxy",
        "4.4" => "autoProxy",
        _ => "",
    };
    format!("Section {section}: {title}")
}
