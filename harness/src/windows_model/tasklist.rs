//! `tasklist /svc /fi "PID eq N"`: which services are in a process that has sockets.

use super::{Windows, WindowsError, not_modelled, succeeded};
use crate::agent::protocol::Output;

/// Runs `tasklist` with these arguments.
///
/// # Errors
/// Another call, such as for all processes: the model has few of Windows'.
pub fn run(windows: &Windows, arguments: &[String]) -> Result<Output, WindowsError> {
    let folded: Vec<_> = arguments.iter().map(|argument| argument.to_lowercase()).collect();
    let words: Vec<_> = folded.iter().map(String::as_str).collect();
    let number = match words.as_slice() {
        ["/svc", "/fi", filter] | ["/fi", filter, "/svc"] => {
            filter.strip_prefix("pid eq ").and_then(|number| number.trim().parse().ok())
        }
        _ => None,
    };
    let Some(number) = number else {
        let line = format!("`tasklist {}`", arguments.join(" "));
        return Err(not_modelled(line, "`tasklist /svc /fi \"PID eq NUMBER\"`"));
    };
    Ok(succeeded(match windows.process(number)? {
        None => "INFO: No tasks are running which match the specified criteria.\n".to_owned(),
        Some(process) => format!(
            "\n{:<25} {:>8} {:<44}\n{} {} {}\n{:<25} {:>8} {:<44}\n",
            "Image Name",
            "PID",
            "Services",
            "=".repeat(25),
            "=".repeat(8),
            "=".repeat(44),
            process.image,
            process.id,
            process.services
        ),
    }))
}
