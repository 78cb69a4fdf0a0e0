//! One program, several parts: a lab's supervisor, its agents and the commands of its nodes are the
//! program that started it, under another name.

#[cfg(target_os = "linux")]
use std::{ffi::OsStr, path::Path};
use std::{path::PathBuf, process::ExitCode};

use crate::agent::native;

/// Call this first in `main`, before any thread: runs the part that the name of this process asks
/// for. `None` means that it is the program itself.
pub fn dispatch() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    if arguments.next().as_deref() == Some(native::ARGUMENT) {
        return Some(native::main(&arguments.next().unwrap_or_default()));
    }
    #[cfg(target_os = "linux")]
    {
        use crate::{
            agent::{container, shims},
            arm::netns::supervisor,
        };
        let mut arguments = std::env::args_os();
        let name = arguments.next()?;
        let name = Path::new(&name).file_name().and_then(OsStr::to_str)?.to_owned();
        if name == supervisor::ARGV0 {
            return Some(supervisor::main());
        }
        let arguments: Vec<String> =
            arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
        if [container::HOLD, container::AGENT].contains(&name.as_str()) {
            let code = container::main(&name, &arguments);
            return Some(ExitCode::from(u8::try_from(code).unwrap_or(1)));
        }
        if shims::NAMES.contains(&name.as_str()) {
            return shims::run(&name, &arguments);
        }
    }
    None
}

/// This program, to be started under another name.
///
/// # Errors
/// When the kernel does not tell.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}
