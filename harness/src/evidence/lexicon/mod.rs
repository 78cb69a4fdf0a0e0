//! The words that the readers of sentences know: data, read once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{
    fact::{BindError, Place, Seen},
    side::Side,
    words::{Pattern, PatternError, PatternSet, Word},
};

/// What the data files say.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// What came of an attempt; the first that fits decides.
    pub outcomes: Table<Seen>,
    /// What was to be reached.
    pub places: Table<Place>,
    /// Who tried.
    pub sides: Table<Side>,
    /// With what.
    pub tools: Table<String>,
    /// What a report speaks of.
    pub topics: Table<Topic>,
    /// What programs say of their own sockets.
    pub sockets: Sockets,
}

/// Things by their words, in the order in which they decide.
#[derive(Debug)]
pub struct Table<T> {
    rows: Vec<T>,
    patterns: PatternSet,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { rows: Vec::new(), patterns: PatternSet::default() }
    }
}

impl<T> Table<T> {
    fn new(rows: Vec<(T, Vec<Pattern>)>) -> Table<T> {
        let mut table = Table::default();
        let mut patterns = Vec::new();
        for (at, (row, own)) in rows.into_iter().enumerate() {
            table.rows.push(row);
            patterns.extend(own.into_iter().map(|pattern| (at, pattern)));
        }
        table.patterns = PatternSet::new(patterns);
        table
    }

    /// The rows.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Every row whose words stand there: from which word, to before which.
    pub fn all(&self, words: &[Word]) -> Vec<(&T, usize, usize)> {
        let mut found = self.patterns.find(words);
        found.sort_unstable();
        found.into_iter().map(|(row, start, end)| (&self.rows[row], start, end)).collect()
    }

    /// The first row whose words stand there.
    pub fn first(&self, words: &[Word]) -> Option<(&T, usize, usize)> {
        let found = self.patterns.find(words).into_iter().min()?;
        Some((&self.rows[found.0], found.1, found.2))
    }
}

/// What programs say of their own sockets.
#[derive(Debug, Default)]
pub struct Sockets {
    /// A line that says where something serves.
    pub serving: Table<()>,
    /// A bind that failed, and why.
    pub errors: Table<BindError>,
    /// What servers bind when nobody says otherwise: only loopback (`true`), or one socket of both
    /// families.
    pub defaults: Table<bool>,
}

/// Something that a report may speak of.
#[derive(Debug)]
pub struct Topic {
    /// Its name, which rules use.
    pub name: String,
    /// Whether it is something that somebody did.
    pub change: bool,
    /// Whether only people speak of it: every listing of interfaces has an MTU.
    pub prose: bool,
}

