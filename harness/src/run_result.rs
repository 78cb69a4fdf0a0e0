//! What a run found: the data that verdicts, snapshots and reports work on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    agent::protocol::Output,
    cause::Cause,
    cell::Cell,
    failure::Failure,
    machine_report::{MachineReport, RanOn},
    node::Node,
    scenario::{CommandProbe, PhaseName},
};

/// What one phase showed.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseResult {
    /// Which phase.
    pub name: PhaseName,
    /// The matrix; with `--probes both`, two cells of a route and tool.
    pub cells: Vec<Cell>,
    /// The command probes that ran in it.
    pub probes: Vec<ProbeResult>,
    /// From the start of the boot to the last agent's hello, in milliseconds.
    pub boot_ms: f64,
    /// From the start of each node's boot to its agent's hello, in milliseconds.
    pub node_boot_ms: BTreeMap<Node, f64>,
    /// From the start of the boot to the last cell, in milliseconds.
    pub ms: f64,
    /// What happened, a line each, for a reader who looks for the reason of a failure.
    pub log: Vec<String>,
}

/// How a command probe ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// The line of the probe in its file: which probe it was.
    pub line: usize,
    /// Where it ran.
    pub on: Node,
    /// The command as the file writes it, placeholders unexpanded.
    pub run: String,
    /// Its exit code.
    pub exit: i32,
    /// The first line of its output (stdout, then stderr), without its end of line.
    pub first_line: String,
    /// What must stand in its output and does not.
    pub missing: Vec<String>,
    /// Its output, stdout before stderr, for a reader who looks for the reason of a failure.
    pub output: String,
}

impl ProbeResult {
    /// The result of a probe whose command ended like this. `mask` turns the lab's addresses into
    /// placeholders.
    pub fn new(probe: &CommandProbe, output: &Output, mask: impl Fn(&str) -> String) -> Self {
        let apart =
            if output.stdout.is_empty() || output.stdout.ends_with('\n') { "" } else { "\n" };
        let text = mask(&format!("{}{apart}{}", output.stdout, output.stderr));
        let line = text.lines().next().unwrap_or_default().trim_end().to_owned();
        let lacks = |wanted: &&String| !text.contains(wanted.as_str());
        let missing = probe.contains.iter().filter(lacks).cloned().collect();
        ProbeResult {
            line: probe.line,
            on: probe.on,
            run: probe.run.clone(),
            exit: output.exit,
            first_line: line,
            missing,
            output: text,
        }
    }
}

/// How a scenario ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every expectation holds.
    Pass,
    /// One does not.
    Fail,
    /// It did not run: this machine lacks something.
    Skip,
    /// The lab could not be built, or did something that is not an outcome.
    Error,
}

impl Verdict {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Skip => "skip",
            Verdict::Error => "error",
        }
    }
}

/// What one scenario showed.
#[derive(Clone, Debug)]
pub struct ScenarioResult {
    /// Its name.
    pub name: String,
    /// Its cause.
    pub cause: Cause,
    /// How it ended.
    pub verdict: Verdict,
    /// Why it was skipped or could not be built.
    pub reason: Option<String>,
    /// The median boot of its phases, in milliseconds.
    pub boot_ms: f64,
    /// Its phases, as far as they ran.
    pub phases: Vec<PhaseResult>,
    /// What did not hold.
    pub failures: Vec<Failure>,
}

impl ScenarioResult {
    /// A scenario whose phases all ran: it passes when nothing failed.
    pub fn judged(
        name: &str,
        cause: Cause,
        phases: Vec<PhaseResult>,
        failures: Vec<Failure>,
    ) -> Self {
        let verdict = if failures.is_empty() { Verdict::Pass } else { Verdict::Fail };
        let boot_ms = median(phases.iter().map(|phase| phase.boot_ms).collect());
        ScenarioResult {
            name: name.to_owned(),
            cause,
            verdict,
            reason: None,
            boot_ms,
            phases,
            failures,
        }
    }

