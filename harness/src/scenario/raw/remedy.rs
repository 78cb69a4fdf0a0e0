//! Cures as they are written.

use std::fmt;

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};

use super::RawStep;
use crate::scenario::{located::At, schema};

/// A cure.
#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Remedy")]
pub(in crate::scenario) struct RawRemedy {
    /// Its phase is `remedy/<name>`.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    pub(in crate::scenario) name: At<String>,
    /// What to do.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::scenario) steps: Vec<At<RawStep>>,
    /// `all`, or the routes it restores; `all` unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::scenario) restores: Option<At<RawRestores>>,
    /// What it newly breaks, exactly.
    #[serde(default)]
    #[schemars(inner(regex(pattern = schema::route_pattern())))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::scenario) costs: Vec<At<String>>,
}

/// `all`, or a list of routes.
#[derive(Debug)]
pub(in crate::scenario) enum RawRestores {
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
