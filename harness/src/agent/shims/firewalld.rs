//! The real firewalld on a D-Bus of the node's own.
//!
//! The bus starts firewalld by activation: the first call to it is answered when firewalld has
//! applied its rules, so nobody polls and nobody sleeps.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use super::daemon;
use crate::paths;

const SOCKET: &str = "/run/dbus/system_bus_socket";
const PID_FILE: &str = "/run/firewalld.pid";
const NAME: &str = "org.fedoraproject.FirewallD1";

/// Starts the bus and firewalld where they do not run.
///
/// # Errors
/// What could not be started, in words.
pub fn start() -> Result<(), String> {
    let firewalld = find("firewalld")?;
    if !Path::new(SOCKET).exists() {
        start_bus(&firewalld)?;
    }
    let answer = Command::new(find("dbus-send")?)
        .args(["--system", "--print-reply", "--reply-timeout=30000"])
        .arg(format!("--dest={NAME}"))
        .args(["/org/fedoraproject/FirewallD1", "org.freedesktop.DBus.Properties.Get"])
        .args([format!("string:{NAME}").as_str(), "string:state"])
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("dbus-send: {e}"))?;
    let said = String::from_utf8_lossy(&answer.stdout);
    if answer.status.success() && said.contains("RUNNING") {
        return Ok(());
    }
    let log = fs::read_to_string("/var/log/firewalld").unwrap_or_default();
    Err(format!("{}{said}{log}", String::from_utf8_lossy(&answer.stderr)))
}

/// Ends firewalld, which takes its rules with it. Fine when it does not run.
///
/// # Errors
/// When it cannot be told.
pub fn stop() -> Result<(), String> {
    daemon::stop(PID_FILE)
}

/// Whether firewalld runs.
pub fn runs() -> bool {
    daemon::pid(PID_FILE).is_some()
}

fn start_bus(firewalld: &Path) -> Result<(), String> {
    let services = format!("{}/dbus-services", paths::LAB);
    let config = format!("{}/dbus.conf", paths::LAB);
    let activation =
        format!("[D-BUS Service]\nName={NAME}\nExec={} --nofork\n", firewalld.display());
    // It names no user: in a rootless node there is only one.
    let bus = format!(
        "<busconfig>\n<type>session</type>\n<listen>unix:path={SOCKET}</listen>\n\
         <auth>EXTERNAL</auth>\n<servicedir>{services}</servicedir>\n\
         <policy context=\"default\">\n<allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
         <allow eavesdrop=\"true\"/>\n<allow own=\"*\"/>\n</policy>\n</busconfig>\n"
    );
    let write = || -> io::Result<()> {
        fs::create_dir_all(&services)?;
        fs::create_dir_all("/run/dbus")?;
        fs::write(format!("{services}/{NAME}.service"), activation)?;
        fs::write(&config, bus)
    };
    write().map_err(|e| format!("configure the bus: {e}"))?;
    let started = Command::new(find("dbus-daemon")?)
        .args([&format!("--config-file={config}"), "--fork", "--nopidfile"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|e| format!("dbus-daemon: {e}"))?;
    if started.success() { Ok(()) } else { Err(format!("dbus-daemon: {started}")) }
}

fn find(program: &str) -> Result<std::path::PathBuf, String> {
    which::which(program).map_err(|_| format!("{program} is not installed"))
}
