//! The scenario file as it is written: field names, types and nothing else.
//!
//! Words of closed lists stay strings here, so that one reading finds every wrong one and says where
//! it stands; `check` turns them into the harness's types. The descriptions below become those of
//! `docs/scenario.schema.json`.

mod remedy;
mod shown;
mod step;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) use self::{
    remedy::{RawRemedy, RawRestores},
    shown::{RawClaim, RawExpect, RawProbe},
    step::{RawServiceChange, RawStep, RawWrite},
};
use super::{AddressOnRestart, located::At, schema};
use crate::tool::Tool;

/// One failure (or a survey of cases): how it is set up, what it breaks, and what cures it.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Scenario", transform = schema::by_kind)]
pub(super) struct RawScenario {
    /// The version of this format.
    #[schemars(extend("const" = super::file::SCHEMA))]
    pub(super) schema: At<i64>,
    /// `fault`: a control, a fault and its remedies. `survey`: several cases, measured.
    #[schemars(extend("enum" = ["fault", "survey"]))]
    pub(super) kind: At<String>,
    /// One line: the failure.
    #[schemars(length(min = 1))]
    pub(super) title: At<String>,
    /// The class of failure.
    #[schemars(extend("enum" = schema::causes()))]
    pub(super) cause: At<String>,
    /// Where the facts come from: article sections, issues, sources.
    #[schemars(length(min = 1))]
    pub(super) sources: At<Vec<At<String>>>,
    /// Three or four lines: the mechanism, who sees it, who does not.
    #[schemars(length(min = 1))]
    pub(super) summary: At<String>,
    /// The server under test; only a survey of commands has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service: Option<At<RawService>>,
    /// What differs from a fresh Windows 11 in NAT mode.
    #[serde(default)]
    #[serde(skip_serializing_if = "RawMachine::is_fresh")]
    pub(super) machine: RawMachine,
    /// What a survey measures, where that is not the standard matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) matrix: Option<At<RawMatrix>>,
    /// Steps before every phase, before the service starts.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) setup: Vec<At<RawStep>>,
    /// Steps that switch the fault on.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fault: Vec<At<RawStep>>,
    /// Cures, each applied to a freshly faulted lab.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) remedy: Vec<At<RawRemedy>>,
    /// What the fault breaks and what it leaves alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<At<RawSignature>>,
    /// The cases of a survey.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) case: Vec<At<RawCase>>,
    /// Sentences of the article, and the cells that show what is true.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) claim: Vec<At<RawClaim>>,
    /// Commands for what a matrix cannot show.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) probe: Vec<At<RawProbe>>,
}

/// The server under test.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Service")]
pub(super) struct RawService {
    /// A directory of `fixtures/services`; `go-http` unless said otherwise.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) program: Option<At<String>>,
    /// Network and address as Go's `net.Listen` takes them, for instance `tcp4 0.0.0.0:8080`.
    pub(super) listen: At<String>,
    /// What its command line has beyond what its manifest says.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) args: Vec<String>,
    /// Who runs it; `root` unless said otherwise.
    #[schemars(extend("enum" = schema::users()))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<At<String>>,
}

/// What differs from a fresh Windows 11 in NAT mode.
#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Machine")]
pub(super) struct RawMachine {
    /// `wsl2.localhostForwarding` of the user's `.wslconfig`; true unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) localhost_forwarding: Option<bool>,
    /// Whether WSL's relay takes what listens on loopback, as it does since build 18970 of Windows;
    /// true unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) relays_loopback: Option<bool>,
    /// Whether the guest has another address after `wsl --shutdown`; `keep` unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wsl_address_on_restart: Option<AddressOnRestart>,
}

impl RawMachine {
    fn is_fresh(&self) -> bool {
        self.localhost_forwarding.is_none()
            && self.relays_loopback.is_none()
            && self.wsl_address_on_restart.is_none()
    }
}

/// What a survey measures instead of the standard matrix.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Matrix")]
pub(super) struct RawMatrix {
    /// `FROM -> TO`, each a row; the standard routes unless said otherwise.
    #[schemars(length(min = 1), inner(regex(pattern = schema::row_pattern())))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) routes: Option<At<Vec<At<String>>>>,
    /// The standard tools unless said otherwise.
    #[schemars(with = "Option<Vec<Tool>>", length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<At<Vec<At<String>>>>,
}

/// What the fault breaks and what it leaves alone.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Signature")]
pub(super) struct RawSignature {
    /// Routes that are good in `healthy` and bad in `fault`.
    #[schemars(length(min = 1))]
    #[schemars(required, inner(regex(pattern = schema::route_pattern())))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) breaks: Option<At<Vec<At<String>>>>,
    /// Routes that stay good in every phase.
    #[serde(default)]
    #[schemars(inner(regex(pattern = schema::route_pattern())))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) keeps: Vec<At<String>>,
}

/// A case of a survey.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
pub(super) struct RawCase {
    /// Its phase is `case/<name>`.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    pub(super) name: At<String>,
    /// What to do; nothing for the machine as it is.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) steps: Vec<At<RawStep>>,
}
