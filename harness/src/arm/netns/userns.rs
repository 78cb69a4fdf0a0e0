//! The id maps of the supervisor's user namespace.

use std::{
    fs, io,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, getegid, geteuid};

use crate::{
    doctor::{find, subid},
    topology::SECOND_ID,
};

/// Writes them from outside, as the kernel demands for more than one id: root keeps every id that
/// it has here, anybody else becomes root, with `second_user` beside it where that is asked for.
///
/// # Errors
/// What the kernel says, or why there is no second id.
pub fn write_maps(pid: u32, second_user: bool) -> io::Result<()> {
    let path = |name: &str| format!("/proc/{pid}/{name}");
    if geteuid() == Uid::from_raw(0) {
        fs::write(path("uid_map"), identity(&fs::read_to_string("/proc/self/uid_map")?))?;
        return fs::write(path("gid_map"), identity(&fs::read_to_string("/proc/self/gid_map")?));
    }
    if second_user {
        return two_ids(pid, geteuid(), getegid());
    }
    fs::write(path("setgroups"), "deny")?;
    fs::write(path("uid_map"), format!("0 {} 1\n", geteuid()))?;
    fs::write(path("gid_map"), format!("0 {} 1\n", getegid()))
}

/// The caller's own ids and one each that `/etc/subuid` and `/etc/subgid` grant it. Only programs
/// that are set-uid root may write such a map; they read these files themselves.
fn two_ids(pid: u32, uid: Uid, gid: Gid) -> io::Result<()> {
    let grant = subid::Grant::of(uid)?;
    let maps = [
        ("newuidmap", uid.as_raw(), grant.uid, subid::UIDS),
        ("newgidmap", gid.as_raw(), grant.gid, subid::GIDS),
    ];
    for (name, own, granted, file) in maps {
        let no_range = || io::Error::other(format!("{file} grants this user no id"));
        let granted = granted.ok_or_else(no_range)?;
        let program = find::program(name)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no {name}")))?;
        let output = Command::new(program)
            .arg(pid.to_string())
            .args(["0".to_owned(), own.to_string(), "1".to_owned()])
            .args([SECOND_ID.to_string(), granted.to_string(), "1".to_owned()])
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(format!("{name}: {}", said.trim())));
        }
    }
    Ok(())
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
