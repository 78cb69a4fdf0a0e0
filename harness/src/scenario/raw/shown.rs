//! What a scenario shows, as it is written: claims, and commands whose end is stated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawStep;
use crate::{node::Node, scenario::located::At};

/// A sentence of the article and what the lab shows of it.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Claim")]
pub(in crate::scenario) struct RawClaim {
    /// Its number in the ledger, for instance `1.4`.
    #[schemars(regex(pattern = r"^[0-9]+(\.[0-9]+)*$"))]
    pub(in crate::scenario) ledger: At<String>,
    /// `PHASE: FROM -> TO TOOL = OUTCOME` or `PHASE: NODE command NAME = exit-N`; checked in the
    /// run.
    #[schemars(length(min = 1))]
    pub(in crate::scenario) cells: At<Vec<At<String>>>,
    /// One sentence: what the cells show.
    #[schemars(length(min = 1))]
    pub(in crate::scenario) shows: At<String>,
    /// The name of a phase of its own, `claim/<name>`; needs `steps`.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) name: Option<At<String>>,
    /// The steps of that phase.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) steps: Option<At<Vec<At<RawStep>>>>,
    /// What that phase starts from; `fault` unless said otherwise.
    #[schemars(extend("enum" = ["fault", "healthy"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) base: Option<At<String>>,
    /// `modelled` where the cells look measured and rest on something that the lab made up.
    #[schemars(extend("enum" = ["modelled"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) basis: Option<At<String>>,
}

/// A command whose end is stated, for what a matrix cannot show.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Probe")]
pub(in crate::scenario) struct RawProbe {
    /// By which a claim names it.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) name: Option<At<String>>,
    /// Where.
    #[schemars(with = "Node")]
    pub(in crate::scenario) on: At<String>,
    /// The command line, expanded like a step's.
    #[schemars(length(min = 1))]
    pub(in crate::scenario) run: At<String>,
    /// The phases it runs in; every phase unless said otherwise.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) phases: Option<At<Vec<At<String>>>>,
    /// How it must end.
    #[serde(default)]
    #[serde(skip_serializing_if = "RawExpect::is_plain")]
    pub(in crate::scenario) expect: RawExpect,
}

/// How a command must end.
#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Expect")]
pub(in crate::scenario) struct RawExpect {
    /// The exit code; 0 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) exit: Option<i32>,
    /// The first line of its output (stdout, then stderr); not looked at unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) first_line: Option<String>,
    /// Texts that must stand in its output.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::scenario) contains: Vec<String>,
    /// Whether its output differs between versions of the program, so that the snapshot leaves it
    /// out; false unless said otherwise.
    #[serde(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::scenario) varies: bool,
}

impl RawExpect {
    fn is_plain(&self) -> bool {
        let said = self.exit.is_some() || self.first_line.is_some() || self.varies;
        !said && self.contains.is_empty()
    }
}
