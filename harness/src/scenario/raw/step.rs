//! Steps as they are written: what is done on a node.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    node::Node,
    scenario::{located::At, schema},
};

/// One change on one node: exactly one of `run`, `write`, `service`, `env`.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step", transform = schema::one_action)]
pub(in crate::scenario) struct RawStep {
    /// Where.
    #[schemars(with = "Node")]
    pub(in crate::scenario) on: At<String>,
    /// A command line as a person would type it; `{wsl-ip}`, `{windows-gateway}` and
    /// `{windows-lan-ip}` expand when the step runs.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) run: Option<At<String>>,
    /// A file to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) write: Option<At<RawWrite>>,
    /// A change of the node's service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) service: Option<At<RawServiceChange>>,
    /// Variables for later steps and probes on the node, until `wsl --shutdown`.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) env: Option<At<BTreeMap<String, String>>>,
    /// The exit code that `run`, or a service that `ends`, must have; 0 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) exit: Option<At<i32>>,
}

/// A file to write.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Write")]
pub(in crate::scenario) struct RawWrite {
    /// Where on the node.
    #[schemars(length(min = 1))]
    pub(in crate::scenario) path: At<String>,
    /// The whole new content; placeholders expand as in `run`.
    pub(in crate::scenario) text: String,
}

/// A change of a node's service. What it does not name stays as it was.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ServiceChange")]
pub(in crate::scenario) struct RawServiceChange {
    /// Which of the node's services: a name of the author's own for one beside the node's own.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) name: Option<At<String>>,
    /// Where it listens afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) listen: Option<At<String>>,
    /// The program afterwards.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) program: Option<At<String>>,
    /// What its command line has afterwards beyond what its manifest says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) args: Option<At<Vec<String>>>,
    /// Who runs it afterwards.
    #[schemars(extend("enum" = schema::users()))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) user: Option<At<String>>,
    /// `restart` unless said otherwise; `ends`: it must end by itself without having listened.
    #[schemars(extend("enum" = ["restart", "stop", "ends"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) state: Option<At<String>>,
}
