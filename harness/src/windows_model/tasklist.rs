//! `tasklist /svc /fi "PID eq N"`: which services are in a process that has sockets; and `/fi "IMAGENAME
//! eq wslrelay.exe"`: whether WSL's relay runs.

use super::{
    Windows, WindowsError, not_modelled,
    processes::{WSLRELAY, WSLRELAY_IMAGE},
    succeeded,
};
use crate::agent::protocol::Output;

/// Runs `tasklist` with these arguments.
///
/// # Errors
/// Another call, such as for all processes: the model has few of Windows'.
pub fn run(windows: &Windows, arguments: &[String]) -> Result<Output, WindowsError> {
    let folded: Vec<_> = arguments.iter().map(|argument| argument.to_lowercase()).collect();
    let words: Vec<_> = folded.iter().map(String::as_str).collect();
    let number = match words.as_slice() {
        ["/svc", "/fi", filter] | ["/fi", filter, "/svc"] => filtered(filter),
        _ => None,
    };
    let Some(number) = number else {
        let line = format!("`tasklist {}`", arguments.join(" "));
        let modelled = "`tasklist /svc /fi \"PID eq NUMBER\"`, `... \"IMAGENAME eq wslrelay.exe\"`";
        return Err(not_modelled(line, modelled));
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

/// The number of the process that a filter is for.
fn filtered(filter: &str) -> Option<u32> {
    match filter.strip_prefix("imagename eq ") {
        Some(name) => (name.trim() == WSLRELAY_IMAGE).then_some(WSLRELAY),
        None => filter.strip_prefix("pid eq ")?.trim().parse().ok(),
    }
}
