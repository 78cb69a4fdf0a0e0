//! Who is no administrator: what the run left out has to be what this Windows would have refused,
//! and nothing else.

use harness::{
    node::Node,
    rehearsal::elevation,
    run_result::{RunResult, Verdict},
    scenario::{Action, Scenario},
};

/// Whether each scenario that types what is refused was skipped, and says why, and others ran.
/// Tells what is otherwise.
pub fn agrees(run: &RunResult, selected: &[&Scenario]) -> bool {
    let mut wrong = Vec::new();
    let (mut ran, mut left_out) = (0, 0);
    for result in &run.scenarios {
        let refused = selected
            .iter()
            .find(|scenario| scenario.name == result.name)
            .and_then(|scenario| typed(scenario).into_iter().find(|line| elevation::refuses(line)));
        let reason = result.reason.as_deref().unwrap_or_default();
        let said = result.verdict == Verdict::Skip && reason.contains("needs an elevated terminal");
        match refused {
            Some(_) if said => left_out += 1,
            Some(line) => wrong.push(format!("{}: is refused `{line}`", result.name)),
            None if said => wrong.push(format!("{}: {reason}, which nobody refuses", result.name)),
            None => ran += usize::from(result.verdict == Verdict::Pass),
        }
    }
    if ran == 0 || left_out == 0 {
        wrong.push(format!("{ran} ran and {left_out} were left out: that shows nothing"));
    }
    for line in &wrong {
        println!("not elevated: {line}");
    }
    wrong.is_empty()
}

/// The lines that a scenario types on Windows.
fn typed(scenario: &Scenario) -> Vec<&str> {
    let phases = scenario.phases();
    let steps = phases.iter().flat_map(|phase| phase.groups.iter().copied().flatten());
    let steps = steps.chain(&scenario.setup).filter(|step| step.on == Node::Windows);
    let mut lines: Vec<&str> = steps
        .filter_map(|step| match &step.action {
            Action::Run(line) => Some(line.as_str()),
            _ => None,
        })
        .collect();
    let probes = scenario.probes.iter().filter(|probe| probe.on == Node::Windows);
    lines.extend(probes.map(|probe| probe.run.as_str()));
    lines
}
