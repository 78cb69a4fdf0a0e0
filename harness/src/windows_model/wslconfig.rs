//! `%UserProfile%\.wslconfig`: the settings of the virtual machine, read at each start of it.
//!
//! Source: microsoft/WSL src/windows/common/WslCoreConfig.{h,cpp} (ledger settled points 1 and 4).

use crate::guest::config_file::{self, InvalidLine, Key, Kind};

const LOCALHOST_FORWARDING: &str = "wsl2.localhostForwarding";
const AUTO_PROXY: &str = "wsl2.autoProxy";
const NETWORKING_MODE: &str = "wsl2.networkingMode";

/// Every key that WSL knows here. Features that were experimental once keep their old section.
const KEYS: [Key; 55] = [
    Key::new(&["wsl2.kernel"], Kind::Text),
    Key::new(&["wsl2.kernelCommandLine"], Kind::Text),
    Key::new(&["wsl2.kernelModules"], Kind::Text),
    Key::new(&["wsl2.memory"], Kind::Memory),
    Key::new(&["wsl2.processors"], Kind::Int),
    Key::new(&["wsl2.debugConsole"], Kind::Bool),
    Key::new(&["wsl2.earlyBootLogging"], Kind::Bool),
    Key::new(&["wsl2.swap"], Kind::Memory),
    Key::new(&["wsl2.swapFile"], Kind::Text),
    Key::new(&[LOCALHOST_FORWARDING], Kind::Bool),
    Key::new(&["wsl2.nestedVirtualization"], Kind::Bool),
    Key::new(&["wsl2.virtio9p"], Kind::Bool),
    Key::new(&["wsl2.virtiofs"], Kind::Bool),
    Key::new(&["wsl2.kernelDebugPort"], Kind::Int),
    Key::new(&["wsl2.gpuSupport"], Kind::Bool),
    Key::new(&["wsl2.guiApplications"], Kind::Bool),
    Key::new(&["wsl2.systemDistro"], Kind::Text),
    Key::new(&["wsl2.telemetry"], Kind::Bool),
    Key::new(&["wsl2.vmIdleTimeout"], Kind::Int),
    Key::new(&["wsl2.debugConsoleLogFile"], Kind::Text),
    Key::new(&["wsl2.kernelBootTimeout"], Kind::Int),
    Key::new(&["wsl2.distributionStartTimeout"], Kind::Int),
    Key::new(&["wsl2.virtio"], Kind::Bool),
    Key::new(&["wsl2.hostFileSystemAccess"], Kind::Bool),
    Key::new(&["wsl2.mountDeviceTimeout"], Kind::Int),
    Key::new(&["wsl2.hardwarePerformanceCounters"], Kind::Bool),
    Key::new(&["wsl2.vmSwitch"], Kind::Text),
    Key::new(&["wsl2.macAddress"], Kind::Text),
    Key::new(&["wsl2.dhcp"], Kind::Bool),
    Key::new(&["wsl2.dhcpTimeout"], Kind::Int),
    Key::new(&["wsl2.ipv6"], Kind::Bool),
    Key::new(&["wsl2.dnsProxy"], Kind::Bool),
    Key::new(&["wsl2.safeMode"], Kind::Bool),
    Key::new(&["wsl2.defaultVhdSize"], Kind::Memory),
    Key::new(&["wsl2.crashDumpFolder"], Kind::Text),
    Key::new(&["wsl2.maxCrashDumpCount"], Kind::Int),
    Key::new(&["general.distributionInstallPath"], Kind::Text),
    Key::new(&["general.instanceIdleTimeout"], Kind::Int),
    Key::new(&["wsl2.loadDefaultKernelModules"], Kind::Bool),
    Key::new(&["wsl2.loadKernelModules"], Kind::Text),
    Key::new(&["wsl2.isolateDistroCgroup"], Kind::Bool),
    Key::new(
        &[NETWORKING_MODE, "experimental.networkingMode"],
        Kind::OneOf(&["Bridged", "Consomme", "Mirrored", "Nat", "None", "VirtioProxy"]),
    ),
    Key::new(&["wsl2.dnsTunneling", "experimental.dnsTunneling"], Kind::Bool),
    Key::new(&["wsl2.firewall", "experimental.firewall"], Kind::Bool),
    Key::new(&[AUTO_PROXY, "experimental.autoProxy"], Kind::Bool),
    Key::new(
        &["experimental.autoMemoryReclaim"],
        Kind::OneOf(&["Disabled", "DropCache", "Gradual"]),
    ),
    Key::new(&["experimental.sparseVhd"], Kind::Bool),
    Key::new(&["experimental.bestEffortDnsParsing"], Kind::Bool),
    Key::new(&["experimental.dnsTunnelingIpAddress"], Kind::Ipv4),
    Key::new(&["experimental.initialAutoProxyTimeout"], Kind::Int),
    Key::new(&["experimental.ignoredPorts"], Kind::Ports),
    Key::new(&["experimental.hostAddressLoopback"], Kind::Bool),
    Key::new(&["experimental.setVersionDebug"], Kind::Bool),
    Key::new(&["experimental.swiotlb"], Kind::Memory),
    Key::new(&["experimental.virtioFsAggregateShares"], Kind::Bool),
];

