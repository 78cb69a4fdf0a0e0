//! `/etc/wsl.conf`: the settings of one distro, read by WSL's init at each start of it.
//!
//! Source: microsoft/WSL src/linux/init/WslDistributionConfig.{h,cpp} (ledger 4.4.1, 4.4.2).

use super::config_file::{self, InvalidLine, Key, Kind};

/// Where the file is, which is also what the warnings call it.
pub const PATH: &str = "/etc/wsl.conf";

/// Every key that WSL knows here. A key of `.wslconfig` is unknown here, `autoProxy` included.
const KEYS: [Key; 25] = [
    Key::new(&["automount.enabled"], Kind::Bool),
    Key::new(&["automount.root"], Kind::Text),
    Key::new(&["automount.options"], Kind::Text),
    Key::new(&["automount.mountFsTab"], Kind::Bool),
    Key::new(&["automount.ldconfig"], Kind::Bool),
    Key::new(&["automount.cgroups"], Kind::OneOf(&["v1", "v2"])),
    Key::new(&["filesystem.umask"], Kind::Int),
    Key::new(&["interop.appendWindowsPath"], Kind::Bool),
    Key::new(&["interop.enabled"], Kind::Bool),
    Key::new(&["network.generateHosts"], Kind::Bool),
    Key::new(&["network.generateResolvConf"], Kind::Bool),
    Key::new(&["network.hostname"], Kind::Text),
    Key::new(&["time.useWindowsTimezone"], Kind::Bool),
    Key::new(&["fileServer.enabled"], Kind::Bool),
    Key::new(&["fileServer.logFile"], Kind::Text),
    Key::new(&["fileServer.logLevel"], Kind::Int),
    Key::new(&["fileServer.logTruncate"], Kind::Bool),
    Key::new(&["gpu.enabled"], Kind::Bool),
    Key::new(&["gpu.appendLibPath"], Kind::Bool),
    Key::new(&["user.default"], Kind::Text),
    Key::new(&["boot.command"], Kind::Text),
    Key::new(&["boot.systemd"], Kind::Bool),
    Key::new(&["boot.initTimeout"], Kind::Int),
    Key::new(&["boot.protectBinfmt"], Kind::Bool),
    Key::new(&["general.guiApplications"], Kind::Bool),
];

/// What the file says about the things that the lab models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WslConf {
    /// Whether WSL writes `/etc/hosts` at each start (default true).
    pub generate_hosts: bool,
    /// Whether WSL writes `/etc/resolv.conf` at each start (default true).
    pub generate_resolv_conf: bool,
    /// The host name instead of that of Windows.
    pub hostname: Option<String>,
    /// Whether systemd is pid 1 (default false; the Ubuntu image of `wsl --install` sets it).
    pub systemd: bool,
    /// A command that init runs as root at each start.
    pub boot_command: Option<String>,
    /// The user that `wsl.exe` runs commands as.
    pub default_user: Option<String>,
    /// What `wsl.exe` prints to stderr about the file, a line each.
    pub warnings: Vec<String>,
}

impl WslConf {
    /// The keys that ask for what the lab's guest does not have.
    pub fn not_modelled(&self) -> Vec<&'static str> {
        let asked = [
            ("network.hostname", self.hostname.is_some()),
            ("boot.systemd", self.systemd),
            ("boot.command", self.boot_command.is_some()),
            ("user.default", self.default_user.is_some()),
        ];
        asked.into_iter().filter(|(_, asked)| *asked).map(|(key, _)| key).collect()
    }
}

/// Reads the text of the file; a missing file is an empty one.
pub fn read(text: &str) -> WslConf {
    let settings = config_file::read(text, PATH, &KEYS, InvalidLine::Stop);
    let text = |key| settings.text(key).map(str::to_owned);
    WslConf {
        generate_hosts: settings.flag("network.generateHosts").unwrap_or(true),
        generate_resolv_conf: settings.flag("network.generateResolvConf").unwrap_or(true),
        hostname: text("network.hostname"),
        systemd: settings.flag("boot.systemd").unwrap_or(false),
        boot_command: text("boot.command"),
        default_user: text("user.default"),
        warnings: settings.warnings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guest_lacks_is_named() {
        let asked =
            read("[boot]\nsystemd=true\n[network]\ngenerateHosts=false\n[user]\ndefault=me\n");
        assert_eq!(asked.not_modelled(), ["boot.systemd", "user.default"]);
        assert!(read("[boot]\nsystemd=false\n").not_modelled().is_empty());
    }

    #[test]
    fn defaults() {
        let conf = read("");
        assert!(conf.generate_hosts && conf.generate_resolv_conf && !conf.systemd);
        assert_eq!(conf.warnings, Vec::<String>::new());
    }

    #[test]
    fn what_the_lab_uses() {
        let conf = read(
            "[boot]\nsystemd=true\ncommand = service ssh start\n\
             [network]\ngenerateHosts = false\ngenerateResolvConf=0\nhostname=box\n\
             [user]\ndefault=dev\n[interop]\nenabled=true\n",
        );
        assert_eq!(
            conf,
            WslConf {
                generate_hosts: false,
                generate_resolv_conf: false,
                hostname: Some("box".into()),
                systemd: true,
                boot_command: Some("service ssh start".into()),
                default_user: Some("dev".into()),
                warnings: Vec::new(),
            }
        );
    }

    #[test]
    fn auto_proxy_is_unknown_here() {
        let conf = read("[network]\ngenerateHosts = true\nautoProxy = true\n");
        assert_eq!(conf.warnings, ["wsl: Unknown key 'network.autoProxy' in /etc/wsl.conf:3"]);
    }
}
