//! What machine this is: read before anything is done, and kept beside each result.

use std::{fs, path::PathBuf};

use super::{super::ArmError, programs};
use crate::{
    day,
    machine_report::MachineReport,
    windows_text::{
        excluded_ports, portproxy,
        registry::{self, Value},
        wsl_list, wsl_version,
    },
    wine,
};

const VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const FIREWALL: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";

/// The mandatory label of who is elevated; a SID, so in no language.
const HIGH: &str = "S-1-16-12288";
/// The same of the system's own account, as services of a runner have it.
const SYSTEM: &str = "S-1-16-16384";

/// Reads it. Changes nothing, and boots no distro.
///
/// # Errors
/// When one of Windows' programs cannot be run at all.
pub async fn read() -> Result<MachineReport, ArmError> {
    let excluded = ["interface", "ipv4", "show", "excludedportrange", "protocol=tcp"];
    let (version, groups, wsl, distros, rules, excluded, firewall) = tokio::try_join!(
        programs::run("reg", &["query", VERSION]),
        programs::run("whoami", &["/groups"]),
        programs::run("wsl", &["--version"]),
        programs::run("wsl", &["--list", "--quiet"]),
        programs::run("netsh", &["interface", "portproxy", "show", "all"]),
        programs::run("netsh", &excluded),
        programs::run("reg", &["query", FIREWALL, "/s"]),
    )?;
    let profiles = registry::read(&firewall.stdout);
    Ok(MachineReport {
        wine: wine::is_here(),
        day: Some(day::today()),
        windows: named(&registry::read(&version.stdout)),
        elevated: [HIGH, SYSTEM].iter().any(|sid| groups.stdout.contains(sid)),
        wsl: wsl_version::read(&wsl.stdout),
        networking_mode: None,
        wslconfig: wslconfig().and_then(|path| fs::read_to_string(path).ok()),
        distros: match distros.exit {
            0 => wsl_list::names(&distros.stdout),
            _ => Vec::new(),
        },
        portproxy: portproxy::read(&rules.stdout),
        excluded_ports: excluded_ports::read(&excluded.stdout),
        firewall: profiles.iter().filter_map(profile).collect(),
    })
}

/// The user's settings of WSL.
pub fn wslconfig() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("USERPROFILE")?).join(".wslconfig"))
}

fn named(values: &[Value]) -> Vec<String> {
    const NAMES: [&str; 6] =
        ["ProductName", "EditionID", "DisplayVersion", "CurrentBuildNumber", "CurrentBuild", "UBR"];
    let known = values.iter().filter(|value| NAMES.contains(&value.name.as_str()));
    known.map(|value| format!("{} {}", value.name, value.data)).collect()
}

/// `...\FirewallPolicy\PublicProfile`: rules are told elsewhere.
fn profile(value: &Value) -> Option<String> {
    let profile = value.key.rsplit('\\').next()?.strip_suffix("Profile")?;
    Some(format!("{profile} {} {}", value.name, value.data))
}
