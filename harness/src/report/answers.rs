//! What measurements found: a question and what was seen, for a person to write into the ledger.

use std::fmt::Write;

use crate::{
    machine_report::RanOn,
    run_result::{PhaseResult, RunResult, ScenarioResult, Verdict},
    scenario::Scenario,
};

/// The answers of a run, the questions in the order of the scenarios.
pub fn render(run: &RunResult, questions: &[&Scenario]) -> String {
    let mut text = format!("measured on {}\n", run.arm);
    for RanOn { machine, .. } in &run.machines {
        let _ = writeln!(text, "{}; {}", machine.windows.join(", "), machine.told());
    }
    for question in questions {
        let _ = writeln!(text, "\n{}\n  {}", question.title, question.sources.join(", "));
        match run.scenarios.iter().find(|result| result.name == question.name) {
            Some(result) => text += &answer(result),
            None => text += "  was not asked\n",
        }
    }
    text
}

fn answer(result: &ScenarioResult) -> String {
    if matches!(result.verdict, Verdict::Skip | Verdict::Error) {
        let reason = result.reason.as_deref().unwrap_or_default();
        return format!("  no answer: {}\n", reason.replace('\n', "\n    "));
    }
    result.phases.iter().map(phase).collect()
}

fn phase(phase: &PhaseResult) -> String {
    let mut text = format!("  {}\n", phase.name);
    for cell in &phase.cells {
        let hangup = cell.hangup.map(|hangup| format!(", hung up by {hangup:?}").to_uppercase());
        let hangup = hangup.map(|text| text.replace(", HUNG UP BY ", ", hung up by "));
        let exit = cell.exit_code.map(|exit| format!(", exit {exit}")).unwrap_or_default();
        let route = cell.route().to_string();
        let tool = cell.tool.to_string();
        let outcome = cell.outcome.to_string();
        let _ = writeln!(
            text,
            "    {route:<28} {tool:<7} {outcome:<16} {:>8.1} ms{exit}{}",
            cell.ms,
            hangup.unwrap_or_default()
        );
    }
    for probe in &phase.probes {
        let _ = writeln!(text, "    {}: {} -> exit {}", probe.on, probe.run, probe.exit);
        for line in probe.output.lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(text, "      {}", line.trim_end());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::sample;

    #[test]
    fn a_question_and_what_was_seen() {
        let scenario = sample::scenario(sample::TEXT);
        let phases = sample::results(&scenario);
        let result = ScenarioResult::judged(&scenario.name, scenario.cause, phases, vec![]);
        let run = RunResult {
            arm: "windows".to_owned(),
            wall_ms: 1,
            scenarios: vec![result],
            machines: vec![],
        };
        let text = render(&run, &[&scenario]);
        assert!(text.starts_with("measured on windows\n"), "{text}");
        assert!(text.contains(&scenario.title), "{text}");
        assert!(text.contains("  fault\n"), "{text}");
        let row = format!("{:<28} {:<7} no-route", "windows -> wsl-ip", "curl");
        assert!(text.contains(&row), "{text}");
        assert!(text.contains("wsl: firewall-cmd --state -> exit 0\n      running\n"), "{text}");
        let none = RunResult { scenarios: vec![], ..run };
        assert!(render(&none, &[&scenario]).contains("was not asked"));
    }
}
