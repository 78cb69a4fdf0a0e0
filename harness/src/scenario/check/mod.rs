//! From the file as written to a [`Scenario`], noting every mistake on the way.
//!
//! Each function returns what it could make of its part and notes what it could not in
//! [`Problems`]; a scenario is handed out only when nothing was noted.

mod claim;
mod entry;
mod matrix;
mod plan;
mod probe;
mod step;

use std::path::Path;

use super::{
    Machine, PhaseName, Scenario, Service, ServiceUser,
    error::Problems,
    located::At,
    raw::{RawMachine, RawScenario, RawService},
    words,
};
use crate::cause::Cause;

/// The service that runs where a file names none.
const DEFAULT_PROGRAM: &str = "go-http";

/// Checks a whole file; `None` when a mistake leaves no scenario to speak of.
pub(super) fn scenario(dir: &Path, raw: RawScenario, problems: &mut Problems) -> Option<Scenario> {
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !entry::is_name(&name) {
        let message = format!("the directory `{name}` is not a scenario's name");
        problems.add_help(&(0..0), message, entry::NAME_RULE);
    }
    entry::not_empty(&raw.title, "title", problems);
    if raw.title.value.contains('\n') {
        problems.add(&raw.title.span, "`title` is one line; the rest belongs into `summary`");
    }
    entry::not_empty(&raw.summary, "summary", problems);
    if raw.sources.value.is_empty() {
        let help = "where do the facts come from? For instance [\"article 4.2\", \"https://…\"]";
        problems.add_help(&raw.sources.span, "no source is named", help);
    }
    for source in &raw.sources.value {
        entry::not_empty(source, "sources", problems);
    }

    let cause = cause(&raw.cause, problems);
    let service = service(&raw, problems);
    let matrix = matrix::choice(&raw, problems);
    let setup = step::steps(&raw.setup, problems);
    let phases = phases(&raw);
    let plan = plan::plan(&raw, problems);
    let probes = probe::probes(&raw.probe, phases.as_deref(), problems);
    let claims = claim::claims(&raw, phases.as_deref(), problems);

    Some(Scenario {
        name,
        dir: dir.to_owned(),
        title: raw.title.value.trim().to_owned(),
        cause: cause?,
        sources: raw.sources.value.into_iter().map(|source| source.value).collect(),
        summary: raw.summary.value.trim().to_owned(),
        service: service?,
        machine: machine(&raw.machine),
        matrix,
        setup,
        plan: plan?,
        claims,
        probes,
    })
}

/// Every phase the file makes, by name; `None` when its kind is not known.
fn phases(raw: &RawScenario) -> Option<Vec<PhaseName>> {
    let mut phases = match raw.kind.value.as_str() {
        "fault" => vec![PhaseName::Healthy, PhaseName::Fault],
        "survey" => Vec::new(),
        _ => return None,
    };
    phases.extend(raw.remedy.iter().map(|it| PhaseName::Remedy(it.value.name.value.clone())));
    phases.extend(raw.case.iter().map(|it| PhaseName::Case(it.value.name.value.clone())));
    let own = raw.claim.iter().filter_map(|it| it.value.name.as_ref());
    phases.extend(own.map(|name| PhaseName::Claim(name.value.clone())));
    Some(phases)
}

fn cause(raw: &At<String>, problems: &mut Problems) -> Option<Cause> {
    let cause = Cause::from_slug(&raw.value);
    if cause.is_none() {
        let slugs: Vec<&str> = Cause::all().map(Cause::slug).collect();
        let message = format!("unknown cause `{}`", raw.value);
        problems.add_help(&raw.span, message, words::one_of(&raw.value, &slugs));
    }
    cause
}

/// The outer `None` is a mistake, the inner one a survey of commands.
fn service(raw: &RawScenario, problems: &mut Problems) -> Option<Option<Service>> {
    match &raw.service {
        Some(service) => own_service(&service.value, problems).map(Some),
        None if raw.kind.value == "survey" => Some(None),
        None => {
            let help = "add `[service]` with `listen`: a fault is seen in a matrix";
            problems.add_help(&raw.kind.span, "the fault scenario has no `[service]`", help);
            None
        }
    }
}

fn own_service(raw: &RawService, problems: &mut Problems) -> Option<Service> {
    let program = match &raw.program {
        Some(program) => entry::name(program, "program", problems),
        None => Some(DEFAULT_PROGRAM.to_owned()),
    };
    let listen = entry::listen(&raw.listen, problems);
    let user = match &raw.user {
        Some(user) => entry::user(user, problems),
        None => Some(ServiceUser::default()),
    };
    Some(Service { program: program?, listen: listen?, args: raw.args.clone(), user: user? })
}

fn machine(raw: &RawMachine) -> Machine {
    let fresh = Machine::default();
    Machine {
        localhost_forwarding: raw.localhost_forwarding.unwrap_or(fresh.localhost_forwarding),
        relays_loopback: raw.relays_loopback.unwrap_or(fresh.relays_loopback),
        wsl_address_on_restart: raw.wsl_address_on_restart.unwrap_or(fresh.wsl_address_on_restart),
    }
}

#[cfg(test)]
mod command_tests;
#[cfg(test)]
mod matrix_tests;
#[cfg(test)]
mod service_tests;
#[cfg(test)]
mod tests;
