//! The file format that `.wslconfig` and `/etc/wsl.conf` share: sections of `key = value`, read the
//! way WSL reads them, oddities and warnings included.
//!
//! Source: microsoft/WSL src/shared/configfile/configfile.cpp (ledger 4.4.1), texts from
//! localization/strings/en-US/Resources.resw.

use std::{collections::BTreeMap, iter::Peekable, str::Chars};

mod value;

pub use value::{Kind, Value};

/// A key that a file may set.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// `section.key`, the canonical spelling first; others are accepted for compatibility. Compared
    /// without regard to case.
    pub names: &'static [&'static str],
    /// What its value must be.
    pub kind: Kind,
}

impl Key {
    /// A key with one name.
    pub const fn new(names: &'static [&'static str], kind: Kind) -> Self {
        Key { names, kind }
    }

    fn matches(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// What a line that cannot be read does to the rest of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidLine {
    /// It is skipped: `.wslconfig`.
    Skip,
    /// Reading ends there and the keys below it are ignored: `/etc/wsl.conf`.
    Stop,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Valid values by canonical key name.
    values: BTreeMap<&'static str, Value>,
    /// What WSL prints about the file, a line each, `wsl: ` included.
    pub warnings: Vec<String>,
}

impl Settings {
    /// The boolean that the file sets for a key, by canonical name.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key) {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The text, or the word of a list, that the file sets for a key, by canonical name.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some(Value::Text(value)) => Some(value),
            _ => None,
        }
    }
}

/// Reads a file. `path` is what the warnings call it.
pub fn read(text: &str, path: &str, keys: &[Key], invalid: InvalidLine) -> Settings {
    let mut reader = Reader {
        chars: text.chars().peekable(),
        at_end: false,
        ch: None,
        line: 0,
        section: String::new(),
        trailing_comment: false,
        path,
        keys,
        set: BTreeMap::new(),
        settings: Settings::default(),
    };
    while !reader.at_end {
        if !reader.trailing_comment {
            reader.line += 1;
        }
        match reader.next_item() {
            Ok(()) => {}
            Err(why) => {
                reader.warn(format!("{why} in {path}:{line}", line = reader.line));
                if invalid == InvalidLine::Stop {
                    break;
                }
                reader.skip_line();
            }
        }
    }
    reader.settings
}

/// The reader is WSL's state machine rather than a split into lines, because the line numbers that
/// its warnings show come from it: with CR LF, a line that holds a key counts twice in the guest.
struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
    at_end: bool,
    /// The last character read; the next item starts behind it.
    ch: Option<char>,
    line: usize,
    section: String,
    trailing_comment: bool,
    path: &'a str,
    keys: &'a [Key],
    /// Index of a key that was seen to the name and line that set it.
    set: BTreeMap<usize, (String, usize)>,
    settings: Settings,
}

