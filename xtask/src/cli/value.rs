//! Values that options take.

use std::{path::PathBuf, str::FromStr};

use clap::ValueEnum;

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
