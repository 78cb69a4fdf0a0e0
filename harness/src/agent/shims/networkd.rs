//! The real systemd-networkd, without systemd around it.
//!
//! Its unit has `Type=notify`: it tells the socket in `NOTIFY_SOCKET` when it has looked at every
//! link, and then the unit counts as started. The same message is waited for here.

use std::{
    fs::{self, File},
    io,
    os::unix::{fs::DirBuilderExt, net::UnixDatagram, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::daemon;
use crate::paths;

/// Where distributions have it. It is in no PATH: nobody types it.
const PROGRAMS: [&str; 2] = ["/usr/lib/systemd/systemd-networkd", "/lib/systemd/systemd-networkd"];
const PID_FILE: &str = "/run/systemd/netif/reachlab.pid";
const LOG: &str = "/var/log/systemd-networkd";
/// The user that it becomes.
const USER: &str = "systemd-network";
/// How long it may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How often to look whether it has ended instead.
const GLANCE: Duration = Duration::from_millis(100);

/// Starts it, and returns when it says that it is ready.
///
/// # Errors
/// What could not be done, in words, with what it logged.
pub fn start() -> Result<(), String> {
    if runs() {
        return Ok(());
    }
    let Some(program) = PROGRAMS.into_iter().find(|path| Path::new(path).exists()) else {
        return Err("systemd-networkd is not installed".into());
    };
    let prepared = map_user().and_then(|()| listen());
    let (socket, address) = prepared.map_err(|e| format!("prepare: {e}"))?;
    let mut child = spawn(program, &address).map_err(|e| format!("{program}: {e}"))?;
    fs::write(PID_FILE, child.id().to_string()).map_err(|e| format!("{PID_FILE}: {e}"))?;
    await_ready(&socket, &mut child).map_err(|reason| {
        let log = fs::read_to_string(LOG).unwrap_or_default();
        format!("{reason}\n{log}")
    })
}

/// Ends it. It leaves links and addresses as they are.
///
/// # Errors
/// When it cannot be told.
pub fn stop() -> Result<(), String> {
    daemon::stop(PID_FILE)
}

/// Whether it runs.
pub fn runs() -> bool {
    daemon::pid(PID_FILE).is_some()
}

/// Everybody is root in a node; it insists on becoming a user of its own, so that one is root too.
/// The file is replaced: where an ordinary user runs the lab, the machine's belongs to nobody here,
/// and cannot be written to.
fn map_user() -> io::Result<()> {
    let known = fs::read_to_string("/etc/passwd")?;
    let others = known.lines().filter(|line| line.split(':').next() != Some(USER));
    let own = format!("{USER}:x:0:0::/:/usr/sbin/nologin");
    let lines: Vec<&str> = others.chain([own.as_str()]).collect();
    fs::write("/etc/passwd.new", lines.join("\n") + "\n")?;
    fs::rename("/etc/passwd.new", "/etc/passwd")
}

/// The directory that its unit would make, and the socket that systemd would listen on.
fn listen() -> io::Result<(UnixDatagram, String)> {
    fs::DirBuilder::new().recursive(true).mode(0o755).create("/run/systemd/netif")?;
    let address = format!("{}/networkd-notify", paths::LAB);
    if let Err(error) = fs::remove_file(&address)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let socket = UnixDatagram::bind(&address)?;
    socket.set_read_timeout(Some(GLANCE))?;
    Ok((socket, address))
}

fn spawn(program: &str, notify: &str) -> io::Result<Child> {
    let log = File::create(LOG)?;
    Command::new(program)
        .env("NOTIFY_SOCKET", notify)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // It outlives the shell that typed `systemctl`.
        .process_group(0)
        .spawn()
}

fn await_ready(socket: &UnixDatagram, child: &mut Child) -> Result<(), String> {
    let begun = Instant::now();
    let mut message = [0; 4096];
    while begun.elapsed() < LIMIT {
        match socket.recv(&mut message) {
            Ok(length) => {
                let said = String::from_utf8_lossy(&message[..length]);
                if said.lines().any(|line| line == "READY=1") {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.to_string()),
        }
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Err(format!("it ended: {status}"));
        }
    }
    Err(format!("it is not ready after {} s", LIMIT.as_secs()))
}
