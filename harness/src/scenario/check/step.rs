//! Checks of steps.

use std::collections::BTreeMap;

use super::entry;
use crate::{
    node::Node,
    scenario::{
        Action, ServiceChange, ServiceState, Step,
        error::Problems,
        located::At,
        raw::{RawServiceChange, RawStep, RawWrite},
        words,
    },
};

/// The words of a service's `state`.
const STATES: [&str; 3] = ["restart", "stop", "ends"];

pub(super) fn steps(raw: &[At<RawStep>], problems: &mut Problems) -> Vec<Step> {
    raw.iter().filter_map(|step| one(step, problems)).collect()
}

fn one(raw: &At<RawStep>, problems: &mut Problems) -> Option<Step> {
    let step = &raw.value;
    let on = entry::node(&step.on, problems);
    if let Some(exit) = &step.exit
        && step.run.is_none()
        && step.service.as_ref().is_none_or(|it| state(&it.value) != Some("ends"))
    {
        let help = "a `run` has one, and a service with `state = \"ends\"`";
        problems.add_help(&exit.span, "this step has no exit code", help);
    }
    let action = match (&step.run, &step.write, &step.service, &step.env) {
        (Some(run), None, None, None) => {
            entry::not_empty(run, "run", problems).then(|| Action::Run(run.value.clone()))
        }
        (None, Some(write), None, None) => self::write(write, problems),
        (None, None, Some(service), None) => self::service(service, on, problems),
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

fn state(raw: &RawServiceChange) -> Option<&str> {
    raw.state.as_ref().map(|state| state.value.as_str())
}

fn service(
    raw: &At<RawServiceChange>,
    on: Option<Node>,
    problems: &mut Problems,
) -> Option<Action> {
    let RawServiceChange { name, listen, program, args, user, .. } = &raw.value;
    let state = match state(&raw.value) {
        None | Some("restart") => ServiceState::Restart,
        Some("stop") => ServiceState::Stop,
        Some("ends") => ServiceState::Ends,
        Some(other) => {
            let span = raw.value.state.as_ref().map_or(&raw.span, |state| &state.span);
            let message = format!("unknown service state `{other}`");
            problems.add_help(span, message, words::one_of(other, &STATES));
            return None;
        }
    };
    if state == ServiceState::Stop {
        let extra = listen.as_ref().or(program.as_ref()).or(user.as_ref()).map(|it| &it.span);
        if let Some(extra) = extra.or(args.as_ref().map(|it| &it.span)) {
            let message = "a service that stops has none of `listen`, `program`, `args`, `user`";
            problems.add(extra, message);
            return None;
        }
    }
    // `?` only after all were looked at, so that every mistake is told.
    let name = name.as_ref().map(|name| entry::name(name, "service name", problems));
    let program = program.as_ref().map(|program| entry::name(program, "program", problems));
    let listen = listen.as_ref().map(|listen| entry::listen(listen, problems));
    if let Some(user) = user
        && on.is_some_and(|on| on != Node::Wsl)
    {
        problems
            .add(&user.span, "only the services of wsl have a `user`: only it has a second one");
    }
    let user = user.as_ref().map(|user| entry::user(user, problems));
    let change = ServiceChange {
        name: name.map_or(Some(None), |name| name.map(Some))?,
        program: program.map_or(Some(None), |program| program.map(Some))?,
        listen: listen.map_or(Some(None), |listen| listen.map(Some))?,
        args: args.as_ref().map(|args| args.value.clone()),
        user: user.map_or(Some(None), |user| user.map(Some))?,
        state,
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