    /// A scenario that no real Windows has recorded yet: nothing to fail against. `shown` says where
    /// what was seen waits for a review.
    pub fn unrecorded(
        name: &str,
        cause: Cause,
        phases: Vec<PhaseResult>,
        failures: Vec<Failure>,
        shown: String,
    ) -> Self {
        let unmet = match failures.len() {
            0 => "as the scenario expects".to_owned(),
            count => format!("{count} expectations of the scenario do not hold here"),
        };
        ScenarioResult {
            verdict: Verdict::Pass,
            reason: Some(format!("unrecorded: {unmet}; {shown}")),
            ..Self::judged(name, cause, phases, failures)
        }
    }

    /// Whether it passed only because there is no recording to hold it against.
    pub fn is_unrecorded(&self) -> bool {
        // No other pass has a reason.
        self.verdict == Verdict::Pass && self.reason.is_some()
    }

    /// A scenario that could not be built or run, with the error's text and the phases before it.
    pub fn error(name: &str, cause: Cause, reason: String, phases: Vec<PhaseResult>) -> Self {
        let verdict = Verdict::Error;
        ScenarioResult {
            verdict,
            reason: Some(reason),
            ..Self::judged(name, cause, phases, vec![])
        }
    }

    /// A scenario that this machine cannot run, with what would change that.
    pub fn skip(name: &str, cause: Cause, reason: String) -> Self {
        let verdict = Verdict::Skip;
        ScenarioResult {
            verdict,
            reason: Some(reason),
            ..Self::judged(name, cause, vec![], vec![])
        }
    }
}

/// What a run on one arm showed. What several arms showed is a slice of these.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// What booted the nodes: `netns`, `docker` or `windows`.
    pub arm: String,
    /// The whole run, in milliseconds.
    pub wall_ms: u64,
    /// Its scenarios, in the order of the catalogue.
    pub scenarios: Vec<ScenarioResult>,
    /// The machines, where they are a part of what was seen: on the windows arm. One, or one of each
    /// shard.
    pub machines: Vec<RanOn>,
}

impl RunResult {
    /// The machine that a scenario ran on, where it is known.
    pub fn machine_of(&self, scenario: &str) -> Option<&MachineReport> {
        let ran = |it: &&RanOn| it.scenarios.iter().any(|name| name == scenario);
        self.machines.iter().find(ran).map(|it| &it.machine)
    }
}

/// The middle value; 0 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[odd / 2],
        even => (values[even / 2 - 1] + values[even / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::stdout_first("a \nb\n", "c\n", "a")]
    #[case::stderr_when_silent("", "c\r\nd", "c")]
    #[case::nothing("", "", "")]
    #[case::an_empty_first_line("\nb\n", "c\n", "")]
    fn the_first_line(#[case] stdout: &str, #[case] stderr: &str, #[case] expected: &str) {
        let probe = CommandProbe {
            on: Node::Wsl,
            run: "x".to_owned(),
            phases: vec![],
            exit: 0,
            first_line: None,
            name: None,
            contains: vec!["d".to_owned(), "b".to_owned()],
            varies: false,
            line: 7,
        };
        let output = Output { exit: 1, stdout: stdout.to_owned(), stderr: stderr.to_owned() };
        let result = ProbeResult::new(&probe, &output, str::to_owned);
        assert_eq!((result.first_line.as_str(), result.exit, result.line), (expected, 1, 7));
    }

    #[test]
    fn what_its_output_lacks_is_noted_after_masking() {
        let text = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
            summary = 's'\n[[case]]\nname = 'a'\n[[probe]]\non = 'wsl'\nrun = 'x'\n\
            expect = { contains = ['at {wsl-ip}', 'to {windows-gateway}'] }\n";
        let probe = &crate::verdict::sample::scenario(text).probes[0];
        let output =
            Output { exit: 0, stdout: "up".to_owned(), stderr: "at 10.0.0.1\n".to_owned() };
        let mask = |text: &str| text.replace("10.0.0.1", "{wsl-ip}");
        let result = ProbeResult::new(probe, &output, mask);
        assert_eq!(result.missing, ["to {windows-gateway}"]);
        assert_eq!(result.output, "up\nat {wsl-ip}\n");
    }

    #[rstest]
    #[case::none(vec![], 0.0)]
    #[case::odd(vec![9.0, 1.0, 5.0], 5.0)]
    #[case::even(vec![4.0, 1.0, 2.0, 9.0], 3.0)]
    fn the_median(#[case] values: Vec<f64>, #[case] expected: f64) {
        assert!((median(values) - expected).abs() < 1e-9);
    }
}
