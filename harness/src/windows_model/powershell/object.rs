//! Objects: what cmdlets pass on to each other.

use super::syntax::Condition;

/// A property's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
}

impl Value {
    /// As it is printed.
    pub fn text(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(number.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::from(if value { "True" } else { "False" })
    }
}

/// What an object is, which decides how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Of `Get-NetAdapter`.
    Adapter,
    /// Of `Get-NetIPAddress`.
    Address,
    /// Of `Get-NetRoute`.
    Route,
    /// Of `Get-NetTCPConnection`.
    Connection,
    /// Of `Get-Service`.
    Service,
    /// Of `Get-Process`.
    Process,
    /// Of `Get-Command`.
    Command,
    /// Of the `NetFirewallRule` cmdlets.
    FirewallRule,
    /// Of `Get-NetFirewallProfile`.
    FirewallProfile,
    /// Of `Select-Object`.
    Selected,
    /// A text or a number, of `Select-Object -ExpandProperty`.
    Plain,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub class: Class,
    /// Its properties, in the order they are listed.
    pub properties: Vec<(String, Value)>,
}

impl Object {
    /// An object of these properties.
    pub fn new(
        class: Class,
        properties: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Object {
        let properties = properties.into_iter().map(|(name, value)| (name.to_owned(), value));
        Object { class, properties: properties.collect() }
    }

    /// A value alone.
    pub fn plain(value: Value) -> Object {
        Object { class: Class::Plain, properties: vec![(String::new(), value)] }
    }

    /// A property, without regard to case, and its name as it was given.
    pub fn property(&self, name: &str) -> Option<&(String, Value)> {
        let find =
            |name: &str| self.properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        // Some classes have the number of the interface under both names.
        let other =
            |one: &str, other| name.eq_ignore_ascii_case(one).then(|| find(other)).flatten();
        find(name)
            .or_else(|| other("InterfaceIndex", "ifIndex"))
            .or_else(|| other("ifIndex", "InterfaceIndex"))
    }

    /// A property's text; nothing where there is none.
    pub fn text(&self, name: &str) -> String {
        self.property(name).map(|(_, value)| value.text()).unwrap_or_default()
    }
}

/// Operators of a condition that are modelled.
pub const OPERATORS: [&str; 6] = ["eq", "ne", "like", "notlike", "match", "notmatch"];

/// Whether the condition holds; `None` for an operator that is not modelled.
pub fn holds(condition: &Condition, object: &Object) -> Option<bool> {
    Some(match condition {
        Condition::And(left, right) => holds(left, object)? && holds(right, object)?,
        Condition::Or(left, right) => holds(left, object)? || holds(right, object)?,
        Condition::Test { property, operator, value } => {
            let text = object.text(property);
            match operator.as_str() {
                "eq" => text.eq_ignore_ascii_case(value),
                "ne" => !text.eq_ignore_ascii_case(value),
                "like" => like(&text, value),
                "notlike" => !like(&text, value),
                "match" => is_in(&text, value)?,
                "notmatch" => !is_in(&text, value)?,
                _ => return None,
            }
        }
    })
}

/// Of regular expressions, those that are plain text.
fn is_in(text: &str, pattern: &str) -> Option<bool> {
    let plain = |character: char| character.is_alphanumeric() || " _-:/".contains(character);
    pattern.chars().all(plain).then(|| text.to_lowercase().contains(&pattern.to_lowercase()))
}

/// PowerShell's wildcards `*` and `?`, without regard to case.
pub fn like(text: &str, pattern: &str) -> bool {
    fn rest(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', pattern)) => (0..=text.len()).any(|skip| rest(&text[skip..], pattern)),
            Some(('?', pattern)) => !text.is_empty() && rest(&text[1..], pattern),
            Some((first, pattern)) => text.first() == Some(first) && rest(&text[1..], pattern),
        }
    }
    let folded = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    rest(&folded(text), &folded(pattern))
}
