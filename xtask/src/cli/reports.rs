//! From a machine to a report, and from a report to a cure.

use std::path::PathBuf;

use clap::Args;
use harness::route::RoutePattern;

use super::{ListFormat, ProbesName, Source};

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
    /// The report; `-` is standard input. With --score a directory of them.
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// Reproduce every report that the directory's index.json knows, and print the shares.
    #[arg(long, conflicts_with_all = ["save", "format", "scenario_only"])]
    pub score: bool,
    /// With --score: fail where fewer than this many are reproduced.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "score")]
    pub least: usize,
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
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
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

/// `learn`
#[derive(Debug, Args)]
pub struct Learn {
    /// Directories of reports with an index.json of their causes; none means the project's own.
    #[arg(value_name = "DIR")]
    pub directories: Vec<PathBuf>,
    /// Where to write; the file that diagnose is built with where it is not said.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
