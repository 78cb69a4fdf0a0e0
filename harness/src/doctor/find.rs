//! Finding programs: in `PATH`, and in the directories of system programs, which an ordinary user's
//! `PATH` leaves out on Debian.

use std::{env, ffi::OsString, path::PathBuf};

use super::requirement::{Find, Requirement};

/// Directories that are searched after those of `PATH`.
const SYSTEM: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Where systemd's own daemons are.
const SYSTEMD: [&str; 2] = ["/usr/lib/systemd", "/lib/systemd"];

/// `PATH` with the directories of system programs at its end.
pub fn search_path() -> OsString {
    extend(env::var_os("PATH"))
}

fn extend(path: Option<OsString>) -> OsString {
    let path = path.unwrap_or_default();
    // An empty element would mean the current directory.
    let own = env::split_paths(&path).filter(|dir| !dir.as_os_str().is_empty());
    env::join_paths(own.chain(SYSTEM.map(PathBuf::from))).unwrap_or(path)
}

/// Where the program of this name is. A daemon of systemd's is in no `PATH`.
pub fn program(name: &str) -> Option<PathBuf> {
    let found = which::which_in(name, Some(search_path()), "/").ok();
    found.or_else(|| {
        let daemons = SYSTEMD.map(|directory| PathBuf::from(directory).join(name));
        daemons.into_iter().find(|path| path.is_file())
    })
}

/// Where the programs of a requirement are, or the names of those that are missing. What is not a
/// program has no paths.
pub(super) fn requirement(requirement: &Requirement) -> Result<Vec<PathBuf>, Vec<&'static str>> {
    match requirement.find {
        Find::Kernel => Ok(Vec::new()),
        Find::AnyOf(names) => match names.iter().find_map(|name| program(name)) {
            Some(path) => Ok(vec![path]),
            None => Err(names.to_vec()),
        },
        Find::Programs(names) => {
            let (mut found, mut missing) = (Vec::new(), Vec::new());
            for name in names {
                match program(name) {
                    Some(path) => found.push(path),
                    None => missing.push(*name),
                }
            }
            if missing.is_empty() { Ok(found) } else { Err(missing) }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::doctor::requirement::{Id, Missing};

    #[rstest]
    #[case::user(
        Some("/home/me/bin:/usr/bin"),
        "/home/me/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/sbin"
    )]
    #[case::current_directory_is_left_out(Some(":/bin:"), "/bin:/usr/local/sbin:/usr/sbin:/sbin")]
    #[case::unset(None, "/usr/local/sbin:/usr/sbin:/sbin")]
    fn system_programs_come_last(#[case] path: Option<&str>, #[case] expected: &str) {
        assert_eq!(extend(path.map(OsString::from)), expected);
    }

    #[rstest]
    #[case::all_there(Find::Programs(&["sh", "ls"]), Ok(2))]
    #[case::one_is_not(Find::Programs(&["sh", "no-such-program"]), Err(vec!["no-such-program"]))]
    #[case::any_of(Find::AnyOf(&["no-such-program", "sh"]), Ok(1))]
    #[case::none_of(Find::AnyOf(&["no-such", "nor-this"]), Err(vec!["no-such", "nor-this"]))]
    fn finds(#[case] find: Find, #[case] expected: Result<usize, Vec<&'static str>>) {
        let row = Requirement {
            id: Id::Ip,
            purpose: "",
            find,
            package: None,
            missing: Missing::Skip,
            with: &[],
        };
        assert_eq!(requirement(&row).map(|paths| paths.len()), expected);
    }
}
