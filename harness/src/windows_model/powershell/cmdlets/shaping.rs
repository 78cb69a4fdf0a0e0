//! `Where-Object`, `Select-Object`, `Format-Table`, `Format-List`: what is done with objects of any
//! kind.

use super::{Call, Cmdlet, Does};
use crate::windows_model::powershell::{
    error::Trouble,
    object::{Class, OPERATORS, Object, Value, holds},
    parameters::{Signature, condition, positional, switch, values},
    print,
    syntax::Condition,
};

const FORMATTING: [&str; 6] = ["DisplayError", "Expand", "Force", "GroupBy", "ShowError", "View"];

pub(super) const CMDLETS: [Cmdlet; 4] = [
    Cmdlet {
        does: Does::Where,
        signature: Signature {
            name: "Where-Object",
            id: "Microsoft.PowerShell.Commands.WhereObjectCommand",
            // `{ ... }`, or a property, an operator and a value.
            parameters: &[
                condition("FilterScript"),
                positional("Property", 0),
                positional("Value", 1),
                switch("EQ"),
                switch("NE"),
                switch("Like"),
                switch("NotLike"),
                switch("Match"),
                switch("NotMatch"),
            ],
            others: &[
                "CContains",
                "CEQ",
                "CGE",
                "CGT",
                "CIn",
                "CLE",
                "CLike",
                "CLT",
                "CMatch",
                "CNE",
                "CNotContains",
                "CNotIn",
                "CNotLike",
                "CNotMatch",
                "Contains",
                "GE",
                "GT",
                "In",
                "InputObject",
                "Is",
                "IsNot",
                "LE",
                "LT",
                "NotContains",
                "NotIn",
            ],
        },
    },
    Cmdlet {
        does: Does::Select,
        signature: Signature {
            name: "Select-Object",
            id: "Microsoft.PowerShell.Commands.SelectObjectCommand",
            parameters: &[positional("Property", 0), values("ExpandProperty"), values("First")],
            others: &[
                "ExcludeProperty",
                "Index",
                "InputObject",
                "Last",
                "Skip",
                "SkipLast",
                "Unique",
                "Wait",
            ],
        },
    },
    Cmdlet {
        does: Does::FormatTable,
        signature: Signature {
            name: "Format-Table",
            id: "Microsoft.PowerShell.Commands.FormatTableCommand",
            parameters: &[positional("Property", 0), switch("AutoSize"), switch("Wrap")],
            others: &FORMATTING,
        },
    },
    Cmdlet {
        does: Does::FormatList,
        signature: Signature {
            name: "Format-List",
            id: "Microsoft.PowerShell.Commands.FormatListCommand",
            parameters: &[positional("Property", 0)],
            others: &FORMATTING,
        },
    },
];

pub(super) fn filter(call: Call<'_>) -> Result<Vec<Object>, Trouble> {
    let written = match (call.bound.joined("Property"), call.bound.joined("Value")) {
        (Some(property), Some(value)) => {
            let given = OPERATORS.into_iter().find(|operator| {
                call.bound.names().any(|name| name.eq_ignore_ascii_case(operator))
            });
            given.map(|operator| Condition::Test { property, operator: operator.into(), value })
        }
        _ => None,
    };
    let condition = call.bound.condition.clone().or(written);
    let Some(condition) = condition else { return Err(call.lacks("such a condition")) };
    let mut kept = Vec::new();
    for object in objects(&call)? {
        match holds(&condition, object) {
            Some(true) => kept.push(object.clone()),
            Some(false) => {}
            None => {
                let known = OPERATORS.map(|operator| format!("-{operator}")).join(", ");
                return Err(call.lacks(&format!("a condition other than {known}")));
            }
        }
    }
    Ok(kept)
}

pub(super) fn select(call: Call<'_>) -> Result<Vec<Object>, Trouble> {
    let first = match call.bound.joined("First") {
        None => usize::MAX,
        Some(number) => number.parse().map_err(|_| call.lacks("such a -First"))?,
    };
    let objects = objects(&call)?.iter().take(first);
    if let Some(property) = call.bound.joined("ExpandProperty") {
        let mut texts = Vec::new();
        for object in objects {
            match object.property(&property) {
                Some((_, value)) => texts.push(Object::plain(value.clone())),
                None => {
                    return Err(call.says(
                        format!("Property \"{property}\" cannot be found."),
                        "InvalidArgument: (:) [{}], PSArgumentException",
                        "ExpandPropertyNotFound".to_owned(),
                    ));
                }
            }
        }
        return Ok(texts);
    }
    let Some(names) = call.bound.list("Property") else { return Ok(objects.cloned().collect()) };
    if names.iter().any(|name| name.contains(['*', '?'])) {
        return Err(call.lacks("a property with wildcards"));
    }
    let selected = objects.map(|object| {
        let properties = names.iter().map(|name| match object.property(name) {
            // Under the name it was asked for.
            Some((_, value)) => (name.clone(), value.clone()),
            None => (name.clone(), Value::from("")),
        });
        Object { class: Class::Selected, properties: properties.collect() }
    });
    Ok(selected.collect())
}

pub(super) fn table(call: Call<'_>) -> Result<String, Trouble> {
    let objects = objects(&call)?;
    Ok(match (call.bound.list("Property"), objects.first()) {
        (Some(names), Some(_)) => print::fitted_table(objects, &known(names, objects)),
        (None, Some(first)) if first.class == Class::Selected => {
            print::fitted_table(objects, &print::names(first))
        }
        (None, _) => print::by_itself(objects),
        (Some(_), None) => String::new(),
    })
}

pub(super) fn list(call: Call<'_>) -> Result<String, Trouble> {
    let objects = objects(&call)?;
    let Some(first) = objects.first() else { return Ok(String::new()) };
    let names = match call.bound.list("Property") {
        Some([all]) if all == "*" => print::names(first),
        Some(names) => known(names, objects),
        None => print::names(first),
    };
    Ok(print::list(objects, &names))
}

/// The names as the objects have them.
fn known(names: &[String], objects: &[Object]) -> Vec<String> {
    let spelled = |name: &String| {
        let known = objects.iter().find_map(|object| object.property(name));
        known.map_or_else(|| name.clone(), |(known, _)| known.clone())
    };
    names.iter().map(spelled).collect()
}

fn objects<'a>(call: &'a Call<'_>) -> Result<&'a [Object], Trouble> {
    call.input.as_deref().ok_or_else(|| call.lacks("a call at the start of a pipeline"))
}
