//! A climb as a person reads it: one screen.

use std::collections::BTreeMap;

use super::{
    conclude::{Conclusion, conclude},
    reading::{Level, Reading, read},
    vantage::From,
    walk::{Row, Rung, Walk},
};
use crate::{
    cause::Cause,
    outcome::{Outcome, Via},
    report::{
        columns::align,
        wrap::{hanging, prose},
    },
    scenario::Scenario,
    tool::Impl,
};

/// Which scenarios show a class of failure.
#[derive(Clone, Debug, Default)]
pub struct Scenarios(BTreeMap<Cause, String>);

impl Scenarios {
    /// Those of a catalogue: the first of each cause, one of the cause's own name before others.
    pub fn of(scenarios: &[Scenario]) -> Scenarios {
        let mut of = BTreeMap::new();
        for scenario in scenarios {
            let name = of.entry(scenario.cause).or_insert_with(|| scenario.name.clone());
            if scenario.name == scenario.cause.slug() {
                name.clone_from(&scenario.name);
            }
        }
        Scenarios(of)
    }

    /// The scenario's name, or the cause where none shows it.
    fn name<'a>(&'a self, slug: &'a str) -> &'a str {
        let cause = Cause::from_slug(slug);
        cause.and_then(|cause| self.0.get(&cause)).map_or(slug, String::as_str)
    }

    /// A list of them for a sentence.
    fn names(&self, see: &[&str]) -> String {
        see.iter().map(|slug| self.name(slug)).collect::<Vec<_>>().join(", ")
    }
}

/// Lines of a screen.
const LINES: usize = 40;

/// How much is told of each outcome.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// All of it.
    Whole,
    /// Without the causes: those that count stand at the end.
    NoCauses,
    /// And of what failed, only what it means.
    Short,
}

/// The whole screen: what was climbed, from where, the table, the rungs, the conclusion. Where
/// there is more to tell than fits, less is told of each outcome.
pub fn render(title: &str, walks: &[Walk], scenarios: &Scenarios) -> String {
    let mut head = prose("", title);
    head.push_str(&prose("", &vantages(walks)));
    head.push_str(&proxies(walks));
    let (table, remarks) = (table(walks), remarks(walks));
    let end = end(&conclude(walks), scenarios);
    let screen =
        |detail| format!("{head}\n{table}{remarks}\n{}\n{end}", rungs(walks, scenarios, detail));
    let whole = [Detail::Whole, Detail::NoCauses].map(screen);
    let fits = |text: &String| text.lines().count() <= LINES;
    whole.into_iter().find(fits).unwrap_or_else(|| screen(Detail::Short))
}

/// The proxy variables of a vantage that has some.
fn proxies(walks: &[Walk]) -> String {
    let mut text = String::new();
    for walk in walks {
        let Some(row) = walk.rows.iter().find(|row| !row.bearings.variables.is_empty()) else {
            continue;
        };
        let variables = row.bearings.variables.iter();
        let mut words: Vec<String> =
            variables.map(|(name, value)| format!("{name}={value}")).collect();
        let caught: Vec<&str> = walk
            .rows
            .iter()
            .filter(|row| row.is_proxied())
            .map(|row| row.place.label.as_str())
            .collect();
        words.push(match caught.is_empty() {
            true => "(curl takes none of them for these hosts)".to_owned(),
            false => format!("(curl takes the proxy for {})", caught.join(", ")),
        });
        let first = format!("proxy variables {}: ", walk.from);
        text.push_str(&hanging(
            first.trim_end(),
            "  ",
            [""].into_iter().chain(words.iter().map(String::as_str)),
        ));
    }
    text
}

fn table(walks: &[Walk]) -> String {
    let many = walks.len() > 1;
    let head = ["from", "to", "address", "ping", "telnet", "curl"];
    let skip = usize::from(!many);
    let mut rows = vec![head[skip..].iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()];
    for walk in walks {
        for row in &walk.rows {
            let cells = [
                walk.from.to_string(),
                row.place.label.clone(),
                addresses(row),
                row.ping.word(),
                row.tcp.word(),
                row.http.word(),
            ];
            rows.push(cells[skip..].to_vec());
        }
    }
    align(&rows)
}

/// The addresses behind a name; nothing where the label says it.
fn addresses(row: &Row) -> String {
    let shown: Vec<String> = row.bearings.addresses.iter().map(ToString::to_string).collect();
    match &shown[..] {
        [] => "(no address)".to_owned(),
        [only] if row.place.label.trim_matches(['[', ']']) == only => String::new(),
        [first, second, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {} more", rest.len())
        }
        all => all.join(", "),
    }
}

/// What the table cannot say by itself.
fn remarks(walks: &[Walk]) -> String {
    let rows = || walks.iter().flat_map(|walk| &walk.rows);
    let rungs = || rows().flat_map(|row| [&row.ping, &row.tcp, &row.http]);
    let mut text = String::new();
    if rungs().any(|rung| matches!(rung, Rung::NotAsked)) {
        text.push_str("-  not asked: a rung below failed, and this one would only repeat it\n");
    }
    let unread = rungs().find_map(|rung| match rung {
        Rung::Unread(said) => Some(said),
        _ => None,
    });
    if let Some(said) = unread {
        text.push_str(&prose("?  ", said.lines().next().unwrap_or_default()));
    }
    let mut twins: Vec<&str> = rungs()
        .filter_map(|rung| match rung {
            Rung::Asked(probed) if probed.implementation == Impl::Native => {
                probed.command.split(' ').next()
            }
            _ => None,
        })
        .collect();
    twins.sort_unstable();
    twins.dedup();
    if !twins.is_empty() {
        text.push_str(&format!("by this program's own twin of {}\n", twins.join(", ")));
    }
    text
}

