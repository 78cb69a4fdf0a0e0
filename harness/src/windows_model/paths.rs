//! Windows paths and the files of this machine that stand for them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The user of the modelled Windows.
pub const USER: &str = "dev";

/// The name of the modelled computer.
pub const COMPUTER: &str = "DESKTOP-LAB";

/// Variables that a path may hold, names compared without case.
const VARIABLES: [(&str, &str); 10] = [
    ("UserProfile", r"C:\Users\dev"),
    ("AppData", r"C:\Users\dev\AppData\Roaming"),
    ("LocalAppData", r"C:\Users\dev\AppData\Local"),
    ("Temp", r"C:\Users\dev\AppData\Local\Temp"),
    ("SystemDrive", "C:"),
    ("SystemRoot", r"C:\Windows"),
    ("WinDir", r"C:\Windows"),
    ("ProgramData", r"C:\ProgramData"),
    ("UserName", USER),
    ("ComputerName", COMPUTER),
];

/// Why a path stands for no file here.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// A variable that is not modelled.
    #[error("`%{name}%` in `{path}` is not modelled; {} are", variable_names())]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The path.
        path: String,
    },
    /// Not a path on drive C.
    #[error("`{0}` is not a full path on drive C:, the only drive that is modelled")]
    NotOnDriveC(String),
    /// A component that no Windows file can have, or that leaves its directory.
    #[error("`{component}` in `{path}` cannot be part of a path here")]
    Component {
        /// The component.
        component: String,
        /// The path.
        path: String,
    },
    /// A directory could not be listed.
    #[error("cannot list `{}`: {source}", directory.display())]
    List {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn variable_names() -> String {
    VARIABLES.map(|(name, _)| format!("%{name}%")).join(", ")
}

/// Maps Windows paths to files below one directory, where drive C is the directory `C`.
#[derive(Clone, Debug)]
pub struct WindowsPaths {
    drive_c: PathBuf,
}

impl WindowsPaths {
    /// The mapping below `dir`.
    pub fn new(dir: &Path) -> WindowsPaths {
        WindowsPaths { drive_c: dir.join("C") }
    }

    /// The file of this machine that a Windows path stands for, whether it exists or not. Variables
    /// expand, both slashes separate, and a name matches an existing one without regard to case.
    ///
    /// # Errors
    /// The path is relative, on another drive, climbs with `..`, or holds what is not modelled.
    pub fn resolve(&self, windows_path: &str) -> Result<PathBuf, PathError> {
        let expanded = expand(windows_path)?;
        let refused = || PathError::NotOnDriveC(windows_path.to_owned());
        let rest = expanded
            .strip_prefix(['C', 'c'])
            .and_then(|rest| rest.strip_prefix(':'))
            .filter(|rest| rest.starts_with(['\\', '/']))
            .ok_or_else(refused)?;
        let mut file = self.drive_c.clone();
        for component in rest.split(['\\', '/']).filter(|part| !part.is_empty() && *part != ".") {
            if component.ends_with(['.', ' '])
                || component.contains(['<', '>', ':', '"', '|', '?', '*'])
                || component.chars().any(char::is_control)
            {
                return Err(PathError::Component {
                    component: component.to_owned(),
                    path: windows_path.to_owned(),
                });
            }
            file = existing(&file, component)?;
        }
        Ok(file)
    }
}

fn expand(path: &str) -> Result<String, PathError> {
    let mut expanded = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        let Some((name, after)) = after.split_once('%') else { break };
        let value = VARIABLES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
            .ok_or_else(|| PathError::UnknownVariable {
                name: name.to_owned(),
                path: path.to_owned(),
            })?;
        expanded.push_str(before);
        expanded.push_str(value);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The entry of `directory` that Windows would find under `name`, else where it would create it.
fn existing(directory: &Path, name: &str) -> Result<PathBuf, PathError> {
    let exact = directory.join(name);
    if exact.exists() {
        return Ok(exact);
    }
    let failed = |source| PathError::List { directory: directory.to_owned(), source };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(exact);
        }
        Err(source) => return Err(failed(source)),
    };
    let folded = name.to_lowercase();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().to_lowercase() == folded {
            return Ok(entry.path());
        }
    }
    Ok(exact)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::profile(r"%UserProfile%\.wslconfig", "C/Users/dev/.wslconfig")]
    #[case::any_case_variable(r"%USERPROFILE%/.wslconfig", "C/Users/dev/.wslconfig")]
    #[case::system_root(
        r"%SystemRoot%\System32\drivers\etc\hosts",
        "C/Windows/System32/drivers/etc/hosts"
    )]
    #[case::lower_drive(r"c:/Users/dev/x", "C/Users/dev/x")]
    #[case::two_variables(r"C:\Users\%UserName%\%ComputerName%", "C/Users/dev/DESKTOP-LAB")]
    #[case::lone_percent(r"C:\a 50%", "C/a 50%")]
    #[case::dots(r"C:\.\a\.\b", "C/a/b")]
    fn maps(#[case] windows: &str, #[case] file: &str) {
        let dir = tempfile::tempdir().unwrap();
        let paths = WindowsPaths::new(dir.path());
        assert_eq!(paths.resolve(windows).unwrap(), dir.path().join(file));
    }

    #[test]
    fn finds_existing_names_without_case() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("C/Users/dev")).unwrap();
        fs::write(dir.path().join("C/Users/dev/.wslconfig"), "").unwrap();
        let paths = WindowsPaths::new(dir.path());
        let found = paths.resolve(r"C:\USERS\Dev\.WslConfig").unwrap();
        assert_eq!(found, dir.path().join("C/Users/dev/.wslconfig"));
    }

    #[rstest]
    #[case::climbs(r"C:\Users\..\..\etc", "`..` in")]
    #[case::trailing_dot(r"C:\a.\b", "`a.` in")]
    #[case::stream(r"C:\a:b", "`a:b` in")]
    #[case::relative(r"Users\dev", "not a full path")]
    #[case::drive_relative(r"C:x", "not a full path")]
    #[case::other_drive(r"D:\x", "not a full path")]
    #[case::network(r"\\wsl$\Ubuntu", "not a full path")]
    #[case::unknown_variable(r"%OneDrive%\x", "`%OneDrive%` in")]
    fn refuses(#[case] windows: &str, #[case] says: &str) {
        let error = WindowsPaths::new(Path::new("/nowhere")).resolve(windows).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}
