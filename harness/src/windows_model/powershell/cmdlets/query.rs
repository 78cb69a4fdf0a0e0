//! Objects found by their properties, as the cmdlets made from CIM classes find them.

use super::Call;
use crate::windows_model::powershell::{
    error::Trouble,
    object::{Object, like},
};

/// A parameter by which objects are found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The parameter, and the property it is compared with.
    pub name: &'static str,
    /// Whether it may have wildcards.
    pub wildcards: bool,
}

/// A key that is called as its property.
pub(super) const fn key(name: &'static str) -> Key {
    Key { name, wildcards: true }
}

/// A key whose values have no wildcards.
pub(super) const fn exact(name: &'static str) -> Key {
    Key { name, wildcards: false }
}

/// The objects that fit every parameter that was given.
///
/// # Errors
/// Nothing fits, and what was asked for had no wildcard.
pub(super) fn find(
    call: &Call<'_>,
    class: &str,
    keys: &[Key],
    objects: Vec<Object>,
) -> Result<Vec<Object>, Trouble> {
    let given: Vec<_> = keys
        .iter()
        .filter_map(|key| call.bound.list(key.name).map(|values| (key, values)))
        .collect();
    let fits = |object: &Object| {
        given.iter().all(|(key, values)| {
            let text = object.text(key.name);
            values.iter().any(|value| {
                if key.wildcards { like(&text, value) } else { text.eq_ignore_ascii_case(value) }
            })
        })
    };
    let found: Vec<_> = objects.into_iter().filter(fits).collect();
    let has_wildcards = given.iter().any(|(key, values)| {
        key.wildcards && values.iter().any(|value| value.contains(['*', '?']))
    });
    if !found.is_empty() || given.is_empty() || has_wildcards {
        return Ok(found);
    }
    Err(nothing(call, class, &given))
}

fn nothing(call: &Call<'_>, class: &str, given: &[(&Key, &[String])]) -> Trouble {
    if let [(key, values)] = given {
        let value = values.join(",");
        let property = key.name;
        return call.says(
            format!(
                "No {class} objects found with property '{property}' equal to '{value}'.  Verify \
                 the value of the property and retry."
            ),
            &format!("ObjectNotFound: ({value}:String) [{{}}], CimJobException"),
            format!("CmdletizationQuery_NotFound_{property}"),
        );
    }
    let conditions = given.iter().map(|(key, values)| {
        let values = values.iter().map(|value| format!("({} = {})", key.name, operand(value)));
        format!("({})", values.collect::<Vec<_>>().join(" OR "))
    });
    call.says(
        format!(
            "No matching {class} objects found by CIM query for instances of the \
             ROOT/StandardCimv2/{class} class on the  CIM server: SELECT * FROM {class}  WHERE \
             {}. Verify query parameters and retry.",
            conditions.collect::<Vec<_>>().join(" AND ")
        ),
        &format!("ObjectNotFound: ({class}:String) [{{}}], CimJobException"),
        "CmdletizationQuery_NotFound".to_owned(),
    )
}

/// A value as the query has it: numbers as they are, states of TCP by number.
fn operand(value: &str) -> String {
    const STATES: [(&str, u8); 5] =
        [("Closed", 1), ("Listen", 2), ("Established", 5), ("CloseWait", 8), ("TimeWait", 11)];
    let state = STATES.iter().find(|(name, _)| name.eq_ignore_ascii_case(value));
    match (state, value.parse::<u32>()) {
        (Some((_, number)), _) => number.to_string(),
        (None, Ok(number)) => number.to_string(),
        (None, Err(_)) => format!("'{value}'"),
    }
}
