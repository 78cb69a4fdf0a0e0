//! What is told of a scenario that did not pass: expected, observed, difference, and the command
//! that repeats it.

use crate::run_result::{ScenarioResult, Verdict};

/// The details of a scenario that failed, could not be run, or was skipped; `None` when it passed.
/// `repeat` is the command that runs it alone.
pub fn explain(scenario: &ScenarioResult, repeat: &str) -> Option<String> {
    let name = &scenario.name;
    let mut text = match scenario.verdict {
        Verdict::Pass => return None,
        Verdict::Fail => format!("{name} failed ({})\n", scenario.cause),
        Verdict::Skip => format!("{name} was skipped ({})\n", scenario.cause),
        Verdict::Error => format!("{name} could not be run ({})\n", scenario.cause),
    };
    if let Some(reason) = &scenario.reason {
        reason.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    for (index, failure) in scenario.failures.iter().enumerate() {
        text.push_str(&format!("\n  {}. {failure}\n", index + 1));
        text.push_str(&format!("     expected    {}\n", failure.expected));
        text.push_str(&format!("     observed    {}\n", failure.observed));
        for (index, line) in failure.difference.iter().enumerate() {
            let label = if index == 0 { "difference" } else { "" };
            text.push_str(&format!("     {label:<10}  {line}\n"));
        }
    }
    if scenario.verdict == Verdict::Error {
        log(scenario, &mut text);
    }
    text.push_str(&format!("\n  repeat it:  {repeat}\n"));
    Some(text)
}

/// The command that runs this scenario alone. `options` are those of the run that a repetition
/// needs, each with a blank before it.
pub fn repeat_command(name: &str, options: &str) -> String {
    format!("cargo xtask run-scenarios {name}{options}")
}

/// What the last phase logged: where an error happened.
fn log(scenario: &ScenarioResult, text: &mut String) {
    let Some(phase) = scenario.phases.last().filter(|phase| !phase.log.is_empty()) else { return };
    text.push_str(&format!("\n  log of {}:\n", phase.name));
    phase.log.iter().for_each(|line| text.push_str(&format!("    {line}\n")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::Outcome,
        verdict::{judge, sample},
    };

    #[test]
    fn a_failure_is_told_in_order() {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        phases[2].cells[7].outcome = Outcome::Timeout;
        let failures = judge(&scenario, &phases);
        let result = ScenarioResult::judged("sample", scenario.cause, phases, failures);
        let expected = "\
sample failed (firewalld-block)

  1. remedy/whole restores all, but not `windows -> wsl-ip curl`: curl timeout
     expected    good (ok, open or http-2xx) in remedy/whole
     observed    curl timeout
     difference  windows -> wsl-ip curl: http-200 in healthy, no-route in fault, timeout in remedy/whole

  repeat it:  cargo xtask run-scenarios sample
";
        assert_eq!(explain(&result, &repeat_command("sample", "")).unwrap(), expected);
    }

    #[test]
    fn an_error_shows_its_text_and_the_log() {
        let scenario = sample::scenario(sample::TEXT);
        let mut phases = sample::results(&scenario);
        phases.truncate(1);
        phases[0].log = vec!["wsl: ip link".to_owned()];
        let result =
            ScenarioResult::error("sample", scenario.cause, "cannot boot\nwhy".to_owned(), phases);
        let told = explain(&result, "").unwrap();
        assert!(told.contains("could not be run (firewalld-block)\n  cannot boot\n  why\n"));
        assert!(told.contains("log of healthy:\n    wsl: ip link\n"), "{told}");
    }

    #[test]
    fn nothing_is_told_of_what_passed() {
        let scenario = sample::scenario(sample::TEXT);
        let result = ScenarioResult::judged("sample", scenario.cause, vec![], vec![]);
        assert!(explain(&result, "").is_none());
    }
}
