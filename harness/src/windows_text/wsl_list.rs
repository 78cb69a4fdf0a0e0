//! `wsl --list --verbose`: name, state, version; an asterisk marks the default. Heading and state
//! may be translated.

/// A distro.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Distro {
    /// Its name; it has no blanks.
    pub name: String,
    /// Whether it is the one that a bare `wsl` uses.
    pub is_default: bool,
    /// Its state, in the user's language.
    pub state: String,
    /// WSL 1 or 2.
    pub version: u32,
}

/// The distros that the text lists.
pub fn read(text: &str) -> Vec<Distro> {
    text.lines().filter_map(distro).collect()
}

fn distro(line: &str) -> Option<Distro> {
    let is_default = line.starts_with('*');
    let mut words = line.trim_start_matches('*').split_whitespace();
    let name = words.next()?.to_owned();
    let version = words.next_back()?.parse().ok()?;
    let state = words.collect::<Vec<_>>().join(" ");
    (!state.is_empty()).then_some(Distro { name, is_default, state, version })
}

/// The names that `wsl --list --quiet` lists.
pub fn names(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
