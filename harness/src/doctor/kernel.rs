//! What the kernel grants: user namespaces and a fresh /proc, and why it may not.
//!
//! Reading settings tells what is likely; only the attempt is proof. `check` reads, and the lab,
//! when its attempt fails, asks the `explain_*` functions for words.

use std::{fs, io, path::Path};

/// Why something of the kernel's is not granted, and what changes that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What stands in the way.
    pub reason: String,
    /// The command, or the option of the container, that removes it.
    pub remedy: String,
}

/// The settings that decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kernel {
    /// `user.max_user_namespaces`: how many there may be, 0 to forbid them.
    max_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone` of Debian's kernels: 0 to forbid them to ordinary users.
    unprivileged_userns_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns` of Ubuntu's: 1 to take away their privileges.
    apparmor_restricts: Option<u64>,
    /// Whether this process has CAP_SYS_ADMIN.
    sys_admin: bool,
    /// Whether a seccomp filter is on this process.
    seccomp_filter: bool,
    /// What is mounted over parts of /proc.
    proc_masks: Vec<String>,
}

const CAP_SYS_ADMIN: u64 = 1 << 21;

impl Kernel {
    /// Reads the settings of this machine.
    pub fn read() -> Kernel {
        Kernel::read_below(Path::new("/proc"))
    }

    fn read_below(proc: &Path) -> Kernel {
        let text = |file: &str| fs::read_to_string(proc.join(file)).unwrap_or_default();
        let number = |file: &str| text(file).trim().parse().ok();
        let status = text("self/status");
        let capabilities = field(&status, "CapEff:").map(|hex| u64::from_str_radix(hex, 16));
        Kernel {
            max_user_namespaces: number("sys/user/max_user_namespaces"),
            unprivileged_userns_clone: number("sys/kernel/unprivileged_userns_clone"),
            apparmor_restricts: number("sys/kernel/apparmor_restrict_unprivileged_userns"),
            sys_admin: capabilities.is_some_and(|caps| caps.unwrap_or(0) & CAP_SYS_ADMIN != 0),
            seccomp_filter: field(&status, "Seccomp:") == Some("2"),
            proc_masks: masks(&text("self/mountinfo")),
        }
    }

    /// Whether the settings allow user namespaces to this process.
    ///
    /// # Errors
    /// The setting that does not.
    pub fn user_namespaces(&self) -> Result<(), Obstacle> {
        let sysctl = |name: &str, forbids: u64, allows: u64| {
            Err(Obstacle {
                reason: format!("{name} is {forbids}"),
                remedy: format!("sudo sysctl -w {name}={allows}"),
            })
        };
        if self.max_user_namespaces == Some(0) {
            return sysctl("user.max_user_namespaces", 0, 65536);
        }
        if self.sys_admin {
            return Ok(());
        }
        if self.unprivileged_userns_clone == Some(0) {
            return sysctl("kernel.unprivileged_userns_clone", 0, 1);
        }
        match self.apparmor_restricts {
            None | Some(0) => Ok(()),
            Some(on) => sysctl("kernel.apparmor_restrict_unprivileged_userns", on, 0),
        }
    }

    /// Whether a user namespace may mount a /proc of its own: the kernel refuses it where the one
    /// that is there is partly covered, as docker does. Root is no exception: its labs have a user
    /// namespace as well.
    ///
    /// # Errors
    /// Says what is covered.
    pub fn proc_mount(&self) -> Result<(), Obstacle> {
        if self.proc_masks.is_empty() {
            return Ok(());
        }
        Err(self.masked())
    }

    fn masked(&self) -> Obstacle {
        let shown: Vec<&str> = self.proc_masks.iter().take(3).map(String::as_str).collect();
        let more = if self.proc_masks.len() > shown.len() { ", …" } else { "" };
        Obstacle {
            reason: format!("this container covers {}{more}", shown.join(", ")),
            remedy: "start the container with --security-opt systempaths=unconfined".to_owned(),
        }
    }

    fn explain_userns(&self, error: &io::Error) -> String {
        const EPERM: i32 = 1;
        const EINVAL: i32 = 22;
        const ENOSPC: i32 = 28;
        const ENOSYS: i32 = 38;
        const EUSERS: i32 = 87;
        let why = match (self.user_namespaces(), error.raw_os_error()) {
            (Err(Obstacle { reason, remedy }), _) => format!("{reason}; change it with `{remedy}`"),
            (Ok(()), Some(ENOSPC | EUSERS)) => {
                let limit =
                    self.max_user_namespaces.map_or(String::new(), |max| format!(" ({max})"));
                format!(
                    "user.max_user_namespaces{limit} are in use, or they are nested too deep; \
                     change it with `sudo sysctl -w user.max_user_namespaces=65536`"
                )
            }
            (Ok(()), Some(EPERM)) if self.seccomp_filter => {
                "a seccomp filter forbids it, as docker's does; \
                 start the container with --security-opt seccomp=unconfined"
                    .to_owned()
            }
            (Ok(()), Some(EINVAL | ENOSYS)) => "this kernel has none (CONFIG_USER_NS)".to_owned(),
            (Ok(()), _) => "no setting known to forbid it does".to_owned(),
        };
        format!("cannot set up a user namespace: {error}: {why}")
    }

    fn explain_proc(&self) -> String {
        let Obstacle { reason, remedy } = if self.proc_masks.is_empty() {
            Obstacle {
                reason: "nothing is seen to cover the one that is there".to_owned(),
                remedy: "in a container, start it with --security-opt systempaths=unconfined"
                    .to_owned(),
            }
        } else {
            self.masked()
        };
        format!("cannot mount a /proc for a node: {reason}; {remedy}")
    }
}

