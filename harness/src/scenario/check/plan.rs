//! Checks of what the two kinds of scenario consist of.

use std::ops::Range;

use super::{entry, step};
use crate::{
    route::RoutePattern,
    scenario::{
        Case, Plan, Remedy, Restores, Signature,
        error::Problems,
        located::At,
        raw::{RawRemedy, RawRestores, RawScenario, RawSignature},
        words,
    },
};

pub(super) fn plan(raw: &RawScenario, problems: &mut Problems) -> Option<Plan> {
    match raw.kind.value.as_str() {
        "fault" => fault(raw, problems),
        "survey" => survey(raw, problems),
        other => {
            let message = format!("unknown kind `{other}`");
            let help = words::one_of(other, &["fault", "survey"]);
            problems.add_help(&raw.kind.span, message, help);
            None
        }
    }
}

fn fault(raw: &RawScenario, problems: &mut Problems) -> Option<Plan> {
    if let Some(case) = raw.case.first() {
        let help = "cases belong to kind = \"survey\"; a fault has `[[fault]]` and `[[remedy]]`";
        problems.add_help(&case.span, "a fault scenario has no `[[case]]`", help);
    }
    if raw.fault.is_empty() {
        let help = "add a `[[fault]]` step that switches the fault on";
        problems.add_help(&raw.kind.span, "the fault scenario has no `[[fault]]`", help);
    }
    if raw.remedy.is_empty() {
        let help = "add a `[[remedy]]` with `name` and `steps`; every fault has a cure";
        problems.add_help(&raw.kind.span, "the fault scenario has no `[[remedy]]`", help);
    }
    let fault = step::steps(&raw.fault, problems);
    entry::unique("remedies", raw.remedy.iter().map(|it| &it.value.name), problems);
    let remedies = raw.remedy.iter().filter_map(|it| remedy(it, problems)).collect();
    let Some(signature) = &raw.signature else {
        missing_breaks(&raw.kind.span, problems);
        return None;
    };
    Some(Plan::Fault { fault, remedies, signature: self::signature(signature, problems) })
}

fn survey(raw: &RawScenario, problems: &mut Problems) -> Option<Plan> {
    let strangers: [(&str, Option<&Range<usize>>); 3] = [
        ("[[fault]]", raw.fault.first().map(|it| &it.span)),
        ("[[remedy]]", raw.remedy.first().map(|it| &it.span)),
        ("[signature]", raw.signature.as_ref().map(|it| &it.span)),
    ];
    for (table, span) in strangers {
        if let Some(span) = span {
            let help = "a survey has `[[case]]`; faults and remedies belong to kind = \"fault\"";
            problems.add_help(span, format!("a survey has no `{table}`"), help);
        }
    }
    if raw.case.is_empty() {
        let help = "add a `[[case]]` with `name` and `steps`";
        problems.add_help(&raw.kind.span, "the survey has no `[[case]]`", help);
    }
    entry::unique("cases", raw.case.iter().map(|it| &it.value.name), problems);
    let cases = raw.case.iter().filter_map(|case| {
        let steps = step::steps(&case.value.steps, problems);
        Some(Case { name: entry::name(&case.value.name, "case name", problems)?, steps })
    });
    Some(Plan::Survey { cases: cases.collect() })
}

fn remedy(raw: &At<RawRemedy>, problems: &mut Problems) -> Option<Remedy> {
    let RawRemedy { name, steps, restores, costs } = &raw.value;
    if steps.is_empty() {
        problems.add(&raw.span, format!("the remedy `{}` has no steps", name.value));
    }
    let name = entry::name(name, "remedy name", problems);
    let steps = step::steps(steps, problems);
    let costs = entry::patterns(costs, problems);
    let restores = match restores {
        None => Some(Restores::All),
        Some(restores) => self::restores(restores, problems),
    };
    Some(Remedy { name: name?, steps, restores: restores?, costs })
}

fn restores(raw: &At<RawRestores>, problems: &mut Problems) -> Option<Restores> {
    match &raw.value {
        RawRestores::Word(word) if word == "all" => Some(Restores::All),
        RawRestores::Word(word) => {
            let message = format!("`restores` is `all` or a list of routes, not `{word}`");
            let route = word.parse::<RoutePattern>().ok();
            let help = route.map(|route| format!("write restores = [\"{route}\"]"));
            problems.push(&raw.span, message, help);
            None
        }
        RawRestores::Routes(routes) if routes.is_empty() => {
            let help = "steps that cure nothing belong into a `[[claim]]` of their own";
            problems.add_help(&raw.span, "a remedy restores at least one route", help);
            None
        }
        RawRestores::Routes(routes) => Some(Restores::Routes(entry::patterns(routes, problems))),
    }
}

fn signature(raw: &At<RawSignature>, problems: &mut Problems) -> Signature {
    let RawSignature { breaks, keeps } = &raw.value;
    match breaks {
        None => missing_breaks(&raw.span, problems),
        Some(breaks) if breaks.value.is_empty() => missing_breaks(&breaks.span, problems),
        Some(_) => {}
    }
    let breaks = breaks.as_ref().map_or(&[][..], |breaks| &breaks.value);
    for keep in keeps {
        contradiction(keep, breaks, problems);
    }
    Signature { breaks: entry::patterns(breaks, problems), keeps: entry::patterns(keeps, problems) }
}

/// A route whose every cell stays good has no cell that breaks.
fn contradiction(keep: &At<String>, breaks: &[At<String>], problems: &mut Problems) {
    let Ok(kept) = keep.value.parse::<RoutePattern>() else { return };
    for broken in breaks.iter().filter_map(|it| it.value.parse::<RoutePattern>().ok()) {
        if kept.route == broken.route && (kept.tool.is_none() || kept.tool == broken.tool) {
            let message = format!("`{kept}` cannot be kept: `{broken}` is in `breaks`");
            problems.add(&keep.span, message);
        }
    }
}

fn missing_breaks(span: &Range<usize>, problems: &mut Problems) {
    problems.add_help(
        span,
        "the fault scenario says nothing in `signature.breaks`",
        "name at least one route that the fault breaks: breaks = [\"windows -> wsl-ip curl\"]",
    );
}
