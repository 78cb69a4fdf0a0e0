//! `wsl --version`: a line each for WSL, its kernel and what else comes with it, Windows last. The
//! labels are translated, their order is not.

/// What is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Versions {
    /// WSL itself, for instance `2.4.13.0`.
    pub wsl: String,
    /// Its kernel.
    pub kernel: String,
    /// Windows, where the text says it.
    pub windows: Option<String>,
}

/// What the text says; `None` when it lists no versions, as that of the WSL which is part of
/// Windows.
pub fn read(text: &str) -> Option<Versions> {
    let versions: Vec<&str> = text.lines().filter_map(version).collect();
    let [wsl, kernel, rest @ ..] = &versions[..] else { return None };
    Some(Versions {
        wsl: (*wsl).to_owned(),
        kernel: (*kernel).to_owned(),
        windows: rest.last().map(|windows| (*windows).to_owned()),
    })
}

/// What stands behind the colon, if it is a version.
fn version(line: &str) -> Option<&str> {
    let value = line.rsplit([':', '：']).next()?.trim();
    let value = value.rsplit(char::is_whitespace).next()?;
    let is = value.starts_with(|first: char| first.is_ascii_digit()) && value.contains('.');
    is.then_some(value)
}
