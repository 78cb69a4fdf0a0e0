//! Checks of what a survey measures instead of the standard matrix.

use super::entry;
use crate::{
    route::{Route, RoutePattern},
    scenario::{
        MatrixChoice,
        error::Problems,
        located::At,
        raw::{RawMatrix, RawScenario},
    },
    tool::Tool,
};

pub(super) fn choice(file: &RawScenario, problems: &mut Problems) -> MatrixChoice {
    let Some(raw) = &file.matrix else { return MatrixChoice::default() };
    if file.kind.value == "fault" {
        let help = "what a fault leaves alone is half of it; leave `[matrix]` out";
        problems.add_help(&raw.span, "a fault is seen in the whole standard matrix", help);
    }
    if file.service.is_none() {
        problems.add(&raw.span, "without `[service]` there is nothing to measure");
    }
    let RawMatrix { routes, tools } = &raw.value;
    if routes.is_none() && tools.is_none() {
        problems.add(&raw.span, "`[matrix]` names neither `routes` nor `tools`");
    }
    MatrixChoice {
        routes: list(routes.as_ref(), "routes", problems, route),
        tools: list(tools.as_ref(), "tools", problems, entry::parsed),
    }
}

/// Whether the survey measures that cell: a list that is left out restricts nothing.
pub(super) fn measures(file: &RawScenario, route: Route, tool: Tool) -> bool {
    let Some(At { value: RawMatrix { routes, tools }, .. }) = &file.matrix else { return true };
    let route = routes.as_ref().is_none_or(|routes| {
        let parsed = routes.value.iter().filter_map(|it| it.value.parse::<RoutePattern>().ok());
        parsed.into_iter().any(|it| it.route == route)
    });
    let tool =
        tools.as_ref().is_none_or(|tools| tools.value.iter().any(|it| it.value == tool.name()));
    route && tool
}

fn list<T>(
    raw: Option<&At<Vec<At<String>>>>,
    name: &str,
    problems: &mut Problems,
    parse: impl Fn(&At<String>, &mut Problems) -> Option<T>,
) -> Vec<T> {
    let Some(raw) = raw else { return Vec::new() };
    if raw.value.is_empty() {
        problems.add(&raw.span, format!("`{name}` is empty: leave it out for the standard {name}"));
    }
    entry::unique(name, raw.value.iter(), problems);
    raw.value.iter().filter_map(|it| parse(it, problems)).collect()
}

fn route(raw: &At<String>, problems: &mut Problems) -> Option<Route> {
    let RoutePattern { route, tool } = entry::parsed(raw, problems)?;
    if tool.is_some() {
        let help = "name the tools in `tools`: every route is measured with each of them";
        problems.add_help(&raw.span, format!("`{}` is a cell, not a route", raw.value), help);
    }
    Some(route)
}
