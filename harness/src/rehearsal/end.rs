//! An end in the middle: signals to the Windows programs of this project that run in this node.

use std::{fs, io};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{STAND_INS, order::By};

/// The program that runs scenarios, as Wine shows it.
const PROGRAM: &str = "xtask.exe";

/// Ends them, and only in this node: its process namespace has no others.
///
/// A power cut takes the program and its agent; the stand-ins are Windows' and hang up by themselves.
/// Ctrl-C is told to every process of a console. Wine has SIGINT for it: a process that gets it runs
/// the handlers that it has set by `SetConsoleCtrlHandler`, and ends where there is none, unless it
/// was started to ignore Ctrl-C.
///
/// # Errors
/// When the processes cannot be listed.
pub fn wine_programs(by: By) -> io::Result<()> {
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended meanwhile has nothing to read and nothing to be told.
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if let Some(signal) = signal(by, &line) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
    Ok(())
}

/// What a process gets whose command line this is.
fn signal(by: By, line: &[u8]) -> Option<Signal> {
    let named = |name: &str| {
        line.split(|byte| *byte == 0).take(2).any(|word| {
            let word = String::from_utf8_lossy(word).to_lowercase();
            let file = word.rsplit(['\\', '/']).next().unwrap_or_default();
            file == name || file.strip_suffix(".exe") == Some(name)
        })
    };
    match by {
        By::Kill => named(PROGRAM).then_some(Signal::SIGKILL),
        By::Interrupt => {
            let console = named(PROGRAM) || STAND_INS.iter().any(|name| named(name));
            console.then_some(Signal::SIGINT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told() {
        let run = b"/usr/lib/wine/wine64\0/run/x/xtask.exe\0run-scenarios\0";
        let netsh = b"C:\\windows\\system32\\netsh.exe\0interface\0";
        let server = b"/usr/lib/wine/wineserver64\0";
        assert_eq!(signal(By::Kill, run), Some(Signal::SIGKILL));
        assert_eq!(signal(By::Kill, netsh), None);
        assert_eq!(signal(By::Interrupt, run), Some(Signal::SIGINT));
        assert_eq!(signal(By::Interrupt, netsh), Some(Signal::SIGINT));
        assert_eq!(signal(By::Interrupt, server), None);
        assert_eq!(signal(By::Kill, server), None);
    }
}
