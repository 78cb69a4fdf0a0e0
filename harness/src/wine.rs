//! Wine, where this program's Windows build is rehearsed.

use std::{fs, io, path::PathBuf, sync::OnceLock, thread, time::Duration};

use tokio::process::{Child, Command};

/// `ERROR_INTERNAL_ERROR`: the new process ended before it had begun.
const LOST: i32 = 1359;
/// How often a lost start is tried again, and after how long.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// Whether this is Wine: it marks the files of its own libraries, and nobody who runs under it can
/// change that they are there.
pub fn is_here() -> bool {
    static HERE: OnceLock<bool> = OnceLock::new();
    *HERE.get_or_init(|| {
        let Some(root) = std::env::var_os("SystemRoot") else { return false };
        let library = fs::read(PathBuf::from(root).join("System32").join("ntdll.dll"));
        let head = library.unwrap_or_default();
        let head = &head[..head.len().min(256)];
        let mark = b"Wine ";
        head.windows(mark.len()).any(|window| window == mark)
    })
}

/// Starts a program. Wine 8 loses a start now and then, one in some thousand where several machines'
/// worth of programs start at once; nothing has run then, so it is started again.
///
/// # Errors
/// As [`Command::spawn`].
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    for _ in 0..TRIES {
        match command.spawn() {
            Err(error) if error.raw_os_error() == Some(LOST) && is_here() => thread::sleep(PAUSE),
            started => return started,
        }
    }
    command.spawn()
}
