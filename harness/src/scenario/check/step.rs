//! Checks of steps.

use std::collections::BTreeMap;

use super::entry;
use crate::scenario::{
    Action, ServiceChange, Step,
    error::Problems,
    located::At,
    raw::{RawServiceChange, RawStep, RawWrite},
    words,
};

/// The words of a service's `state`.
const STATES: [&str; 2] = ["restart", "stop"];

pub(super) fn steps(raw: &[At<RawStep>], problems: &mut Problems) -> Vec<Step> {
    raw.iter().filter_map(|step| one(step, problems)).collect()
}

fn one(raw: &At<RawStep>, problems: &mut Problems) -> Option<Step> {
    let step = &raw.value;
    let on = entry::node(&step.on, problems);
    if let Some(exit) = &step.exit
        && step.run.is_none()
    {
        problems.add(&exit.span, "only a `run` has an exit code");
    }
    let action = match (&step.run, &step.write, &step.service, &step.env) {
        (Some(run), None, None, None) => {
            entry::not_empty(run, "run", problems).then(|| Action::Run(run.value.clone()))
        }
        (None, Some(write), None, None) => self::write(write, problems),
        (None, None, Some(service), None) => self::service(service, problems),
        (None, None, None, Some(env)) => self::env(env, problems),
        _ => {
            not_one(raw, problems);
            None
        }
    };
    Some(Step {
        on: on?,
        action: action?,
        exit: step.exit.as_ref().map_or(0, |exit| exit.value),
        line: problems.line(raw.span.start),
    })
}

fn not_one(raw: &At<RawStep>, problems: &mut Problems) {
    let step = &raw.value;
    let present: Vec<&str> = [
        ("run", step.run.is_some()),
        ("write", step.write.is_some()),
        ("service", step.service.is_some()),
        ("env", step.env.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect();
    let has = if present.is_empty() { "none".to_owned() } else { present.join(" and ") };
    problems.add_help(
        &raw.span,
        format!("a step is exactly one of `run`, `write`, `service`, `env`; this one has {has}"),
        "write a step of its own for each change",
    );
}

fn write(raw: &At<RawWrite>, problems: &mut Problems) -> Option<Action> {
    let RawWrite { path, text } = &raw.value;
    entry::not_empty(path, "path", problems)
        .then(|| Action::Write { path: path.value.clone(), text: text.clone() })
}

fn service(raw: &At<RawServiceChange>, problems: &mut Problems) -> Option<Action> {
    let RawServiceChange { listen, program, state } = &raw.value;
    let running = match state.as_ref().map(|state| state.value.as_str()) {
        None | Some("restart") => true,
        Some("stop") => false,
        Some(other) => {
            let span = state.as_ref().map_or(&raw.span, |state| &state.span);
            let message = format!("unknown service state `{other}`");
            problems.add_help(span, message, words::one_of(other, &STATES));
            return None;
        }
    };
    if !running && let Some(extra) = listen.as_ref().or(program.as_ref()) {
        problems.add(&extra.span, "a service that stops has neither `listen` nor `program`");
        return None;
    }
    // `?` only after both were looked at, so that both mistakes are told.
    let program = program.as_ref().map(|program| entry::name(program, "program", problems));
    let listen = listen.as_ref().map(|listen| entry::listen(listen, problems));
    let change = ServiceChange {
        program: program.map_or(Some(None), |program| program.map(Some))?,
        listen: listen.map_or(Some(None), |listen| listen.map(Some))?,
        running,
    };
    Some(Action::Service(change))
}

fn env(raw: &At<BTreeMap<String, String>>, problems: &mut Problems) -> Option<Action> {
    if raw.value.is_empty() {
        problems.add(&raw.span, "`env` names no variable");
        return None;
    }
    let bad = |name: &&String| name.is_empty() || name.contains(['=', '\0']);
    if let Some(name) = raw.value.keys().find(bad) {
        problems.add(&raw.span, format!("`{name}` is not the name of a variable"));
        return None;
    }
    Some(Action::Env(raw.value.clone()))
}
