//! One run of the xtask, and what it said.

use std::{ffi::OsStr, path::Path};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// What a run of the xtask said.
#[derive(Debug)]
pub struct Run {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// Its JSON report; null where it wrote none.
    pub report: Value,
}

/// Runs the xtask with these arguments.
pub fn xtask<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments);
    Run::of(&mut command)
}

/// Runs the scenarios of a catalogue, or of the project where it is `None`.
pub fn run_scenarios(catalogue: Option<&Path>, arguments: &[&str]) -> Run {
    run_scenarios_by(Command::new(env!("CARGO_BIN_EXE_xtask")), catalogue, arguments)
}

/// Runs scenarios by this command, which starts the xtask somehow. Installs nothing.
pub fn run_scenarios_by(mut command: Command, catalogue: Option<&Path>, arguments: &[&str]) -> Run {
    let directory = TempDir::with_prefix("report-").unwrap();
    let path = directory.path().join("report.json");
    command.args(["run-scenarios", "--no-install"]).args(arguments);
    command.arg(format!("--report=json={}", path.display()));
    if let Some(catalogue) = catalogue {
        command.arg("--scenarios").arg(catalogue);
    }
    let mut run = Run::of(&mut command);
    if let Ok(text) = std::fs::read_to_string(path) {
        run.report = serde_json::from_str(&text).unwrap();
    }
    run
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Run {
        let output = command.output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            report: Value::Null,
        }
    }

    /// That it ended with this exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// That its standard output has this text.
    #[track_caller]
    pub fn prints(self, text: &str) -> Run {
        assert!(self.stdout.contains(text), "`{text}` is not in the output\n{self}");
        self
    }

    /// That its standard error has this text.
    #[track_caller]
    pub fn tells(self, text: &str) -> Run {
        assert!(self.stderr.contains(text), "`{text}` is not in the errors\n{self}");
        self
    }

    /// A scenario of the report.
    #[track_caller]
    pub fn scenario(&self, name: &str) -> &Value {
        let scenarios = self.report["scenarios"].as_array().expect("a report");
        scenarios.iter().find(|scenario| scenario["name"] == name).expect(name)
    }

    /// The cells of a phase.
    #[track_caller]
    pub fn cells(&self, scenario: &str, phase: &str) -> &[Value] {
        let phases = self.scenario(scenario)["phases"].as_array().expect("phases");
        let phase = phases.iter().find(|it| it["name"] == phase).expect(phase);
        phase["cells"].as_array().expect("cells")
    }

    /// One cell of a phase, named `FROM -> TO TOOL`.
    #[track_caller]
    pub fn cell(&self, scenario: &str, phase: &str, named: &str) -> &Value {
        let mut cells = self.cells(scenario, phase).iter();
        cells.find(|cell| name_of(cell) == named).expect(named)
    }
}

/// The name of a cell: `FROM -> TO TOOL`.
pub fn name_of(cell: &Value) -> String {
    let word = |key: &str| cell[key].as_str().unwrap_or_default();
    format!("{} -> {} {}", word("from"), word("to"), word("tool"))
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run { code, stdout, stderr, .. } = self;
        write!(f, "exit {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
