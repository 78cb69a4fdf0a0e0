//! What can be typed.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};
use harness::{
    rehearsal::tongue::Tongue, report::target::Target, route::RoutePattern, shard::Shard,
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
#[derive(Debug, Args)]
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

/// What `--arm windows` needs.
#[derive(Clone, Debug, Default, Args)]
pub struct WindowsOptions {
    /// Windows arm: change this machine; everything is put back. CI=true says so, too.
    #[arg(long)]
    pub yes_change_this_machine: bool,
    /// Windows arm: the tarball that a distro of the lab's own is imported from.
    #[arg(long, value_name = "PATH")]
    pub rootfs: Option<PathBuf>,
    /// Windows arm: a distro that is there and for the lab alone.
    #[arg(long, value_name = "NAME")]
    pub distro: Option<String>,
    /// Windows arm: what `bundle` has made on Linux.
    #[arg(long, value_name = "DIR")]
    pub bundle: Option<PathBuf>,
    /// Windows arm: a command whose stdin and stdout are an agent on another machine of the LAN.
    #[arg(long, value_name = "COMMAND")]
    pub lan: Option<String>,
    /// Windows arm: where matrices go that no snapshot records yet.
    #[arg(long, value_name = "DIR")]
    pub review: Option<PathBuf>,
}

/// `measure`
#[derive(Debug, Args)]
pub struct Measure {
    /// Names of questions, directories of `measurements`; none means all.
    pub names: Vec<String>,
    /// Whom to ask; anything but windows answers as the model does.
    #[arg(long, value_enum, default_value_t = ArmName::Windows)]
    pub arm: ArmName,
    #[command(flatten)]
    pub windows: WindowsOptions,
    /// Who measures.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// Also write a report: json=PATH, junit=PATH, md=PATH or html=PATH.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<Target>,
}

/// `bundle`
#[derive(Debug, Args)]
pub struct Bundle {
    /// Where to.
    pub directory: PathBuf,
    /// This program, built for x86_64-unknown-linux-musl.
    #[arg(long, value_name = "PATH")]
    pub agent: PathBuf,
}

/// `rehearse`
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Names of scenarios; none means the five that the lab began with.
    pub names: Vec<String>,
    /// Every scenario that can be run there.
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    #[command(flatten)]
    pub source: Source,
    /// Who measures.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    /// The language of Windows: en, de or zh.
    #[arg(long, default_value = "en")]
    pub language: Tongue,
    /// Who runs it is no administrator.
    #[arg(long)]
    pub not_elevated: bool,
    /// Kill the run at every command that it gives Windows, or at every N-th, clean up, and compare
    /// the machine.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1")]
    pub kill: Option<u32>,
    /// Answer the questions of `measure` instead of running scenarios.
    #[arg(long, conflicts_with_all = ["kill", "all"])]
    pub measure: bool,
    /// What `ci/rehearse` has built: xtask.exe, stand-in.exe, bcryptprimitives.dll, agent, prefix.
    #[arg(long, value_name = "DIR")]
    pub built: Option<PathBuf>,
    /// Also write a report: json=PATH, junit=PATH, md=PATH or html=PATH.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<Target>,
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

/// `collect`
#[derive(Debug, Args)]
pub struct Collect {
    /// Where to write the report; standard output unless said otherwise.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The port that does not answer; in a lab, the service's unless said otherwise.
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// What does not work, for instance "windows -> localhost" or "lan -> windows-lan-ip".
    #[arg(long, value_name = "FROM -> TO")]
    pub fails: Vec<RoutePattern>,
    /// The log of the server; its last lines become part of the report.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Only say which commands would run.
    #[arg(long)]
    pub preview: bool,
    /// Collect in this scenario's lab instead, from its nodes.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// The phase of that lab; its fault unless said otherwise.
    #[arg(long, value_name = "PHASE")]
    pub phase: Option<String>,
    #[command(flatten)]
    pub source: Source,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `repro`
#[derive(Debug, Args)]
pub struct Repro {
    /// The report; `-` is standard input.
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// Keep the reproduction as a scenario in this directory.
    #[arg(long, value_name = "DIR")]
    pub save: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// Only print the scenario that is made of the report; run nothing.
    #[arg(long)]
    pub scenario_only: bool,
    /// Who measures: real tools, or their twins in this program.
    #[arg(long, value_enum, default_value_t = ProbesName::Tools)]
    pub probes: ProbesName,
    #[command(flatten)]
    pub source: Source,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `roundtrip`
#[derive(Debug, Args)]
pub struct Roundtrip {
    /// Names of scenarios; none means all.
    pub names: Vec<String>,
    /// How many pairs of faults besides.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub pairs: usize,
    /// By which they are chosen.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// Write the report of every lab into this directory.
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
    /// Who measures: real tools, or their twins in this program.
    #[arg(long, value_enum, default_value_t = ProbesName::Native)]
    pub probes: ProbesName,
    #[command(flatten)]
    pub source: Source,
    /// Install nothing; do with what is there.
    #[arg(long)]
    pub no_install: bool,
}

/// `diagnose`
#[derive(Debug, Args)]
pub struct Diagnose {
    /// A report, a directory of reports (*.md), or - for stdin; this machine where none is named.
    #[arg(value_name = "REPORT.md|DIR|-", required_if_eq("score", "true"))]
    pub report: Option<PathBuf>,
    /// Without a report: the port of this machine that does not answer.
    #[arg(long, value_name = "N", conflicts_with = "report")]
    pub port: Option<u16>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// Compare with the causes that the directory's index.json knows, and print the shares.
    #[arg(long, conflicts_with = "format")]
    pub score: bool,
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

/// The arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArmName {
    /// Linux namespaces, rootless.
    Netns,
    /// Containers of a container engine.
    Docker,
    /// This machine, a Windows with WSL2.
    Windows,
}

impl ArmName {
    /// The one for the system that this program runs on.
    pub fn here() -> ArmName {
        if cfg!(windows) { ArmName::Windows } else { ArmName::Netns }
    }

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            ArmName::Netns => "netns",
            ArmName::Docker => "docker",
            ArmName::Windows => "windows",
        }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// To be run now.
    Arm(ArmName),
    /// What a run showed.
    Report(PathBuf),
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(arm) = ArmName::from_str(text, false) {
            return Ok(Side::Arm(arm));
        }
        if text.ends_with(".json") {
            return Ok(Side::Report(text.into()));
        }
        let arms: Vec<&str> = ArmName::value_variants().iter().map(|arm| arm.name()).collect();
        Err(format!("neither an arm ({}) nor a report (REPORT.json)", arms.join(", ")))
    }
}

/// The implementations of probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProbesName {
    /// The programs on PATH; a twin where one is missing.
    Tools,
    /// The twins.
    Native,
    /// Both, and they must agree.
    Both,
}

impl From<ProbesName> for harness::matrix::Probes {
    fn from(name: ProbesName) -> Self {
        match name {
            ProbesName::Tools => Self::Tools,
            ProbesName::Native => Self::Native,
            ProbesName::Both => Self::Both,
        }
    }
}

/// How `list` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A page to write.
#[derive(Clone, Debug)]
pub struct PageTarget {
    /// Where to.
    pub path: PathBuf,
}

impl FromStr for PageTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some(("md", path)) if !path.is_empty() => Ok(PageTarget { path: path.into() }),
            Some(("md", _)) => Err("`md=` wants a path: md=PATH".to_owned()),
            _ => Err(format!("`{text}` is not a report; write md=PATH")),
        }
    }
}
