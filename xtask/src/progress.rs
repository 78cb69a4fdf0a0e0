//! What is shown while scenarios run: a bar on a terminal, one line a scenario anywhere.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use harness::{
    run_result::{ScenarioResult, Verdict},
    runner::Event,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows events.
pub struct Progress {
    bar: ProgressBar,
    colour: bool,
}

impl Progress {
    /// For a run of that many phases.
    pub fn new(phases: u64) -> Progress {
        let terminal = stderr().is_terminal();
        let bar = bar(phases, "{bar:24} {pos}/{len} phases  {msg}");
        Progress { bar, colour: terminal && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Shows one event.
    pub fn show(&self, event: &Event) {
        match event {
            Event::Phase { scenario, phase } => {
                self.bar.set_message(format!("{scenario} {phase}"));
                self.bar.inc(1);
            }
            Event::Scenario(result) => self.scenario(result),
        }
    }

    /// Shows how a scenario ended.
    pub fn scenario(&self, result: &ScenarioResult) {
        let colour = match result.verdict {
            Verdict::Pass => "32",
            Verdict::Skip => "33",
            Verdict::Fail | Verdict::Error => "31",
        };
        let word = format!("{:<5}", result.verdict.name());
        let word = if self.colour { format!("\x1b[{colour}m{word}\x1b[0m") } else { word };
        let mut line = format!("{word} {}", result.name);
        if let Some(first) = result.reason.as_deref().and_then(|reason| reason.lines().next()) {
            line.push_str(&format!("  ({first})"));
        }
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Ends the bar.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// A bar on a terminal; elsewhere it only counts.
pub fn bar(all: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(all);
    bar.set_draw_target(if stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    });
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
