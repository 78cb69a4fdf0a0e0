//! What a remedy restores, and what it costs.

use std::collections::BTreeMap;

use super::{
    Failure, FailureKind,
    fault::{GOOD, good, observed, story, unmeasured},
    grid::{Grid, Key, State},
};
use crate::{
    route::{Route, RoutePattern},
    scenario::{Remedy, Restores},
};

/// A remedy with the phases it is compared to.
pub(super) struct Case<'a, 'g> {
    pub(super) remedy: &'a Remedy,
    pub(super) healthy: &'a Grid<'g>,
    pub(super) fault: &'a Grid<'g>,
    pub(super) cured: &'a Grid<'g>,
    pub(super) keeps: &'a [RoutePattern],
}

impl Case<'_, '_> {
    /// `changed`: whether the fault did anything; when not, there is nothing to restore.
    pub(super) fn judge(&self, changed: bool) -> Vec<Failure> {
        let mut failures = Vec::new();
        if changed && self.cured.equals(self.fault) {
            let sentence = format!("remedy `{}` changes nothing", self.remedy.name);
            failures.push(
                Failure::new(FailureKind::RemedyChangesNothing, sentence)
                    .phase(self.cured.phase)
                    .expected("a matrix that differs from fault")
                    .observed("the same matrix"),
            );
        } else if changed {
            failures.extend(self.restores());
        }
        failures.extend(self.costs());
        failures
    }

    fn restores(&self) -> Vec<Failure> {
        match &self.remedy.restores {
            Restores::All => self.restores_all(),
            Restores::Routes(routes) => {
                routes.iter().filter_map(|route| self.restores_route(*route)).collect()
            }
        }
    }

    /// Every cell that the fault broke is good again; one failure a route.
    fn restores_all(&self) -> Vec<Failure> {
        let mut lost: BTreeMap<Route, Vec<Key>> = BTreeMap::new();
        for (key, _) in self.healthy.iter() {
            let broken = self.healthy.state(key) == State::Good
                && self.fault.state(key) == State::Bad
                && self.cured.state(key) == State::Bad;
            if broken {
                lost.entry(key.route).or_default().push(key);
            }
        }
        lost.into_iter().map(|(route, keys)| self.not_restored(route, &keys)).collect()
    }

    fn not_restored(&self, route: Route, keys: &[Key]) -> Failure {
        let (phase, seen) = (self.cured.phase, observed(keys, self.cured));
        let pattern = match keys {
            [key] => key.pattern(),
            _ => RoutePattern { route, tool: None },
        };
        let sentence = format!("{phase} restores all, but not `{pattern}`: {seen}");
        Failure::new(FailureKind::NotRestored, sentence)
            .phase(phase)
            .route(pattern)
            .expected(format!("{GOOD} in {phase}"))
            .observed(seen)
            .difference(story(keys, &[self.healthy, self.fault, self.cured]))
    }

    fn restores_route(&self, pattern: RoutePattern) -> Option<Failure> {
        let before = self.fault.covered(pattern);
        if before.is_empty() {
            return Some(unmeasured(pattern, self.fault));
        }
        if !before.iter().any(|key| self.fault.state(*key) == State::Bad) {
            let phase = self.cured.phase;
            let sentence = format!("{phase} restores `{pattern}`, which the fault does not break");
            return Some(
                Failure::new(FailureKind::NothingToRestore, sentence)
                    .phase(phase)
                    .route(pattern)
                    .expected("a route that is bad in fault")
                    .observed(format!("{} in fault", observed(&before, self.fault))),
            );
        }
        let phases = [self.healthy, self.fault, self.cured];
        good(pattern, self.cured, FailureKind::NotRestored, &phases, &[])
    }

    /// The costs are exactly the cells that are good in control and fault, and bad now.
    fn costs(&self) -> Vec<Failure> {
        let newly_bad: Vec<Key> = self
            .cured
            .iter()
            .map(|(key, _)| key)
            .filter(|key| self.cured.state(*key) == State::Bad)
            .filter(|key| self.healthy.state(*key) == State::Good)
            .filter(|key| self.fault.state(*key) == State::Good)
            .collect();
        let covers = |patterns: &[RoutePattern], key: &Key| {
            patterns.iter().any(|pattern| pattern.covers(key.route, key.tool))
        };
        // What `keeps` names is told as not kept.
        let undeclared = newly_bad
            .iter()
            .filter(|key| !covers(&self.remedy.costs, key) && !covers(self.keeps, key))
            .map(|key| self.undeclared(*key));
        let false_costs = self
            .remedy
            .costs
            .iter()
            .filter(|cost| !newly_bad.iter().any(|key| cost.covers(key.route, key.tool)))
            .map(|cost| self.false_cost(*cost));
        undeclared.chain(false_costs).collect()
    }

    fn undeclared(&self, key: Key) -> Failure {
        let (pattern, phase) = (key.pattern(), self.cured.phase);
        let seen = self.cured.seen(key);
        let sentence =
            format!("{phase} breaks `{pattern}` ({seen}), which is not among its `costs`");
        Failure::new(FailureKind::UndeclaredCost, sentence)
            .phase(phase)
            .route(pattern)
            .expected(format!("{GOOD}, or an entry in `costs`"))
            .observed(seen.to_string())
            .difference(story(&[key], &[self.healthy, self.fault, self.cured]))
    }

    fn false_cost(&self, cost: RoutePattern) -> Failure {
        let phase = self.cured.phase;
        let keys = self.cured.covered(cost);
        let seen = if keys.is_empty() { "no cell".to_owned() } else { observed(&keys, self.cured) };
        let sentence = format!("`{cost}` is among the `costs` of {phase}, which does not break it");
        Failure::new(FailureKind::FalseCost, sentence)
            .phase(phase)
            .route(cost)
            .expected("good in healthy and in fault, bad here")
            .observed(seen)
            .difference(story(&keys, &[self.healthy, self.fault, self.cured]))
    }
}