impl Reader<'_> {
    fn advance(&mut self) -> Option<char> {
        self.ch = self.chars.next();
        self.at_end |= self.ch.is_none();
        self.ch
    }

    fn advance_past_space(&mut self) -> Option<char> {
        while matches!(self.advance(), Some(' ' | '\t')) {}
        self.ch
    }

    fn warn(&mut self, message: String) {
        self.settings.warnings.push(format!("wsl: {message}"));
    }

    fn skip_line(&mut self) {
        while !matches!(self.ch, None | Some('\n')) {
            self.advance();
        }
    }

    /// Reads up to and including one section header or one `key = value`.
    fn next_item(&mut self) -> Result<(), String> {
        loop {
            if self.ch == Some('#') {
                self.skip_comment();
            }
            if self.at_end {
                return Ok(());
            }
            match self.advance_past_space() {
                None | Some('#') => {}
                Some('\n') => self.line += 1,
                Some('\r') => {
                    if self.chars.next_if_eq(&'\n').is_some() {
                        self.line += 1;
                    }
                }
                Some('[') => return self.section(),
                Some(first) if first.is_ascii_alphabetic() => return self.key_value(first),
                Some(_) => return Err("Invalid key name".to_owned()),
            }
        }
    }

    fn skip_comment(&mut self) {
        loop {
            self.advance();
            if self.ch == Some('\r') {
                self.advance();
            }
            match self.ch {
                Some('\n') => {
                    self.line += 1;
                    break;
                }
                None => break,
                Some(_) => {}
            }
        }
        self.trailing_comment = false;
    }

    fn section(&mut self) -> Result<(), String> {
        let Some(first) = self.advance().filter(char::is_ascii_alphabetic) else {
            return Err("Invalid section name".to_owned());
        };
        // The source writes over the current section before it knows that the line is whole, but
        // remembers its length only afterwards; a broken header leaves the old section in force.
        let name = self.word(first);
        if self.ch != Some(']') {
            return Err("Expected ']'".to_owned());
        }
        match self.advance_past_space() {
            None | Some('\n' | '\r') => {}
            Some('#') => self.trailing_comment = true,
            Some(_) => return Err("Expected ' ' or '\\n'".to_owned()),
        }
        self.section = name;
        Ok(())
    }

    /// The letters and digits that start with `first`, which is already read.
    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(ch) = self.advance().filter(char::is_ascii_alphanumeric) {
            word.push(ch);
        }
        word
    }

    fn key_value(&mut self, first: char) -> Result<(), String> {
        let key = self.word(first);
        if matches!(self.ch, Some(' ' | '\t')) {
            self.advance_past_space();
        }
        if self.ch != Some('=') {
            return Err("Expected '='".to_owned());
        }
        self.advance_past_space();
        let value = self.value()?;
        let name = if self.section.is_empty() { key } else { format!("{}.{key}", self.section) };
        self.set(name, &value);
        Ok(())
    }

    /// A value: quotes removed, escapes resolved, trailing space and comment dropped.
    fn value(&mut self) -> Result<String, String> {
        let mut value = String::new();
        let mut trimmed = 0;
        let mut quoted = false;
        while let Some(ch) = self.ch.filter(|ch| !matches!(ch, '\n' | '\r')) {
            match ch {
                '"' => quoted = !quoted,
                '\\' => match self.advance() {
                    Some(literal @ ('\\' | '"')) => value.push(literal),
                    Some('b') => value.push('\u{8}'),
                    Some('n') => value.push('\n'),
                    Some('t') => value.push('\t'),
                    Some('\n') => self.line += 1,
                    other => {
                        let shown = other.map(String::from).unwrap_or_default();
                        return Err(format!("Invalid escaped character: '{shown}'"));
                    }
                },
                '#' if !quoted => {
                    self.trailing_comment = true;
                    break;
                }
                other => value.push(other),
            }
            if !matches!(ch, ' ' | '\t') {
                trimmed = value.len();
            }
            self.advance();
        }
        if quoted {
            return Err("Expected \"".to_owned());
        }
        value.truncate(trimmed);
        Ok(value)
    }

    fn set(&mut self, name: String, text: &str) {
        let place = format!("{}:{}", self.path, self.line);
        let Some((index, key)) = self.keys.iter().enumerate().find(|(_, key)| key.matches(&name))
        else {
            self.warn(format!("Unknown key '{name}' in {place}"));
            return;
        };
        if let Some((first, line)) = self.set.get(&index) {
            let path = self.path;
            self.warn(format!(
                "Duplicated config key '{name}' in {place} (Conflicting key: '{first}' in {path}:{line})"
            ));
            return;
        }
        match key.kind.parse(text, &name, &place) {
            Ok(value) => {
                self.settings.values.insert(key.names.first().copied().unwrap_or(""), value);
            }
            Err(message) => self.warn(message),
        }
        self.set.insert(index, (name, self.line));
    }
}

#[cfg(test)]
mod tests;
