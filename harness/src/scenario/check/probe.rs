//! Checks of command probes.

use super::entry;
use crate::scenario::{CommandProbe, PhaseName, error::Problems, located::At, raw::RawProbe};

pub(super) fn probes(
    raw: &[At<RawProbe>],
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Vec<CommandProbe> {
    entry::unique("probes", raw.iter().filter_map(|it| it.value.name.as_ref()), problems);
    raw.iter().filter_map(|probe| one(probe, phases, problems)).collect()
}

fn one(
    raw: &At<RawProbe>,
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Option<CommandProbe> {
    let RawProbe { name, on, run, phases: wanted, expect } = &raw.value;
    let name = name.as_ref().map(|name| entry::name(name, "probe name", problems));
    let node = entry::node(on, problems);
    entry::not_empty(run, "run", problems);
    if let Some(wanted) = wanted
        && wanted.value.is_empty()
    {
        let help = "leave `phases` out for a probe of every phase";
        problems.add_help(&wanted.span, "the probe runs in no phase", help);
    }
    if expect.varies && expect.first_line.is_some() {
        let message = "a probe whose output varies has no `first_line`";
        problems.add_help(&raw.span, message, "state what does not vary with `contains`");
    }
    let wanted = wanted.as_ref().map_or(&[][..], |wanted| &wanted.value);
    let wanted = wanted.iter().filter_map(|it| entry::phase(it, phases, problems)).collect();
    Some(CommandProbe {
        name: name.map_or(Some(None), |name| name.map(Some))?,
        on: node?,
        run: run.value.clone(),
        phases: wanted,
        exit: expect.exit.unwrap_or(0),
        first_line: expect.first_line.clone(),
        contains: expect.contains.clone(),
        varies: expect.varies,
        line: problems.line(raw.span.start),
    })
}
