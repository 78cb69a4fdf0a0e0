//! The lab's own distro: imported or taken over, furnished with the agent, put back between phases.

use std::{fs, net::Ipv4Addr, path::Path};

use super::{
    super::ArmError,
    bundle::{Bundle, GUEST, GUEST_PROGRAMS, MARK},
    programs::{self, must, said},
};
use crate::doctor::GuestHas;

/// Keeps and puts back what scenarios write in the guest.
const SCRIPT: &str = include_str!("guest.sh");

/// A distro by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Its name.
    pub distro: String,
}

impl Guest {
    /// Imports a distro.
    ///
    /// # Errors
    /// What `wsl.exe` says.
    pub async fn import(distro: &str, directory: &Path, rootfs: &Path) -> Result<Guest, ArmError> {
        let failed = |source| ArmError::Io { operation: "make the distro's directory", source };
        fs::create_dir_all(directory).map_err(failed)?;
        let (directory, rootfs) = (directory.display().to_string(), rootfs.display().to_string());
        must("wsl", &["--import", distro, &directory, &rootfs, "--version", "2"]).await?;
        let guest = Guest { distro: distro.to_owned() };
        guest.shell(&format!("echo 'made by reachlab' >{MARK}")).await?;
        Ok(guest)
    }

    /// Takes over a distro that says it is the lab's.
    ///
    /// # Errors
    /// When it does not, or is none.
    pub async fn adopt(distro: &str) -> Result<Guest, ArmError> {
        let guest = Guest { distro: distro.to_owned() };
        let marked = programs::run("wsl", &guest.exec(&["test", "-f", MARK])).await?;
        if marked.exit == 0 {
            return Ok(guest);
        }
        let text = said(&marked);
        Err(ArmError::Refused {
            operation: format!("use the distro {distro}"),
            reason: if text.is_empty() { format!("it has no {MARK}") } else { text },
            hint: Some(format!(
                "the lab changes its distro, so it takes none that is somebody's: give it a rootfs \
                 (--rootfs), or mark one that is for it alone: `wsl -d {distro} -u root touch {MARK}`"
            )),
        })
    }

    /// The arguments of `wsl.exe` that run this in the guest.
    pub fn exec<'a>(&'a self, argv: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = vec!["-d", &self.distro, "-u", "root", "--exec"];
        arguments.extend(argv);
        arguments
    }

    /// Runs a line in the guest's shell.
    ///
    /// # Errors
    /// What it says when it fails.
    pub async fn shell(&self, line: &str) -> Result<String, ArmError> {
        Ok(must("wsl", &self.exec(&["sh", "-c", line])).await?.stdout)
    }

    /// What it has of what scenarios may need.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn has(&self) -> Result<GuestHas, ArmError> {
        let mut argv = vec!["sh", "-c", GuestHas::SCRIPT, "sh"];
        argv.extend(GuestHas::asked());
        Ok(GuestHas::read(&must("wsl", &self.exec(&argv)).await?.stdout))
    }

    /// Puts the agent and the fixtures' programs into the guest, and keeps what is on its disk.
    ///
    /// # Errors
    /// What could not be copied.
    pub async fn furnish(&self, bundle: &Bundle) -> Result<(), ArmError> {
        let failed = |source| ArmError::Io { operation: "read the bundle", source };
        self.shell(&format!("rm -rf {GUEST} && mkdir -p {GUEST_PROGRAMS}")).await?;
        for (from, to) in bundle.for_guest().map_err(failed)? {
            let bytes = fs::read(&from).map_err(failed)?;
            let line = format!("cat >{to} && chmod 755 {to} && wc -c <{to}");
            let arguments = self.exec(&["sh", "-c", &line]);
            let output = programs::feed("wsl", &arguments, &bytes).await?;
            if output.stdout.trim() != bytes.len().to_string() {
                return Err(ArmError::Refused {
                    operation: format!("copy {} into the guest", from.display()),
                    reason: said(&output),
                    hint: None,
                });
            }
        }
        self.script("keep").await
    }

    /// Puts back what is on the guest's disk. It has to be stopped afterwards, so that its next boot
    /// finds nothing of the one before.
    ///
    /// # Errors
    /// What the script says.
    pub async fn restore(&self) -> Result<(), ArmError> {
        self.script("restore").await
    }

    async fn script(&self, what: &str) -> Result<(), ArmError> {
        must("wsl", &self.exec(&["sh", "-c", SCRIPT, "sh", what])).await.map(drop)
    }

    /// Stops the guest, or with `whole` the virtual machine with every distro in it.
    ///
    /// # Errors
    /// What `wsl.exe` says.
    pub async fn stop(&self, whole: bool) -> Result<(), ArmError> {
        let arguments: &[&str] =
            if whole { &["--shutdown"] } else { &["--terminate", &self.distro] };
        must("wsl", arguments).await.map(drop)
    }

    /// Unregisters the distro; fine when it is not registered.
    ///
    /// # Errors
    /// When it still is, afterwards.
    pub async fn unregister(&self) -> Result<(), ArmError> {
        programs::run("wsl", &["--unregister", &self.distro]).await?;
        let left = must("wsl", &["--list", "--quiet"]).await;
        let names = left.map(|output| crate::windows_text::wsl_list::names(&output.stdout));
        if names.unwrap_or_default().iter().any(|name| name.eq_ignore_ascii_case(&self.distro)) {
            return Err(ArmError::Refused {
                operation: format!("unregister the distro {}", self.distro),
                reason: "it is still listed".to_owned(),
                hint: Some(format!("wsl --unregister {}", self.distro)),
            });
        }
        Ok(())
    }
}

/// The address in `ip -4 -o addr show eth0`.
pub fn inet(text: &str) -> Option<Ipv4Addr> {
    text.split_once("inet ")?.1.split('/').next()?.parse().ok()
}

/// The next hop in `ip -4 route show default`.
pub fn via(text: &str) -> Option<Ipv4Addr> {
    text.split_once("via ")?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ip_says() {
        let text = "2: eth0    inet 172.28.21.93/20 brd 172.28.31.255 scope global eth0\n";
        assert_eq!(inet(text), Some(Ipv4Addr::new(172, 28, 21, 93)));
        assert_eq!(inet("2: eth0 <UP>\n"), None);
        let text = "default via 172.28.16.1 dev eth0 proto kernel\n";
        assert_eq!(via(text), Some(Ipv4Addr::new(172, 28, 16, 1)));
        assert_eq!(via(""), None);
    }
}