/// A data file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// It is no TOML of the right form.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A pattern is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A word that the program does not know.
    #[error("`{0}` is no outcome, place or side")]
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcomes {
    outcome: Vec<OutcomeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeRow {
    seen: String,
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    place: Vec<Row>,
    side: Vec<Row>,
    tool: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topics {
    topic: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    is: String,
    #[serde(default)]
    change: bool,
    #[serde(default)]
    prose: bool,
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SocketRows {
    serving: Vec<String>,
    in_use: Vec<String>,
    forbidden: Vec<String>,
    not_available: Vec<String>,
    unsaid: Vec<String>,
    default: Vec<DefaultRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultRow {
    bind: String,
    patterns: Vec<String>,
}

/// The lexicon. A test holds that the files are sound; were they not, no sentence would be read.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| load().unwrap_or_default());
    &LEXICON
}

fn load() -> Result<Lexicon, LexiconError> {
    let outcomes: Outcomes = toml::from_str(include_str!("outcomes.toml"))?;
    let places: Places = toml::from_str(include_str!("places.toml"))?;
    let topics: Topics = toml::from_str(include_str!("topics.toml"))?;
    let mut lexicon = Lexicon::default();
    let mut rows = Vec::new();
    for row in outcomes.outcome {
        rows.push((seen(&row.seen)?, compile(&row.patterns)?));
    }
    lexicon.outcomes = Table::new(rows);
    let mut rows = Vec::new();
    for row in places.place {
        rows.push((place(&row.is)?, compile(&row.patterns)?));
    }
    lexicon.places = Table::new(rows);
    let mut rows = Vec::new();
    for row in places.side {
        rows.push((side(&row.is)?, compile(&row.patterns)?));
    }
    lexicon.sides = Table::new(rows);
    let mut rows = Vec::new();
    for row in places.tool {
        rows.push((row.is, compile(&row.patterns)?));
    }
    lexicon.tools = Table::new(rows);
    let mut rows = Vec::new();
    for row in topics.topic {
        rows.push((
            Topic { name: row.is, change: row.change, prose: row.prose },
            compile(&row.patterns)?,
        ));
    }
    lexicon.topics = Table::new(rows);
    lexicon.sockets = sockets(toml::from_str(include_str!("sockets.toml"))?)?;
    Ok(lexicon)
}

fn sockets(rows: SocketRows) -> Result<Sockets, LexiconError> {
    let mut defaults = Vec::new();
    for row in rows.default {
        let loopback = match row.bind.as_str() {
            "loopback" => true,
            "dual" => false,
            _ => return Err(LexiconError::Word(row.bind)),
        };
        defaults.push((loopback, compile(&row.patterns)?));
    }
    Ok(Sockets {
        serving: Table::new(vec![((), compile(&rows.serving)?)]),
        errors: Table::new(vec![
            (BindError::InUse, compile(&rows.in_use)?),
            (BindError::Forbidden, compile(&rows.forbidden)?),
            (BindError::NotAvailable, compile(&rows.not_available)?),
            (BindError::Unsaid, compile(&rows.unsaid)?),
        ]),
        defaults: Table::new(defaults),
    })
}

fn compile(texts: &[String]) -> Result<Vec<Pattern>, PatternError> {
    texts.iter().map(|text| Pattern::parse(text)).collect()
}

/// `works`, `fails`, or a word of [`crate::outcome`].
///
/// # Errors
/// Another word.
pub fn seen(word: &str) -> Result<Seen, LexiconError> {
    match word {
        "works" => Ok(Seen::Works),
        "fails" => Ok(Seen::Fails),
        word => word.parse().map(Seen::Outcome).map_err(|_| LexiconError::Word(word.to_owned())),
    }
}

/// A place by its name.
///
/// # Errors
/// Another word.
pub fn place(word: &str) -> Result<Place, LexiconError> {
    Ok(match word {
        "localhost" => Place::Localhost,
        "loopback4" => Place::Loopback4,
        "loopback6" => Place::Loopback6,
        "wsl-address" => Place::WslAddress,
        "windows-gateway" => Place::WindowsGateway,
        "windows-lan" => Place::WindowsLan,
        "host-alias" => Place::HostAlias,
        "container" => Place::Container,
        "internet" => Place::Internet,
        "lan" => Place::Lan,
        "unstated" => Place::Unstated,
        word => return Err(LexiconError::Word(word.to_owned())),
    })
}

/// A side by its name.
///
/// # Errors
/// Another word.
pub fn side(word: &str) -> Result<Side, LexiconError> {
    let all = [Side::Windows, Side::Guest, Side::Container, Side::Lan, Side::Unknown];
    let found = all.into_iter().find(|side| side.name() == word);
    found.ok_or_else(|| LexiconError::Word(word.to_owned()))
}

/// The first of the patterns that stands in the words: from which word to before which.
pub fn first(patterns: &[Pattern], words: &[Word]) -> Option<(usize, usize)> {
    patterns.iter().filter_map(|pattern| pattern.range(words, 0)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_sound() {
        let lexicon = load().expect("a lexicon");
        assert!(lexicon.outcomes.rows().len() > 5);
        assert!(lexicon.places.rows().len() > 5);
        assert!(lexicon.topics.rows().len() > 20);
    }
}
