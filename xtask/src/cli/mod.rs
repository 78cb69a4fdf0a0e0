//! What can be typed.

mod reports;
mod value;
mod windows;

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use harness::{report::target::Target, shard::Shard};

pub use self::{
    reports::{Collect, Diagnose, Learn, Repro, Roundtrip},
    value::{ArmName, ListFormat, PageTarget, ProbesName, Side},
    windows::{Bundle, Measure, Rehearse, WindowsOptions},
};

/// Rebuilds "the server runs in WSL2, but localhost:8080 does not answer from Windows".
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios: set each failure up, see it, cure it, check it.
    RunScenarios(RunScenarios),
    /// The catalogue.
    List(List),
    /// One scenario told as a story.
    Explain(Explain),
    /// Every claim of the article: whether it is so, and what shows it, looked up in a run.
    Claims(Claims),
    /// Climb name, ping, TCP and HTTP to a server, and say what each rung does not prove.
    Ladder(Ladder),
    /// A report of this machine, fit to paste into an issue; only reads, sends nothing.
    Collect(Collect),
    /// Build a lab from a report, see it fail as reported, and find what cures it.
    Repro(Repro),
    /// Fault, report, diagnosis, reproduction, cure: the whole way round, for every fault.
    Roundtrip(Roundtrip),
    /// Say which cause a bug report points to, quoting it.
    Diagnose(Diagnose),
    /// Weigh the words of reports whose cause is known, for diagnose; writes what it learns.
    Learn(Learn),
    /// What this machine can run, and for what it cannot, the command that changes it.
    Doctor(Doctor),
    /// Boot time beside `ip -batch`, and runs in a row.
    Bench(Bench),
    /// Run scenarios on two arms and compare every cell.
    Parity(Parity),
    /// Join the JSON reports of shards into what one run would have reported.
    Merge(Merge),
    /// Take back what killed runs have left: on this Windows, or in a container engine.
    Clean,
    /// Ask what only a Windows can answer, and print the answers.
    Measure(Measure),
    /// Build what the windows arm cannot build on Windows, into a directory.
    Bundle(Bundle),
    /// Run the Windows build under Wine, in a lab whose Windows its programs lead to.
    Rehearse(Rehearse),
    /// Install what the tests need, then run them all.
    Test(Test),
}

/// Where scenarios come from.
#[derive(Clone, Debug, Args)]
pub struct Source {
    /// A directory of scenarios other than the project's.
    #[arg(long, value_name = "DIR")]
    pub scenarios: Option<PathBuf>,
}

/// `run-scenarios`
#[derive(Debug, Args)]
pub struct RunScenarios {
    /// Names of scenarios; none means all.
    pub names: Vec<String>,
    #[command(flatten)]
    pub source: Source,
    /// What boots the nodes.
    #[arg(long, value_enum, default_value_t = ArmName::here())]
    pub arm: ArmName,
    #[command(flatten)]
    pub windows: WindowsOptions,
    /// Who measures: real tools, their twins in this program, or both, which must agree.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// How many labs may exist at once.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// A skipped scenario is a failure.
    #[arg(long)]
    pub strict: bool,
    /// Of these, only the Nth of M parts of about the same size, for instance 2/6.
    #[arg(long, value_name = "N/M")]
    pub shard: Option<Shard>,
    /// Also write a report: json=PATH, junit=PATH, md=PATH or html=PATH.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<Target>,
    /// Write the snapshots instead of comparing with them.
    #[arg(long)]
    pub accept: bool,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
    /// Print every matrix, not only those of what failed.
    #[arg(long, short)]
    pub verbose: bool,
}

impl RunScenarios {
    /// The options that a repetition of one scenario needs, each with a blank before it.
    pub fn to_repeat(&self) -> String {
        let mut options = String::new();
        if let Some(directory) = &self.source.scenarios {
            options.push_str(&format!(" --scenarios {}", directory.display()));
        }
        if self.arm != ArmName::here() {
            options.push_str(&format!(" --arm {}", self.arm.name()));
        }
        if let Some(probes) =
            self.probes.to_possible_value().filter(|_| self.probes != ProbesName::Tools)
        {
            options.push_str(&format!(" --probes {}", probes.get_name()));
        }
        options
    }
}

/// `list`
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub source: Source,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The scenario.
    pub name: String,
    /// Leave nothing out, however long it gets.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub source: Source,
}

/// `claims`
#[derive(Debug, Args)]
pub struct Claims {
    /// Claims, by number or by section: 2.4.3, 2.4, 2; none means all.
    #[arg(value_name = "NUMBER")]
    pub numbers: Vec<String>,
    /// Those that this scenario shows.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    #[command(flatten)]
    pub source: Source,
    /// List only; run nothing.
    #[arg(long)]
    pub no_run: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// Also write what the scenarios state as a page: `md=docs/CLAIMS.md`.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<PageTarget>,
    /// Who measures.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// How many labs may exist at once.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `ladder`
#[derive(Debug, Args)]
pub struct Ladder {
    /// HOST:PORT, localhost:8080 unless said otherwise; with --scenario, targets of the lab.
    #[arg(value_name = "HOST:PORT")]
    pub places: Vec<String>,
    /// Climb in this scenario's lab instead, from windows, wsl and lan.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// The phase of that lab; its fault unless said otherwise.
    #[arg(long, value_name = "PHASE")]
    pub phase: Option<String>,
    #[command(flatten)]
    pub source: Source,
    /// Who measures: real tools, or their twins in this program.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Install what is missing, where this user may.
    #[arg(long)]
    pub install: bool,
}

/// `bench`
#[derive(Debug, Args)]
pub struct Bench {
    /// How many labs to boot for the median.
    #[arg(long, default_value = "50", value_name = "N")]
    pub boots: NonZeroUsize,
    /// Run the whole catalogue this many times and compare every cell with the first run.
    #[arg(long, value_name = "N")]
    pub soak: Option<NonZeroUsize>,
    /// Who measures in a soak.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
}

/// `parity`
#[derive(Debug, Args)]
pub struct Parity {
    /// The arm to compare with, or the JSON report of a run on one.
    #[arg(value_name = "ARM|REPORT.json")]
    pub expected: Side,
    /// The arm to compare, or such a report.
    #[arg(value_name = "ARM|REPORT.json")]
    pub observed: Side,
    /// Names of scenarios; none means all, or those that ran in every report given.
    pub names: Vec<String>,
    /// Of a real Windows: only say what docs/FIDELITY.md would record; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub source: Source,
    /// Who measures.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `merge`
#[derive(Debug, Args)]
pub struct Merge {
    /// JSON reports of `run-scenarios`.
    #[arg(required = true, value_name = "REPORT.json")]
    pub reports: Vec<PathBuf>,
    /// Also write a report: json=PATH, junit=PATH, md=PATH or html=PATH.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<Target>,
    /// Every scenario of the catalogue must be in them, on each arm; one that is not is an error.
    #[arg(long)]
    pub complete: bool,
    #[command(flatten)]
    pub source: Source,
    /// A skipped scenario is a failure.
    #[arg(long)]
    pub strict: bool,
}

/// `test`
#[derive(Debug, Args)]
pub struct Test {
    /// Install nothing; what cannot be tested here is skipped, and said.
    #[arg(long)]
    pub no_install: bool,
    /// Arguments for `cargo test`.
    #[arg(last = true)]
    pub arguments: Vec<String>,
}