/// Something to explain: the rung, the word for what it showed, and what that says.
struct Told {
    rung: &'static str,
    word: String,
    reading: Reading,
}

fn rungs(walks: &[Walk], scenarios: &Scenarios, detail: Detail) -> String {
    let mut told = names(walks);
    type Pick = fn(&Row) -> &Rung;
    let levels: [(&str, Level, Pick); 3] = [
        ("ping", Level::Ping, |row| &row.ping),
        ("TCP", Level::Tcp, |row| &row.tcp),
        ("HTTP", Level::Http, |row| &row.http),
    ];
    let mut unreached = "";
    for (rung, level, pick) in levels {
        let seen = seen(walks, level, pick);
        if seen.is_empty() {
            unreached = rung;
        }
        for (outcome, via, excused) in seen {
            let reading = read(level, outcome, via);
            let reading = if excused { Reading { see: &[], ..reading } } else { reading };
            told.push(Told { rung, word: outcome.to_string(), reading });
        }
    }
    let margin = told.iter().map(|it| it.word.len()).max().unwrap_or(0) + 8;
    let mut text = String::new();
    let mut before = "";
    for (index, Told { rung, word, reading }) in told.iter().enumerate() {
        let name = if before == *rung { "" } else { rung };
        let mut words = format!("{}.", reading.says);
        if reading.passed || detail != Detail::Short {
            words.push_str(&format!(" Does not prove {}.", reading.unproven));
        }
        if detail == Detail::Whole && !reading.see.is_empty() {
            words.push_str(&format!(" See {}.", scenarios.names(reading.see)));
        }
        if let Some(same) = told[..index].iter().find(|it| it.reading == *reading) {
            words = format!("as for {}", same.rung);
        }
        text.push_str(&prose(&format!("{:<margin$}", format!("{name:<6}{word}")), &words));
        before = rung;
    }
    if !unreached.is_empty() {
        text.push_str(&format!("{unreached:<6}not reached\n"));
    }
    text
}

/// The outcomes of a rung, each once, and whether every row that has it is excused.
fn seen(walks: &[Walk], level: Level, pick: fn(&Row) -> &Rung) -> Vec<(Outcome, Via, bool)> {
    let mut seen: Vec<(Outcome, Via, bool)> = Vec::new();
    for walk in walks {
        for row in &walk.rows {
            let Rung::Asked(probed) = pick(row) else { continue };
            let (outcome, via) = (probed.outcome, probed.via);
            // An address that is refused over HTTP was refused over TCP.
            let fails = !read(level, outcome, via).passed;
            if level == Level::Http && fails && row.tcp.outcome() == Some(outcome) {
                continue;
            }
            let excused = walk.excuses(row);
            match seen.iter_mut().find(|it| (it.0, it.1) == (outcome, via)) {
                Some(it) => it.2 &= excused,
                None => seen.push((outcome, via, excused)),
            }
        }
    }
    seen
}

/// What the names say, each reading once.
fn names(walks: &[Walk]) -> Vec<Told> {
    let mut rows = walks.iter().flat_map(|walk| &walk.rows).filter(|row| row.place.ip().is_none());
    let Some(first) = rows.clone().next() else { return Vec::new() };
    if rows.any(|row| row.bearings.addresses.is_empty()) {
        let reading = read(Level::Tcp, Outcome::NoName, Via::Direct);
        return vec![Told { rung: "name", word: "no-name".to_owned(), reading }];
    }
    let unproven = match first.place.is_localhost() {
        true => {
            "what another side makes of it: Windows takes ::1 first, WSL's hosts file has \
             127.0.0.1 alone, and curl asks neither"
        }
        false => "that another machine, or a proxy, resolves it alike",
    };
    let reading = Reading { passed: true, says: "resolves", unproven, see: &[] };
    vec![Told { rung: "name", word: "ok".to_owned(), reading }]
}

fn end(conclusion: &Conclusion, scenarios: &Scenarios) -> String {
    let mut text = prose("most likely  ", &conclusion.likely);
    let mut look = conclusion.look.clone();
    if let Some((first, rest)) = conclusion.see.split_first() {
        look.push_str(&match Cause::from_slug(first).and_then(|cause| scenarios.0.get(&cause)) {
            Some(name) => format!("; then `cargo xtask explain {name}`"),
            None => format!("; the cause is called {first}"),
        });
        // What cannot be explained is left to the rungs.
        let known = |slug: &&str| {
            Cause::from_slug(slug).is_some_and(|cause| scenarios.0.contains_key(&cause))
        };
        let rest: Vec<&str> = rest.iter().copied().filter(known).collect();
        if !rest.is_empty() {
            look.push_str(&format!(" (or {})", scenarios.names(&rest)));
        }
    }
    text.push_str(&prose("look next    ", &look));
    text
}

/// From where a ladder was climbed, and from where not.
pub(super) fn vantages(walks: &[Walk]) -> String {
    match walks {
        [Walk { from: From::Here { wsl: true }, .. }] => {
            "from here: this WSL guest; Windows and the LAN were not asked".to_owned()
        }
        [Walk { from: From::Here { wsl: false }, .. }] => {
            "from here: this machine; Windows, WSL and the LAN were not asked".to_owned()
        }
        walks => {
            let names: Vec<String> = walks.iter().map(|walk| walk.from.to_string()).collect();
            format!("from {} of the lab", names.join(", "))
        }
    }
}
