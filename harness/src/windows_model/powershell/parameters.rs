//! Parameters of cmdlets, and arguments bound to them as PowerShell does it: by name, by a
//! beginning of a name that fits only one, by position.

use super::{
    error::{ErrorRecord, Trouble},
    syntax::{ArgumentKind, Command, Condition, Value},
    token::Span,
};
use crate::windows_model::not_modelled;

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A value, or several with commas between them.
    Values,
    /// Nothing.
    Switch,
    /// A condition.
    Condition,
}

/// A parameter that is modelled.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Another name of it, or none.
    pub alias: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Its place among the arguments without a name.
    pub position: Option<usize>,
}

/// A cmdlet's name and parameters.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// What stands behind an error's name in `FullyQualifiedErrorId`.
    pub id: &'static str,
    /// What is modelled.
    pub parameters: &'static [Parameter],
    /// What Windows has besides, without common parameters.
    pub others: &'static [&'static str],
}

/// Parameters of every cmdlet that are not modelled.
const COMMON: [&str; 12] = [
    "Debug",
    "ErrorVariable",
    "InformationAction",
    "InformationVariable",
    "OutBuffer",
    "OutVariable",
    "PipelineVariable",
    "UseTransaction",
    "Verbose",
    "WarningAction",
    "WarningVariable",
    "WhatIf",
];

/// Parameters of every cmdlet that are.
const COMMON_MODELLED: [Parameter; 2] = [values("ErrorAction").or("ea"), switch("Confirm")];

/// A parameter that takes values.
pub const fn values(name: &'static str) -> Parameter {
    Parameter { name, alias: "", takes: Takes::Values, position: None }
}

/// A parameter that takes values and needs no name at this place.
pub const fn positional(name: &'static str, position: usize) -> Parameter {
    Parameter { name, alias: "", takes: Takes::Values, position: Some(position) }
}

/// A parameter that is there or not.
pub const fn switch(name: &'static str) -> Parameter {
    Parameter { name, alias: "", takes: Takes::Switch, position: None }
}

/// A parameter that takes a condition.
pub const fn condition(name: &'static str) -> Parameter {
    Parameter { name, alias: "", takes: Takes::Condition, position: None }
}

impl Parameter {
    /// The same with another name besides.
    pub const fn or(self, alias: &'static str) -> Parameter {
        Parameter { alias, ..self }
    }
}

/// Arguments by parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    values: Vec<(&'static str, Vec<String>)>,
    switches: Vec<(&'static str, bool)>,
    /// The condition, of a cmdlet that takes one.
    pub condition: Option<Condition>,
}

impl Bound {
    /// The values of a parameter; `None` where it was not given.
    pub fn list(&self, name: &str) -> Option<&[String]> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, values)| values.as_slice())
    }

    /// The values of a parameter with commas between them.
    pub fn joined(&self, name: &str) -> Option<String> {
        self.list(name).map(|values| values.join(","))
    }

    /// Whether the switch was given and not `$false`.
    pub fn is_set(&self, name: &str) -> bool {
        self.switches.iter().any(|(known, on)| *known == name && *on)
    }

    /// The names of what was given.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let values = self.values.iter().map(|(name, _)| *name);
        values.chain(self.switches.iter().map(|(name, _)| *name))
    }

    /// Whether errors are to be said, or only counted.
    pub fn says_errors(&self) -> bool {
        let quiet = |value: &str| ["silentlycontinue", "ignore"].contains(&value);
        !self.joined("ErrorAction").is_some_and(|value| quiet(&value.to_lowercase()))
    }
}

/// Binds the arguments of a command.
///
/// # Errors
/// PowerShell's own error, or a parameter that is not modelled.
pub fn bind(signature: &Signature, command: &Command) -> Result<Bound, Trouble> {
    let mut bound = Bound::default();
    let mut arguments = command.arguments.iter().peekable();
    let mut unnamed = Vec::new();
    while let Some(argument) = arguments.next() {
        let (name, colon) = match &argument.kind {
            ArgumentKind::Value(value) => {
                unnamed.push((value, argument.span));
                continue;
            }
            ArgumentKind::Name { name, colon } => (name, *colon),
        };
        let parameter = resolve(signature, command, name, argument.span)?;
        let already = || bound.names().any(|known| known == parameter.name);
        if already() {
            return Err(twice(signature, command, parameter.name, argument.span));
        }
        let is_value =
            |argument: &&super::syntax::Argument| matches!(argument.kind, ArgumentKind::Value(_));
        if parameter.takes == Takes::Switch && !colon {
            bound.switches.push((parameter.name, true));
            continue;
        }
        let Some(ArgumentKind::Value(value)) =
            arguments.next_if(is_value).map(|argument| &argument.kind)
        else {
            return Err(no_value(signature, command, parameter.name, argument.span));
        };
        put(&mut bound, parameter, value)?;
    }
    let mut positions: Vec<_> = all(signature)
        .filter(|parameter| parameter.position.is_some())
        .filter(|parameter| !bound.names().any(|known| known == parameter.name))
        .collect();
    positions.sort_by_key(|parameter| parameter.position);
    let mut positions = positions.into_iter();
    for (value, _) in unnamed {
        let script = all(signature)
            .find(|parameter| parameter.takes == Takes::Condition)
            .filter(|_| matches!(value, Value::Block(_)) && bound.condition.is_none());
        match script.or_else(|| positions.next()) {
            Some(parameter) => put(&mut bound, parameter, value)?,
            None => return Err(no_position(signature, command, value)),
        }
    }
    Ok(bound)
}

