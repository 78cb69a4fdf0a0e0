//! `type FILE`, a command of `cmd.exe`: the text of one file.

use std::{fs, io};

use super::{WindowsError, not_modelled, paths::WindowsPaths, succeeded};
use crate::agent::protocol::Output;

/// Runs `type` with these arguments.
///
/// # Errors
/// Anything but one path, and a path that is not modelled.
pub fn run(paths: &WindowsPaths, arguments: &[String]) -> Result<Output, WindowsError> {
    let [path] = arguments else {
        return Err(not_modelled(format!("`type {}`", arguments.join(" ")), "`type FILE`"));
    };
    let file = paths.resolve(path).map_err(|error| WindowsError::Program(error.to_string()))?;
    match fs::read(file) {
        Ok(bytes) => Ok(succeeded(String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Output {
            exit: 1,
            stdout: String::new(),
            stderr: "The system cannot find the file specified.\n".to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}