/// Why a user namespace could not be created or set up, and the exact command that changes it.
pub fn explain_userns_failure(error: &io::Error) -> String {
    format!("{}; {CONTAINERS}", Kernel::read().explain_userns(error))
}

/// Why a /proc could not be mounted in a node, and what changes it.
pub fn explain_proc_failure() -> String {
    format!("{}; {CONTAINERS}", Kernel::read().explain_proc())
}

/// The way out where nobody may change the machine.
const CONTAINERS: &str = "or run in containers: `cargo xtask run-scenarios --arm docker`";

/// The effective uid of this process, where /proc tells it.
pub(super) fn effective_uid() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// Mount points below /proc. The one of binfmt_misc is an empty directory, which covers nothing.
fn masks(mountinfo: &str) -> Vec<String> {
    let points = mountinfo.lines().filter_map(|line| line.split_whitespace().nth(4));
    points
        .filter(|point| point.starts_with("/proc/") && *point != "/proc/sys/fs/binfmt_misc")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const USER: &str = "Name:\tx\nCapEff:\t0000000000000000\nSeccomp:\t0\n";
    const ROOT: &str = "Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n";
    const DOCKER: &str = "Name:\tx\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n";
    const PLAIN: &str = "22 27 0:21 / /proc rw - proc proc rw\n\
                         30 22 0:28 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n";
    const MASKED: &str = "22 27 0:21 / /proc rw - proc proc rw\n\
                          60 22 0:5 /null /proc/kcore rw - tmpfs tmpfs rw\n\
                          61 22 0:21 /sys /proc/sys ro - proc proc rw\n";

    fn kernel(status: &str, mountinfo: &str, sysctls: &[(&str, &str)]) -> Kernel {
        let proc = tempfile::tempdir().unwrap();
        let put = |file: &str, text: &str| {
            let path = proc.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("self/status", status);
        put("self/mountinfo", mountinfo);
        for (name, value) in sysctls {
            put(&format!("sys/{name}"), &format!("{value}\n"));
        }
        Kernel::read_below(proc.path())
    }

    const APPARMOR: &str = "kernel/apparmor_restrict_unprivileged_userns";
    const CLONE: &str = "kernel/unprivileged_userns_clone";
    const MAX: &str = "user/max_user_namespaces";

    #[rstest]
    #[case::debian(USER, &[(MAX, "96365"), (CLONE, "1")], None)]
    #[case::ubuntu(USER, &[(MAX, "96365"), (APPARMOR, "1")],
        Some("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"))]
    #[case::ubuntu_root(ROOT, &[(MAX, "96365"), (APPARMOR, "1")], None)]
    #[case::hardened(USER, &[(MAX, "96365"), (CLONE, "0")],
        Some("sudo sysctl -w kernel.unprivileged_userns_clone=1"))]
    #[case::none_allowed(ROOT, &[(MAX, "0")], Some("sudo sysctl -w user.max_user_namespaces=65536"))]
    #[case::nothing_readable(USER, &[], None)]
    fn user_namespaces(
        #[case] status: &str,
        #[case] sysctls: &[(&str, &str)],
        #[case] remedy: Option<&str>,
    ) {
        let kernel = kernel(status, PLAIN, sysctls);
        let obstacle = kernel.user_namespaces().err();
        assert_eq!(obstacle.as_ref().map(|obstacle| obstacle.remedy.as_str()), remedy);
        if let Some(remedy) = remedy {
            let told = kernel.explain_userns(&io::Error::from_raw_os_error(1));
            assert!(told.contains(remedy) && told.contains("os error 1"), "{told}");
        }
    }

    #[rstest]
    #[case::plain(USER, PLAIN, None)]
    #[case::docker(DOCKER, MASKED, Some("covers /proc/kcore, /proc/sys"))]
    #[case::root(ROOT, MASKED, Some("covers /proc/kcore, /proc/sys"))]
    fn proc_mount(#[case] status: &str, #[case] mountinfo: &str, #[case] says: Option<&str>) {
        let obstacle = kernel(status, mountinfo, &[]).proc_mount().err();
        assert_eq!(obstacle.is_some(), says.is_some());
        if let (Some(obstacle), Some(says)) = (obstacle, says) {
            assert!(obstacle.reason.contains(says), "{obstacle:?}");
            assert!(obstacle.remedy.contains("systempaths=unconfined"), "{obstacle:?}");
        }
    }

    #[rstest]
    #[case::seccomp(DOCKER, 1, "--security-opt seccomp=unconfined")]
    #[case::used_up(USER, 28, "sudo sysctl -w user.max_user_namespaces=65536")]
    #[case::no_such_kernel(USER, 22, "CONFIG_USER_NS")]
    #[case::unknown(USER, 5, "no setting known to forbid it")]
    fn explains_a_failure(#[case] status: &str, #[case] errno: i32, #[case] says: &str) {
        let told = kernel(status, PLAIN, &[(MAX, "9")])
            .explain_userns(&io::Error::from_raw_os_error(errno));
        assert!(told.contains(says), "{told}");
    }

    #[test]
    fn a_refused_proc_always_names_the_option() {
        for mountinfo in [PLAIN, MASKED] {
            let told = kernel(USER, mountinfo, &[]).explain_proc();
            assert!(told.contains("--security-opt systempaths=unconfined"), "{told}");
        }
    }
}