fn all(signature: &Signature) -> impl Iterator<Item = Parameter> {
    signature.parameters.iter().copied().chain(COMMON_MODELLED)
}

fn put(bound: &mut Bound, parameter: Parameter, value: &Value) -> Result<(), Trouble> {
    let name = parameter.name;
    match (parameter.takes, value) {
        (Takes::Values, Value::Text(text)) => bound.values.push((name, vec![text.clone()])),
        (Takes::Values, Value::List(texts)) => bound.values.push((name, texts.clone())),
        // What is an enumeration of True and False in these modules takes booleans as well.
        (Takes::Values, Value::Bool(value)) => {
            bound.values.push((name, vec![if *value { "True" } else { "False" }.to_owned()]));
        }
        (Takes::Switch, Value::Bool(value)) => bound.switches.push((name, *value)),
        (Takes::Condition, Value::Block(condition)) => bound.condition = Some(condition.clone()),
        _ => {
            let what = format!("such a value of the parameter -{name}");
            return Err(not_modelled(what, "text, lists of texts, $true and $false").into());
        }
    }
    Ok(())
}

/// The parameter that a name or the beginning of one means.
fn resolve(
    signature: &Signature,
    command: &Command,
    typed: &str,
    span: Span,
) -> Result<Parameter, Trouble> {
    let known = all(signature).map(|parameter| (parameter.name, Some(parameter)));
    let others = signature.others.iter().chain(&COMMON).map(|name| (*name, None));
    let all: Vec<_> = known.chain(others).collect();
    let is_alias = |parameter: &Parameter| parameter.alias.eq_ignore_ascii_case(typed);
    let exact = all.iter().find(|(name, parameter)| {
        name.eq_ignore_ascii_case(typed) || parameter.as_ref().is_some_and(is_alias)
    });
    let begins =
        |name: &str| name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    let fitting: Vec<_> = match exact {
        Some(exact) => vec![exact],
        None => all.iter().filter(|(name, _)| begins(name)).collect(),
    };
    match fitting.as_slice() {
        [(_, Some(parameter))] => Ok(*parameter),
        [(name, None)] => {
            let modelled = signature.parameters.iter().map(|parameter| parameter.name);
            let modelled: Vec<_> = modelled.map(|name| format!("-{name}")).collect();
            let what = format!("the parameter -{name} of {}", signature.name);
            Err(not_modelled(what, modelled.join(", ")).into())
        }
        [] => Err(binding(
            signature,
            command,
            format!("A parameter cannot be found that matches parameter name '{typed}'."),
            "NamedParameterNotFound",
            span,
        )),
        several => {
            let names: Vec<_> = several.iter().map(|(name, _)| format!("-{name}")).collect();
            Err(binding(
                signature,
                command,
                format!(
                    "Parameter cannot be processed because the parameter name '{typed}' is \
                     ambiguous. Possible matches include: {}.",
                    names.join(" ")
                ),
                "AmbiguousParameter",
                span,
            ))
        }
    }
}

fn no_value(signature: &Signature, command: &Command, name: &str, span: Span) -> Trouble {
    let message = format!(
        "Missing an argument for parameter '{name}'. Specify a parameter of type \
         'System.String' and try again."
    );
    binding(signature, command, message, "MissingArgument", span)
}

fn twice(signature: &Signature, command: &Command, name: &str, span: Span) -> Trouble {
    let message = format!(
        "Cannot bind parameter because parameter '{name}' is specified more than once. To \
         provide multiple values to parameters that can accept multiple values, use the array \
         syntax. For example, \"-parameter value1,value2,value3\"."
    );
    binding(signature, command, message, "ParameterAlreadyBound", span)
}

fn no_position(signature: &Signature, command: &Command, value: &Value) -> Trouble {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::List(_) => "System.Object[]".to_owned(),
        Value::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Value::Block(_) | Value::Nested(_) => "...".to_owned(),
    };
    let message = format!("A positional parameter cannot be found that accepts argument '{text}'.");
    binding(signature, command, message, "PositionalParameterNotFound", command.span)
}

fn binding(
    signature: &Signature,
    command: &Command,
    message: String,
    id: &str,
    span: Span,
) -> Trouble {
    Trouble::Said(ErrorRecord {
        command: Some(command.name.clone()),
        message,
        category: format!("InvalidArgument: (:) [{}], ParameterBindingException", signature.name),
        id: format!("{id},{}", signature.id),
        span,
    })
}
