//! The JSON schema of the scenario file, generated from the types that read it.

use schemars::{Schema, SchemaGenerator, transform::transform_subschemas};
use serde_json::{Value, json};

use super::{ServiceUser, raw::RawScenario};
use crate::{cause::Cause, node::Node, target::Host, tool::Tool};

/// The schema as the text of `docs/scenario.schema.json`.
pub fn json_schema() -> String {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<RawScenario>();
    schema.insert("title".to_owned(), json!("reachlab scenario"));
    without_null(&mut schema);
    format!("{:#}\n", schema.to_value())
}

/// An optional field has the type of its value: TOML cannot write the `null` of an [`Option`].
fn without_null(schema: &mut Schema) {
    schema.remove("default");
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some([only, null]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice)
        && *null == json!({ "type": "null" })
        && let Some(reference) = only.get("$ref").cloned()
    {
        schema.remove("anyOf");
        schema.insert("$ref".to_owned(), reference);
    }
    transform_subschemas(&mut without_null, schema);
}

/// The slugs that `cause` may have.
pub(super) fn causes() -> Vec<&'static str> {
    Cause::all().map(Cause::slug).collect()
}

/// A regular expression for `FROM -> TO` and `FROM -> TO TOOL`.
pub(super) fn route_pattern() -> String {
    let tools = Tool::ALL.map(Tool::name).join("|");
    format!("^{}(\\s+({tools}))?\\s*$", row())
}

/// A regular expression for `FROM -> TO`.
pub(super) fn row_pattern() -> String {
    format!("^{}\\s*$", row())
}

fn row() -> String {
    let escape = |word: &str| word.replace('.', r"\.").replace('[', r"\[").replace(']', r"\]");
    let nodes = Node::ALL.map(Node::name).join("|");
    let hosts = Host::ALL.map(|host| escape(host.name())).join("|");
    format!("\\s*({nodes})\\s+->\\s+({hosts})(:[0-9]+)?")
}

/// Which tables a `fault` and a `survey` have.
pub(super) fn by_kind(schema: &mut Schema) {
    let absent = |names: &[&str]| json!({ "anyOf": names.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>() });
    schema.insert(
        "oneOf".to_owned(),
        json!([
            {
                "properties": { "kind": { "const": "fault" } },
                "required": ["service", "fault", "remedy", "signature"],
                "not": absent(&["case", "matrix"])
            },
            {
                "properties": { "kind": { "const": "survey" } },
                "required": ["case"],
                "not": absent(&["fault", "remedy", "signature"])
            }
        ]),
    );
}

/// A step does exactly one thing, and only a `run` or a service that ends has an exit code.
pub(super) fn one_action(schema: &mut Schema) {
    let only = |name: &str| json!({ "required": [name] });
    schema.insert("oneOf".to_owned(), json!(["run", "write", "service", "env"].map(only)));
    schema.insert(
        "dependentSchemas".to_owned(),
        json!({ "exit": { "anyOf": [
            only("run"),
            { "properties": { "service": { "properties": { "state": { "const": "ends" } } } },
              "required": ["service"] }
        ] } }),
    );
}

/// Who can run a service.
pub(super) fn users() -> [&'static str; 2] {
    ServiceUser::ALL.map(ServiceUser::name)
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;

    #[test]
    fn the_schema_in_docs_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenario.schema.json");
        let generated = json_schema();
        if env::var_os("UPDATE_SCHEMA").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &generated).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            committed == generated,
            "docs/scenario.schema.json is not what the types say; run \
             `UPDATE_SCHEMA=1 cargo test -p harness schema` and review the change"
        );
    }

    #[test]
    fn closed_lists_and_requirements_are_in_it() {
        let schema: Value = serde_json::from_str(&json_schema()).unwrap();
        assert_eq!(schema["properties"]["schema"]["const"], 1);
        assert_eq!(schema["additionalProperties"], false);
        let causes = schema["properties"]["cause"]["enum"].as_array().unwrap();
        assert_eq!(causes.len(), Cause::all().count());
        let required = |name: &str| schema["$defs"][name]["required"].clone();
        assert_eq!(required("Signature"), json!(["breaks"]));
        assert_eq!(required("Step"), json!(["on"]));
        assert_eq!(required("Remedy"), json!(["name", "steps"]));
        assert_eq!(required("Claim"), json!(["ledger", "cells", "shows"]));
        assert_eq!(required("Machine"), Value::Null);
        assert!(!json_schema().contains("null"), "TOML has no null");
        assert_eq!(schema["$defs"]["Step"]["oneOf"].as_array().unwrap().len(), 4);
    }
}
