//! What a real Windows, or Wine in its place, is told.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;
use harness::{rehearsal::tongue::Tongue, report::target::Target};

use super::{ArmName, ProbesName, Source};

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
#[derive(Clone, Debug, Args)]
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
    /// How many labs may exist at once.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Kill the run at every command that changes something, or at every N-th, clean up, and compare
    /// the machine.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1")]
    pub kill: Option<NonZeroUsize>,
    /// Press Ctrl-C there instead, and compare the machine.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1")]
    #[arg(conflicts_with = "kill")]
    pub interrupt: Option<NonZeroUsize>,
    /// Answer the questions of `measure` instead of running scenarios.
    #[arg(long, conflicts_with_all = ["kill", "interrupt", "all"])]
    pub measure: bool,
    /// What `ci/rehearse` has built: xtask.exe, stand-in.exe, bcryptprimitives.dll, agent, prefix.
    #[arg(long, value_name = "DIR")]
    pub built: Option<PathBuf>,
    /// Also write a report: json=PATH, junit=PATH, md=PATH or html=PATH.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<Target>,
}
