//! Objects as text: the tables and lists that PowerShell 5.1 prints by itself, and those that
//! `Format-Table` and `Format-List` make.

use super::object::{Class, Object, Value};

/// A column of a table: its property, its width, whether it stands at the right.
type Column = (&'static str, usize, bool);

const ADAPTER: [Column; 6] = [
    ("Name", 25, false),
    ("InterfaceDescription", 39, false),
    ("ifIndex", 7, true),
    ("Status", 12, false),
    ("MacAddress", 17, false),
    ("LinkSpeed", 14, true),
];
const ROUTE: [Column; 6] = [
    ("ifIndex", 7, false),
    ("DestinationPrefix", 46, false),
    ("NextHop", 40, false),
    ("RouteMetric", 11, true),
    ("ifMetric", 8, false),
    ("PolicyStore", 11, false),
];
const CONNECTION: [Column; 7] = [
    ("LocalAddress", 35, false),
    ("LocalPort", 9, false),
    ("RemoteAddress", 35, false),
    ("RemotePort", 10, false),
    ("State", 11, false),
    ("AppliedSetting", 14, false),
    ("OwningProcess", 13, false),
];
const SERVICE: [Column; 3] =
    [("Status", 8, false), ("Name", 18, false), ("DisplayName", 38, false)];
const COMMAND: [Column; 4] =
    [("CommandType", 15, false), ("Name", 50, false), ("Version", 10, false), ("Source", 6, false)];

/// How many properties `Select-Object` may leave before a table becomes a list.
const WIDEST_TABLE: usize = 4;

/// What PowerShell prints when nobody says how.
pub fn by_itself(objects: &[Object]) -> String {
    let Some(first) = objects.first() else { return String::new() };
    match first.class {
        Class::Adapter => table(objects, &ADAPTER),
        Class::Route => table(objects, &ROUTE),
        Class::Connection => table(objects, &CONNECTION),
        Class::Service => table(objects, &SERVICE),
        Class::Command => table(objects, &COMMAND),
        Class::Plain => objects.iter().map(|object| object.text("") + "\n").collect(),
        Class::Selected | Class::Process if first.properties.len() <= WIDEST_TABLE => {
            fitted_table(objects, &names(first))
        }
        Class::Address
        | Class::FirewallRule
        | Class::FirewallProfile
        | Class::Process
        | Class::Selected => list(objects, &names(first)),
    }
}

/// The names of all properties that are printed.
pub fn names(object: &Object) -> Vec<String> {
    // `LinkSpeed` and its like are there to be asked for.
    object.properties.iter().map(|(name, _)| name.clone()).collect()
}

/// A list, an empty line between objects.
pub fn list(objects: &[Object], names: &[String]) -> String {
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::from("\n");
    for object in objects {
        text.push('\n');
        for name in names {
            text += &format!("{name:<width$} : {}\n", object.text(name));
        }
    }
    text + "\n\n"
}

/// A table whose columns are as wide as what is in them.
pub fn fitted_table(objects: &[Object], names: &[String]) -> String {
    let width = |name: &String| {
        let texts = objects.iter().map(|object| object.text(name).chars().count());
        texts.chain([name.chars().count()]).max().unwrap_or(0)
    };
    let is_number = |name: &String| {
        let first = objects.iter().find_map(|object| object.property(name));
        matches!(first, Some((_, Value::Number(_))))
    };
    let columns: Vec<_> =
        names.iter().map(|name| (name.as_str(), width(name), is_number(name))).collect();
    rows(objects, &columns)
}

fn table(objects: &[Object], columns: &[Column]) -> String {
    rows(objects, columns)
}

fn rows(objects: &[Object], columns: &[(&str, usize, bool)]) -> String {
    let line = |cells: Vec<String>| {
        let cells = cells.iter().zip(columns).map(|(cell, (_, width, right))| {
            let cell = shortened(cell, *width);
            if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join(" ").trim_end().to_owned() + "\n"
    };
    let names = columns.iter().map(|(name, _, _)| (*name).to_owned());
    let dashes = columns.iter().map(|(name, _, _)| "-".repeat(name.chars().count()));
    let mut text = format!("\n{}{}", line(names.collect()), line(dashes.collect()));
    for object in objects {
        text += &line(columns.iter().map(|(name, _, _)| object.text(name)).collect());
    }
    text + "\n\n"
}

/// What is too long for its column ends in three dots.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(3)).collect::<String>() + "..."
}
