//! The id maps of the supervisor's user namespace.

use std::{fs, io};

use nix::unistd::{Uid, getegid, geteuid};

/// Writes them from outside, as the kernel demands for more than one id: root keeps every id that
/// it has here, anybody else becomes the only user of the namespace, its root.
///
/// # Errors
/// What the kernel says.
pub fn write_maps(pid: u32) -> io::Result<()> {
    let path = |name: &str| format!("/proc/{pid}/{name}");
    if geteuid() == Uid::from_raw(0) {
        fs::write(path("uid_map"), identity(&fs::read_to_string("/proc/self/uid_map")?))?;
        return fs::write(path("gid_map"), identity(&fs::read_to_string("/proc/self/gid_map")?));
    }
    fs::write(path("setgroups"), "deny")?;
    fs::write(path("uid_map"), format!("0 {} 1\n", geteuid()))?;
    fs::write(path("gid_map"), format!("0 {} 1\n", getegid()))
}

/// The same ids inside as outside, from this process's own map.
fn identity(own: &str) -> String {
    let mut map = String::new();
    for line in own.lines() {
        if let [inside, _, count] = line.split_whitespace().collect::<Vec<_>>()[..] {
            map.push_str(&format!("{inside} {inside} {count}\n"));
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_map_keeps_every_extent() {
        let own = "         0          0 4294967295\n";
        assert_eq!(identity(own), "0 0 4294967295\n");
        assert_eq!(identity("0 1000 1\n1 100000 65536\n"), "0 0 1\n1 1 65536\n");
    }
}
