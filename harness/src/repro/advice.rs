//! What is known of a cause beside what a lab has shown: the answer where there is no other.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{remedy, tell::commands};
use crate::{
    cause::Cause,
    diagnosis::Diagnosis,
    picture::Picture,
    scenario::{Plan, Scenario},
};

/// What is known of a cause.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// Why no lab can show it; `None` where one can.
    lab: Option<String>,
    /// What to do, a line each.
    #[serde(rename = "do")]
    steps: Vec<String>,
}

static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    // A test reads it; a broken table is an empty one.
    toml::from_str(include_str!("advice.toml")).unwrap_or_default()
});

/// What to do about a cause, as far as it is known without a lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// The cause; `None` where the report points to none.
    pub cause: Option<Cause>,
    /// Why no lab can show it.
    pub lab: Option<String>,
    /// What to type or change, for the machine of the report; not verified.
    pub steps: Vec<String>,
    /// Commands whose output would settle it: on which machine, what, what to look for.
    pub ask: Vec<(String, String, String)>,
    /// Scenarios of the catalogue that show it.
    pub scenarios: Vec<String>,
}

impl Advice {
    /// For the first cause of a diagnosis, on this machine.
    pub fn of(diagnosis: &Diagnosis, catalogue: &[Scenario], picture: &Picture) -> Advice {
        let ask = diagnosis.ask.iter().map(|ask| {
            let on = ask.on.clone();
            (on, commands::theirs(&ask.run, picture), commands::theirs(&ask.shows, picture))
        });
        let ask = ask.collect();
        let Some(cause) = diagnosis.findings.first().map(|it| it.cause) else {
            return Advice { ask, ..Advice::default() };
        };
        let known = KNOWN.get(cause.slug());
        let mut steps: Vec<String> = Vec::new();
        if let Some(known) = known {
            let line = |line: &String| {
                let line = line.replace("{port}", &picture.port.to_string());
                commands::theirs(&line, picture)
            };
            steps.extend(known.steps.iter().map(line));
        } else if let Some(first) = remedy::candidates(catalogue, &[cause], picture).first() {
            steps.extend(commands::lines(&first.steps, picture));
        }
        let shows = |scenario: &&Scenario| {
            scenario.cause == cause.shown_as() && matches!(scenario.plan, Plan::Fault { .. })
        };
        let scenarios = catalogue.iter().filter(shows).map(|it| it.name.clone()).collect();
        let lab = known.and_then(|known| known.lab.clone());
        Advice { cause: Some(cause), lab, steps, ask, scenarios }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_cause_has_an_answer() {
        let known: BTreeMap<String, Known> =
            toml::from_str(include_str!("advice.toml")).expect("a sound table");
        let unknown: Vec<&String> =
            known.keys().filter(|slug| Cause::from_slug(slug).is_none()).collect();
        assert!(unknown.is_empty(), "no such cause: {unknown:?}");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).expect("the catalogue");
        for cause in Cause::all() {
            let remedies = catalogue.all().iter().any(|scenario| {
                scenario.cause == cause
                    && matches!(&scenario.plan, Plan::Fault { remedies, .. } if !remedies.is_empty())
            });
            let told = known.get(cause.slug()).is_some_and(|known| !known.steps.is_empty());
            assert!(remedies || told, "{cause}: neither a remedy nor advice");
        }
    }
}