/// What the file says about the things that the lab models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WslConfig {
    /// Whether the localhost relay runs (default true).
    pub localhost_forwarding: bool,
    /// Whether the proxy of Windows is handed to the guest (default true).
    pub auto_proxy: bool,
    /// What `wsl.exe` prints to stderr about the file when it starts the machine, a line each.
    pub warnings: Vec<String>,
}

/// Why the machine cannot be started as the file asks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WslConfigError {
    /// The file asks for another way of networking.
    #[error("{path}: wsl2.networkingMode={mode} is not modelled; the lab's WSL is in NAT mode")]
    NetworkingMode {
        /// The file.
        path: String,
        /// What it asks for.
        mode: String,
    },
}

/// Reads the text of the file; a missing file is an empty one. `path` is its Windows path, which the
/// warnings show.
///
/// # Errors
/// For a networking mode that is not modelled.
pub fn read(text: &str, path: &str) -> Result<WslConfig, WslConfigError> {
    // The source opens it in text mode as UTF-8: no byte order mark, no CR before LF.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let settings = config_file::read(&text, path, &KEYS, InvalidLine::Skip);
    if let Some(mode) = settings.text(NETWORKING_MODE)
        && mode != "Nat"
    {
        let (path, mode) = (path.to_owned(), mode.to_ascii_lowercase());
        return Err(WslConfigError::NetworkingMode { path, mode });
    }
    Ok(WslConfig {
        localhost_forwarding: settings.flag(LOCALHOST_FORWARDING).unwrap_or(true),
        auto_proxy: settings.flag(AUTO_PROXY).unwrap_or(true),
        warnings: settings.warnings,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PATH: &str = r"C:\Users\dev\.wslconfig";

    #[rstest]
    #[case::empty("", true, true)]
    #[case::off("[wsl2]\nlocalhostForwarding=false\n", false, true)]
    #[case::any_case("[WSL2]\r\nLOCALHOSTFORWARDING = FALSE\r\n", false, true)]
    #[case::old_section("\u{feff}[experimental]\nautoProxy=false\n", true, false)]
    #[case::other_keys("[wsl2]\nmemory=4GB\nnetworkingMode=NAT\nfirewall=true\n", true, true)]
    fn settings(#[case] text: &str, #[case] forwarding: bool, #[case] proxy: bool) {
        let config = read(text, PATH).unwrap();
        assert_eq!((config.localhost_forwarding, config.auto_proxy), (forwarding, proxy));
        assert_eq!(config.warnings, Vec::<String>::new());
    }

    #[rstest]
    #[case::unknown(
        "[wsl2]\r\n\r\nfoo=1\r\n",
        r"wsl: Unknown key 'wsl2.foo' in C:\Users\dev\.wslconfig:3"
    )]
    #[case::misplaced(
        "[network]\nlocalhostForwarding=false",
        r"wsl: Unknown key 'network.localhostForwarding' in C:\Users\dev\.wslconfig:2"
    )]
    #[case::bad_value(
        "[wsl2]\nlocalhostForwarding=off",
        r"wsl: Invalid boolean value 'off' for key 'wsl2.localhostForwarding' in C:\Users\dev\.wslconfig:2"
    )]
    fn a_setting_that_does_not_count_warns(#[case] text: &str, #[case] warning: &str) {
        let config = read(text, PATH).unwrap();
        assert!(config.localhost_forwarding);
        assert_eq!(config.warnings, [warning]);
    }

    #[test]
    fn mirrored_is_not_modelled() {
        let error = read("[wsl2]\nnetworkingMode=Mirrored\n", PATH).unwrap_err();
        assert_eq!(
            error.to_string(),
            r"C:\Users\dev\.wslconfig: wsl2.networkingMode=mirrored is not modelled; the lab's WSL is in NAT mode"
        );
    }
}
