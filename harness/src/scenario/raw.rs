//! The scenario file as it is written: field names, types and nothing else.
//!
//! Words of closed lists stay strings here, so that one reading finds every wrong one and says where
//! it stands; `check` turns them into the harness's types. The descriptions below become those of
//! `docs/scenario.schema.json`.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};

use super::{AddressOnRestart, located::At, schema};
use crate::{node::Node, tool::Tool};

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

/// One change on one node: exactly one of `run`, `write`, `service`, `env`.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step", transform = schema::one_action)]
pub(super) struct RawStep {
    /// Where.
    #[schemars(with = "Node")]
    pub(super) on: At<String>,
    /// A command line as a person would type it; `{wsl-ip}`, `{windows-gateway}` and
    /// `{windows-lan-ip}` expand when the step runs.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<At<String>>,
    /// A file to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) write: Option<At<RawWrite>>,
    /// A change of the node's service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service: Option<At<RawServiceChange>>,
    /// Variables for later steps and probes on the node, until `wsl --shutdown`.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) env: Option<At<BTreeMap<String, String>>>,
    /// The exit code that `run`, or a service that `ends`, must have; 0 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit: Option<At<i32>>,
}

/// A file to write.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Write")]
pub(super) struct RawWrite {
    /// Where on the node.
    #[schemars(length(min = 1))]
    pub(super) path: At<String>,
    /// The whole new content; placeholders expand as in `run`.
    pub(super) text: String,
}

/// A change of a node's service. What it does not name stays as it was.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ServiceChange")]
pub(super) struct RawServiceChange {
    /// Which of the node's services: a name of the author's own for one beside the node's own.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<At<String>>,
    /// Where it listens afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) listen: Option<At<String>>,
    /// The program afterwards.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) program: Option<At<String>>,
    /// What its command line has afterwards beyond what its manifest says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) args: Option<At<Vec<String>>>,
    /// Who runs it afterwards.
    #[schemars(extend("enum" = schema::users()))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<At<String>>,
    /// `restart` unless said otherwise; `ends`: it must end by itself without having listened.
    #[schemars(extend("enum" = ["restart", "stop", "ends"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<At<String>>,
}

/// A cure.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Remedy")]
pub(super) struct RawRemedy {
    /// Its phase is `remedy/<name>`.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    pub(super) name: At<String>,
    /// What to do.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) steps: Vec<At<RawStep>>,
    /// `all`, or the routes it restores; `all` unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) restores: Option<At<RawRestores>>,
    /// What it newly breaks, exactly.
    #[serde(default)]
    #[schemars(inner(regex(pattern = schema::route_pattern())))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) costs: Vec<At<String>>,
}

/// `all`, or a list of routes.
#[derive(Debug)]
pub(super) enum RawRestores {
    /// A word; only `all` is one.
    Word(String),
    /// Route patterns.
    Routes(Vec<At<String>>),
}

impl Serialize for RawRestores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            RawRestores::Word(word) => serializer.serialize_str(word),
            RawRestores::Routes(routes) => routes.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RawRestores {
    // Not `#[serde(untagged)]`: that buffers, and a buffered value has lost its place.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrRoutes;

        impl<'de> Visitor<'de> for WordOrRoutes {
            type Value = RawRestores;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"all\" or a list of routes")
            }

            fn visit_str<E>(self, word: &str) -> Result<RawRestores, E> {
                Ok(RawRestores::Word(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawRestores, A::Error> {
                let mut routes = Vec::new();
                while let Some(route) = seq.next_element()? {
                    routes.push(route);
                }
                Ok(RawRestores::Routes(routes))
            }
        }

        deserializer.deserialize_any(WordOrRoutes)
    }
}

impl JsonSchema for RawRestores {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Restores".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "`all`, or a list of routes.",
            "oneOf": [
                { "const": "all" },
                {
                    "type": "array",
                    "minItems": 1,
                    "items": { "type": "string", "pattern": schema::route_pattern() }
                }
            ]
        })
    }
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

/// A sentence of the article and what the lab shows of it.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Claim")]
pub(super) struct RawClaim {
    /// Its number in the ledger, for instance `1.4`.
    #[schemars(regex(pattern = r"^[0-9]+(\.[0-9]+)*$"))]
    pub(super) ledger: At<String>,
    /// `PHASE: FROM -> TO TOOL = OUTCOME` or `PHASE: NODE command NAME = exit-N`; checked in the
    /// run.
    #[schemars(length(min = 1))]
    pub(super) cells: At<Vec<At<String>>>,
    /// One sentence: what the cells show.
    #[schemars(length(min = 1))]
    pub(super) shows: At<String>,
    /// The name of a phase of its own, `claim/<name>`; needs `steps`.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<At<String>>,
    /// The steps of that phase.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) steps: Option<At<Vec<At<RawStep>>>>,
    /// What that phase starts from; `fault` unless said otherwise.
    #[schemars(extend("enum" = ["fault", "healthy"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<At<String>>,
    /// `modelled` where the cells look measured and rest on something that the lab made up.
    #[schemars(extend("enum" = ["modelled"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) basis: Option<At<String>>,
}

/// A command whose end is stated, for what a matrix cannot show.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Probe")]
pub(super) struct RawProbe {
    /// By which a claim names it.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<At<String>>,
    /// Where.
    #[schemars(with = "Node")]
    pub(super) on: At<String>,
    /// The command line, expanded like a step's.
    #[schemars(length(min = 1))]
    pub(super) run: At<String>,
    /// The phases it runs in; every phase unless said otherwise.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phases: Option<At<Vec<At<String>>>>,
    /// How it must end.
    #[serde(default)]
    #[serde(skip_serializing_if = "RawExpect::is_plain")]
    pub(super) expect: RawExpect,
}

/// How a command must end.
#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Expect")]
pub(super) struct RawExpect {
    /// The exit code; 0 unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit: Option<i32>,
    /// The first line of its output (stdout, then stderr); not looked at unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_line: Option<String>,
    /// Texts that must stand in its output.
    #[serde(default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) contains: Vec<String>,
    /// Whether its output differs between versions of the program, so that the snapshot leaves it
    /// out; false unless said otherwise.
    #[serde(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) varies: bool,
}

impl RawExpect {
    fn is_plain(&self) -> bool {
        let said = self.exit.is_some() || self.first_line.is_some() || self.varies;
        !said && self.contains.is_empty()
    }
}
