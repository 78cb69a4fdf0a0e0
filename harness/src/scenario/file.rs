//! From `scenario.toml` to a checked [`Scenario`].

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::{
    Scenario, check,
    error::{Problems, ScenarioError},
    raw::RawScenario,
    words,
};

/// The name of the file in a scenario's directory.
pub const FILE_NAME: &str = "scenario.toml";

/// The version of the format that this harness reads.
pub const SCHEMA: i64 = 1;

/// The largest file that is read, in bytes. Scenarios have 30-60 lines.
pub const MAX_BYTES: u64 = 1_000_000;

/// How many syntax mistakes of one file are told; the rest are mostly echoes of the first.
const MAX_SYNTAX_ERRORS: usize = 5;

/// Reads and checks the scenario of a directory; the directory's name is the scenario's.
///
/// # Errors
/// Every mistake that one reading finds. A file that is not TOML, or does not have the shape of a
/// scenario, hides mistakes of meaning until it has.
pub fn load(dir: &Path) -> Result<Scenario, Vec<ScenarioError>> {
    let path = dir.join(FILE_NAME);
    let text = read(&path)?;
    parse(dir, &text)
}

/// Checks the text of a scenario as if it stood in `dir`.
///
/// # Errors
/// As [`load`].
pub fn parse(dir: &Path, text: &str) -> Result<Scenario, Vec<ScenarioError>> {
    let path = dir.join(FILE_NAME);
    let mut problems = Problems::new(&path, text);
    let scenario =
        raw(text, &mut problems).and_then(|raw| check::scenario(dir, raw, &mut problems));
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(problems.into_errors()),
    }
}

fn raw(text: &str, problems: &mut Problems) -> Option<RawScenario> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        problems.push(&error.span().unwrap_or(0..0), error.message().to_owned(), None);
    }
    if !errors.is_empty() {
        return None;
    }
    // A file of another version may differ in anything, so its number is looked at first.
    if let Some(schema) = root.get_ref().get("schema")
        && let DeValue::Integer(number) = schema.get_ref()
        && number.as_str() != SCHEMA.to_string()
    {
        let message = format!("unknown schema number {number}");
        problems.add_help(&schema.span(), message, format!("this lab reads schema {SCHEMA}"));
        return None;
    }
    match RawScenario::deserialize(toml::Deserializer::from(root)) {
        Ok(raw) => Some(raw),
        Err(error) => {
            let (message, help) = words::split_hint(error.message());
            problems.push(&error.span().unwrap_or(0..0), message, help);
            None
        }
    }
}

fn read(path: &Path) -> Result<String, Vec<ScenarioError>> {
    let unreadable = |error: io::Error| {
        whole_file(path, format!("cannot read {}: {error}", path.display()), None)
    };
    let metadata = path.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        // Opening a fifo would wait for a writer.
        let message = format!("{} is not a regular file", path.display());
        return Err(whole_file(path, message, None));
    }
    if metadata.len() > MAX_BYTES {
        return Err(too_big(path, metadata.len()));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(unreadable)?.take(MAX_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_big(path, bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("{} is not UTF-8: see line {line}", path.display());
        whole_file(path, message, Some("save it as UTF-8"))
    })
}

fn too_big(path: &Path, bytes: u64) -> Vec<ScenarioError> {
    let message = format!(
        "{} has {bytes} bytes; a scenario file has at most {MAX_BYTES} (1 MB)",
        path.display()
    );
    whole_file(path, message, Some("a fixture belongs into fixtures/"))
}

fn whole_file(path: &Path, message: String, help: Option<&str>) -> Vec<ScenarioError> {
    vec![ScenarioError::whole_file(path, message, help)]
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn load_bytes(bytes: &[u8]) -> String {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join(FILE_NAME), bytes).unwrap();
        let errors = load(dir.path()).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors[0].plain()
    }

    #[test]
    fn a_file_of_ten_megabytes_is_not_parsed() {
        let error = load_bytes(&vec![b'='; 10_000_000]);
        assert!(error.contains("scenario.toml has 10000000 bytes"), "{error}");
        assert!(error.contains("at most 1000000 (1 MB)"), "{error}");
    }

    #[test]
    fn a_file_at_the_limit_is_parsed() {
        let error = load_bytes(&vec![b'#'; MAX_BYTES as usize]);
        assert!(error.contains("missing field"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_utf8_names_the_line() {
        let error = load_bytes(b"schema = 1\ntitle = \"caf\xe9\"\n");
        assert!(error.contains("scenario.toml is not UTF-8: see line 2"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let dir = TempDir::new().unwrap();
        let error = load(dir.path()).unwrap_err()[0].plain();
        assert!(error.contains("cannot read") && error.contains(FILE_NAME), "{error}");
    }

    #[test]
    fn a_directory_in_its_place_is_not_a_regular_file() {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join(FILE_NAME)).unwrap();
        let error = load(dir.path()).unwrap_err()[0].plain();
        assert!(error.contains("is not a regular file"), "{error}");
    }

    #[test]
    fn several_syntax_errors_are_told_at_once() {
        let errors = parse(Path::new("x"), "schema = \nkind = 'fault\ntitle = ]\n").unwrap_err();
        assert!(errors.len() >= 2, "{errors:?}");
        assert_eq!(errors[0].position, Some((1, 10)));
    }

    #[test]
    fn another_schema_number_hides_everything_else() {
        let errors = parse(Path::new("x"), "schema = 2\nnovelty = true\n").unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(
            errors[0].plain(),
            "x/scenario.toml:1:10: unknown schema number 2 (this lab reads schema 1)"
        );
    }
}
