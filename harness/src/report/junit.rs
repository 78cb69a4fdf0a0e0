//! The JUnit report: a suite for each arm, a case for each scenario.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Told, difference, table, view};
use crate::run_result::{RunResult, ScenarioResult, Verdict};

/// The report as one XML document.
///
/// # Errors
/// None is known: what XML cannot hold is left out.
pub fn render(told: Told<'_>) -> Result<String, SerializeError> {
    let mut report = Report::new("reachlab");
    report.set_time(Duration::from_millis(told.runs.iter().map(|run| run.wall_ms).sum()));
    for run in told.runs {
        let mut suite = TestSuite::new(run.arm.as_str());
        suite.set_time(Duration::from_millis(run.wall_ms));
        for scenario in &run.scenarios {
            suite.add_test_case(case(run, scenario, &told.repeat(run, scenario)));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn case(run: &RunResult, scenario: &ScenarioResult, repeat: &str) -> TestCase {
    let told = || difference::explain(scenario, repeat).unwrap_or_default();
    let remark = view::remark(scenario);
    let bad = |kind, class: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(remark.as_str()).set_type(class).set_description(told());
        status
    };
    let status = match scenario.verdict {
        Verdict::Pass if !scenario.is_unrecorded() => TestCaseStatus::success(),
        // JUnit has no word for what was seen and held against nothing: it is no success.
        Verdict::Pass | Verdict::Skip => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(scenario.reason.as_deref().unwrap_or_default());
            status
        }
        Verdict::Fail => bad(NonSuccessKind::Failure, scenario.cause.slug()),
        Verdict::Error => bad(NonSuccessKind::Error, "lab"),
    };
    let mut case = TestCase::new(scenario.name.as_str(), status);
    case.set_classname(format!("reachlab.{}", run.arm));
    // Phases run side by side, so this is what the scenario alone would take, one after the other.
    let ms: f64 = scenario.phases.iter().map(|phase| phase.ms).sum();
    case.set_time(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default());
    if matches!(scenario.verdict, Verdict::Fail | Verdict::Error) {
        let matrices: Vec<String> = scenario.phases.iter().map(table::matrix).collect();
        case.set_system_out(matrices.join("\n"));
    }
    case
}

#[cfg(test)]
mod tests {
    use quick_xml::{Reader, events::Event};

    use super::*;
    use crate::report::sample;

    /// Every start tag of a well-formed document.
    fn tags(text: &str) -> Vec<String> {
        let mut reader = Reader::from_str(text);
        let mut tags = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) | Event::Empty(tag) => {
                    tags.push(String::from_utf8_lossy(&tag).into_owned());
                }
                Event::Eof => return tags,
                _ => {}
            }
        }
    }

    fn report() -> String {
        let runs = [sample::run("netns"), sample::run("docker")];
        render(Told { runs: &runs, repeat: None }).unwrap()
    }

    #[test]
    fn every_ending_has_its_word() {
        let tags = tags(&report());
        assert!(
            tags[0].contains(r#"name="reachlab" tests="8" skipped="2" failures="2" errors="2""#)
        );
        let suite =
            "testsuite name=\"docker\" tests=\"4\" skipped=\"1\" errors=\"1\" failures=\"1\"";
        assert!(tags.iter().any(|tag| tag.starts_with(suite)), "{tags:#?}");
        let case = "testcase name=\"good\" classname=\"reachlab.netns\" time=\"1.650\"";
        assert!(tags.iter().any(|tag| tag == case), "{tags:#?}");
        let failure = tags.iter().find(|tag| tag.starts_with("failure")).unwrap();
        assert!(failure.contains("message=\"remedy/whole restores all, but not"), "{failure}");
        assert!(failure.contains("type=\"firewalld-block\""), "{failure}");
        let error = tags.iter().find(|tag| tag.starts_with("error")).unwrap();
        assert!(error.contains("wsl: cannot &lt;boot&gt;"), "{error}");
    }

    #[test]
    fn what_nothing_is_recorded_of_is_skipped_with_its_reason() {
        let mut run = sample::run("windows");
        let good = run.scenarios.swap_remove(0);
        let seen = "what was seen is in seen/good.snap".to_owned();
        run.scenarios =
            vec![ScenarioResult::unrecorded("good", good.cause, good.phases, vec![], seen)];
        let text = render(Told { runs: &[run], repeat: None }).unwrap();
        let tags = tags(&text);
        assert!(tags[0].contains(r#"tests="1" skipped="1" failures="0" errors="0""#), "{tags:?}");
        let skipped = tags.iter().find(|tag| tag.starts_with("skipped")).unwrap();
        assert!(skipped.contains("message=\"unrecorded: as the scenario expects; "), "{skipped}");
    }

    #[test]
    fn a_failure_tells_all_and_how_to_repeat_it_on_its_arm() {
        let report = report();
        assert!(report.contains("expected    good (ok, open or http-2xx) in remedy/whole"));
        assert!(report.contains("cargo xtask run-scenarios bad\n"));
        assert!(report.contains("cargo xtask run-scenarios bad --arm docker\n"));
        assert!(report.contains("<system-out>healthy"), "{report}");
        assert_eq!(report.matches("<system-out>").count(), 4, "of the failed and broken only");
    }
}
