//! What WSL itself does inside the guest: the init that reads `/etc/wsl.conf` and generates
//! `/etc/hosts`, and the helper that finds TCP listeners and takes the relay's connections.

pub mod config_file;
pub mod etc;
pub mod hosts;
#[cfg(target_os = "linux")]
pub mod listeners;
#[cfg(unix)]
pub mod relay;
pub mod resolv_conf;
pub mod wsl_conf;
