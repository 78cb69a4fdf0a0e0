//! Checks of single entries: names, words, routes, listen strings.

use std::collections::BTreeMap;

use crate::{
    node::Node,
    route::RoutePattern,
    scenario::{Listen, PhaseName, ServiceUser, error::Problems, listen, located::At, words},
};

/// What a name may look like, for messages.
pub(super) const NAME_RULE: &str = "a name has only a-z, 0-9 and `-`";

pub(super) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(allowed)
}

/// A name of the author's own.
pub(super) fn name(raw: &At<String>, field: &str, problems: &mut Problems) -> Option<String> {
    if !is_name(&raw.value) {
        problems.add_help(&raw.span, format!("bad {field} `{}`", raw.value), NAME_RULE);
        return None;
    }
    Some(raw.value.clone())
}

/// That no two things of one kind, for instance `remedies`, have the same name.
pub(super) fn unique<'a>(
    kinds: &str,
    names: impl Iterator<Item = &'a At<String>>,
    problems: &mut Problems,
) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        if let Some(offset) = first.get(name.value.as_str()) {
            let line = problems.line(*offset);
            let message =
                format!("two {kinds} are named `{}`; the first on line {line}", name.value);
            problems.add(&name.span, message);
        } else {
            first.insert(&name.value, name.span.start);
        }
    }
}

pub(super) fn not_empty(raw: &At<String>, field: &str, problems: &mut Problems) -> bool {
    let empty = raw.value.trim().is_empty();
    if empty {
        problems.add(&raw.span, format!("`{field}` is empty"));
    }
    !empty
}

pub(super) fn node(raw: &At<String>, problems: &mut Problems) -> Option<Node> {
    parsed(raw, problems)
}

pub(super) fn listen(raw: &At<String>, problems: &mut Problems) -> Option<Listen> {
    raw.value
        .parse::<Listen>()
        .map_err(|message| problems.add_help(&raw.span, message, listen::FORMS))
        .ok()
}

/// A user of the guest.
pub(super) fn user(raw: &At<String>, problems: &mut Problems) -> Option<ServiceUser> {
    let user = ServiceUser::ALL.into_iter().find(|user| user.name() == raw.value);
    if user.is_none() {
        let names = ServiceUser::ALL.map(ServiceUser::name);
        let message = format!("unknown user `{}`", raw.value);
        problems.add_help(&raw.span, message, words::one_of(&raw.value, &names));
    }
    user
}

pub(super) fn patterns(raw: &[At<String>], problems: &mut Problems) -> Vec<RoutePattern> {
    raw.iter().filter_map(|pattern| parsed(pattern, problems)).collect()
}

/// A phase that the scenario has. `phases` is `None` when which ones it has is not known.
pub(super) fn phase(
    raw: &At<String>,
    phases: Option<&[PhaseName]>,
    problems: &mut Problems,
) -> Option<PhaseName> {
    let known = phases?;
    let phase = raw.value.parse::<PhaseName>().ok().filter(|phase| known.contains(phase));
    if phase.is_none() {
        let names: Vec<String> = known.iter().map(PhaseName::to_string).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!("there is no phase `{}`", raw.value);
        problems.add_help(&raw.span, message, words::one_of(&raw.value, &names));
    }
    phase
}

/// A value of the vocabulary, whose parse error says which words are allowed.
pub(super) fn parsed<T: std::str::FromStr<Err = String>>(
    raw: &At<String>,
    problems: &mut Problems,
) -> Option<T> {
    match raw.value.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let (message, help) = words::split_hint(&error);
            problems.push(&raw.span, message, help);
            None
        }
    }
}
