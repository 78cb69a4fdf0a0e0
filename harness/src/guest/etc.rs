//! Which files of `/etc` a start of a node writes.

use super::wsl_conf;
use crate::{node::Node, topology};

/// The files, name and text. WSL writes hosts and resolv.conf anew at each boot unless `wsl_conf`
/// (the text of [`wsl_conf::PATH`]) says otherwise; the rest of a disk stays as it was left.
pub fn to_write(
    node: Node,
    wsl_conf: &str,
    is_there: impl Fn(&str) -> bool,
) -> Vec<(&'static str, String)> {
    let conf = wsl_conf::read(wsl_conf);
    let mut files = topology::etc_files(node);
    files.retain(|(name, _)| {
        let generated = match *name {
            "hosts" => conf.generate_hosts,
            "resolv.conf" => conf.generate_resolv_conf,
            _ => false,
        };
        generated || !is_there(name)
    });
    files
}
