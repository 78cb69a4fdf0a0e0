//! `taskkill /f /im wslrelay.exe`: ends WSL's relay, the one process of Windows that a scenario ends.
//! Its listeners close with it, which is for the one who has them.

use super::{
    Windows, WindowsError, not_modelled,
    processes::{WSLRELAY, WSLRELAY_IMAGE},
    succeeded,
};
use crate::agent::protocol::Output;

/// The exit code where there is no such process.
const NOT_FOUND: i32 = 128;

/// Runs `taskkill` with these arguments.
///
/// # Errors
/// Another process than the relay's, and without `/f`: a process without a window ends by force only.
pub fn run(windows: &Windows, arguments: &[String]) -> Result<Output, WindowsError> {
    let folded: Vec<_> = arguments.iter().map(|argument| argument.to_lowercase()).collect();
    let mut words: Vec<_> = folded.iter().map(String::as_str).collect();
    let forced = words.iter().position(|word| *word == "/f").map(|at| words.remove(at)).is_some();
    let (name, ended) = match words.as_slice() {
        ["/im", WSLRELAY_IMAGE] => {
            (WSLRELAY_IMAGE.to_owned(), format!("\"{WSLRELAY_IMAGE}\" with PID {WSLRELAY}"))
        }
        ["/pid", number] if number.parse() == Ok(WSLRELAY) => {
            ((*number).to_owned(), format!("with PID {WSLRELAY}"))
        }
        _ => (String::new(), String::new()),
    };
    if !forced || name.is_empty() {
        let line = format!("`taskkill {}`", arguments.join(" "));
        return Err(not_modelled(
            line,
            "`taskkill /f /im wslrelay.exe`, `taskkill /f /pid NUMBER`",
        ));
    }
    if windows.relay_ends() {
        return Ok(succeeded(format!("SUCCESS: The process {ended} has been terminated.\n")));
    }
    let stderr = format!("ERROR: The process \"{name}\" not found.\n");
    Ok(Output { exit: NOT_FOUND, stdout: String::new(), stderr })
}
