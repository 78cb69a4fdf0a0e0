//! What scenarios need, read from their data: services, tools, and the words of their commands.

use std::collections::BTreeSet;

use super::requirement::{Id, Missing, Requirement};
use crate::{
    fixture::{FixtureError, Fixtures},
    node::Node,
    route::RoutePattern,
    scenario::{Action, Plan, Restores, Scenario, ServiceUser, Shown, Step},
    tool::Tool,
    topology::{self, Extras, SECOND_USER},
};

/// What a scenario needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// It cannot run without these: missing means skipped.
    pub must: BTreeSet<Id>,
    /// It runs without these, with native twins in their place.
    pub better: BTreeSet<Id>,
}

impl Needs {
    /// All of them, for an install.
    pub fn all(&self) -> impl Iterator<Item = Id> {
        self.must.union(&self.better).copied()
    }
}

/// What these scenarios need together; of one scenario, what decides whether it is skipped.
///
/// # Errors
/// When one names a service that is no fixture.
pub fn needs<'a>(
    scenarios: impl IntoIterator<Item = &'a Scenario>,
    fixtures: &Fixtures,
) -> Result<Needs, FixtureError> {
    let mut needs = Needs::default();
    for scenario in scenarios {
        for row in Requirement::all() {
            match row.missing {
                Missing::NoLab => needs.must.insert(row.id),
                Missing::NativeTwin => needs.better.insert(row.id),
                Missing::Skip => false,
            };
        }
        for program in Node::ALL.iter().flat_map(|node| programs(scenario, *node)) {
            needs.must.extend(&fixtures.service(program)?.manifest.needs);
        }
        if uses_go_client(scenario) {
            needs.must.insert(Id::Go);
        }
        if extras(scenario).second_user {
            needs.must.insert(Id::Subids);
        }
        for row in Requirement::all() {
            if texts(scenario).any(|text| mentions(text, row.programs())) {
                needs.must.insert(row.id);
            }
        }
    }
    let with: Vec<Id> = needs.must.iter().flat_map(|id| id.requirement().with).copied().collect();
    needs.must.extend(with);
    Ok(needs)
}

/// What the guest of a scenario's labs has beside what every guest has.
pub fn extras(scenario: &Scenario) -> Extras {
    let go = Id::Go.requirement();
    let names_second_user = |text: Text<'_>| {
        let forms =
            ["-u ", "--user ", "--user=", "chown "].map(|form| form.to_owned() + SECOND_USER);
        let home = topology::home(SECOND_USER);
        text.line.contains(&home) || forms.iter().any(|form| text.line.contains(form))
    };
    Extras {
        go: texts(scenario).any(|text| mentions(text, go.programs())),
        second_user: texts(scenario).any(names_second_user)
            || scenario.service.as_ref().is_some_and(|it| it.user == ServiceUser::Second)
            || steps(scenario).any(|step| {
                matches!(&step.action, Action::Service(it) if it.user == Some(ServiceUser::Second))
            }),
    }
}

/// The services that a scenario starts on a node. Its own is on wsl.
pub(super) fn programs(scenario: &Scenario, on: Node) -> impl Iterator<Item = &str> {
    let changed = steps(scenario).filter(move |step| step.on == on);
    let changed = changed.filter_map(|step| match &step.action {
        Action::Service(change) => change.program.as_deref(),
        _ => None,
    });
    let own = scenario.service.as_ref().filter(move |_| on == Node::Wsl);
    changed.chain(own.map(|service| service.program.as_str()))
}

/// Whether a cell or a command names Go's own client.
fn uses_go_client(scenario: &Scenario) -> bool {
    let name = Tool::GoClient.name();
    let in_cells = scenario.claims.iter().flat_map(|claim| &claim.cells);
    let in_texts = texts(scenario).any(|text| words(text.line).any(|word| word == name));
    in_texts
        || scenario.matrix.tools.contains(&Tool::GoClient)
        || in_cells
            .into_iter()
            .any(|cell| matches!(cell.shown, Shown::Cell { tool: Tool::GoClient, .. }))
        || patterns(scenario).any(|pattern| pattern.tool == Some(Tool::GoClient))
}

fn patterns(scenario: &Scenario) -> impl Iterator<Item = &RoutePattern> {
    let (signature, remedies) = match &scenario.plan {
        Plan::Fault { signature, remedies, .. } => (Some(signature), remedies.as_slice()),
        Plan::Survey { .. } => (None, &[][..]),
    };
    let signature = signature.into_iter().flat_map(|s| s.breaks.iter().chain(&s.keeps));
    let remedies = remedies.iter().flat_map(|remedy| {
        let restores = match &remedy.restores {
            Restores::All => &[][..],
            Restores::Routes(routes) => routes,
        };
        restores.iter().chain(&remedy.costs)
    });
    signature.chain(remedies)
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Step> {
    let phases = scenario.phases().into_iter().flat_map(|phase| phase.groups);
    scenario.setup.iter().chain(phases.flatten())
}

/// Something that a scenario runs or writes on a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    /// The node.
    pub(super) on: Node,
    /// The line, or the path.
    pub(super) line: &'a str,
}

/// Everything of that kind.
pub(super) fn texts(scenario: &Scenario) -> impl Iterator<Item = Text<'_>> {
    let steps = steps(scenario).filter_map(|step| match &step.action {
        Action::Run(line) => Some(Text { on: step.on, line }),
        // The configuration of a program is of use to the program only, and lies in its directory.
        Action::Write { path, .. } => Some(Text { on: step.on, line: path }),
        Action::Service(_) | Action::Env(_) => None,
    });
    let probes = scenario.probes.iter().map(|probe| Text { on: probe.on, line: &probe.run });
    steps.chain(probes)
}

/// Whether a text names one of these programs. The modelled Windows has its own commands,
/// `ping` and `curl.exe` among them; what stands behind `wsl` runs in the distro.
pub(super) fn mentions(text: Text<'_>, names: &[&str]) -> bool {
    let mut words = words(text.line);
    if text.on == Node::Windows {
        words.by_ref().find(|word| *word == "wsl");
    }
    words.any(|word| names.contains(&word))
}

/// The words of a command line or a path: what letters, digits, `-` and `_` make up. A name that is
/// part of a longer one, as `ip` is of `wsl-ip`, is none.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.split(move |c| !inside(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
#[path = "needs_tests.rs"]
mod tests;
