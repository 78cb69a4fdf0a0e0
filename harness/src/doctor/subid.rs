//! The ids that `/etc/subuid` and `/etc/subgid` grant an ordinary user: what a lab with two users
//! takes its second one from.

use std::{fs, io};

use nix::unistd::{Uid, User, geteuid};

use super::kernel::Obstacle;
use crate::topology::SECOND_ID;

/// Where uids are granted.
pub const UIDS: &str = "/etc/subuid";
/// Where gids are granted.
pub const GIDS: &str = "/etc/subgid";

/// The first id of a range that nobody has: where distributions begin, and how many a user gets.
const FIRST: u64 = 100_000;
const COUNT: u64 = 65_536;

/// Whether a lab of this process can have a second user.
///
/// # Errors
/// What it lacks, and the command that grants it.
pub fn second_id() -> Result<(), Obstacle> {
    if geteuid().is_root() {
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        return root_has(&map);
    }
    let grant = Grant::of(geteuid()).map_err(|error| Obstacle {
        reason: format!("{UIDS}, {GIDS}: {error}"),
        remedy: format!("make {UIDS} and {GIDS} readable"),
    })?;
    match grant.command() {
        None => Ok(()),
        Some(remedy) => {
            let reason = format!("{UIDS} and {GIDS} grant {} no second id", grant.user);
            Err(Obstacle { reason, remedy })
        }
    }
}

/// Root of a container may be the only user that its container has.
fn root_has(map: &str) -> Result<(), Obstacle> {
    let holds = |line: &str| {
        let mut fields = line.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(start)), _, Some(Ok(count))) = (fields.next(), fields.next(), fields.next())
        else {
            return false;
        };
        (start..start + count).contains(&u64::from(SECOND_ID))
    };
    if map.lines().any(holds) {
        return Ok(());
    }
    Err(Obstacle {
        reason: format!("this user namespace has no uid {SECOND_ID}"),
        remedy: "run it outside, or start the container with a range of uids".to_owned(),
    })
}

/// What a user is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The user's name, or its uid where it has none.
    pub user: String,
    /// The first uid granted.
    pub uid: Option<u32>,
    /// The first gid granted.
    pub gid: Option<u32>,
    /// The first id that neither file grants anybody, where a range of its own would fit.
    free: u64,
}

impl Grant {
    /// Reads both files for a user.
    ///
    /// # Errors
    /// When they, or the user's entry, cannot be read. A file that is missing grants nothing.
    pub fn of(user: Uid) -> io::Result<Grant> {
        let name = User::from_uid(user)?.map(|user| user.name);
        let read = |path| match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        };
        Ok(Grant::read(name.as_deref(), user.as_raw(), &read(UIDS)?, &read(GIDS)?))
    }

    fn read(name: Option<&str>, uid: u32, uids: &str, gids: &str) -> Grant {
        let number = uid.to_string();
        let mine = |text: &str| {
            let own = |owner: &str| Some(owner) == name || owner == number;
            let mut ranges = ranges(text).filter(|range| own(range.0) && range.2 > 0);
            ranges.find_map(|range| u32::try_from(range.1).ok())
        };
        let ends = ranges(uids).chain(ranges(gids)).map(|(_, start, count)| start + count);
        Grant {
            user: name.map_or(number.clone(), str::to_owned),
            uid: mine(uids),
            gid: mine(gids),
            free: ends.max().unwrap_or(FIRST).max(FIRST),
        }
    }

    /// The command that grants this user what it lacks; `None` when it lacks nothing.
    pub fn command(&self) -> Option<String> {
        let range = format!("{}-{}", self.free, self.free + COUNT - 1);
        let uids = self.uid.is_none().then(|| format!(" --add-subuids {range}"));
        let gids = self.gid.is_none().then(|| format!(" --add-subgids {range}"));
        if uids.is_none() && gids.is_none() {
            return None;
        }
        let options = uids.unwrap_or_default() + &gids.unwrap_or_default();
        Some(format!("sudo usermod{options} {}", self.user))
    }
}

/// `OWNER:START:COUNT` lines; what is none is skipped, as the programs that read them do.
fn ranges(text: &str) -> impl Iterator<Item = (&str, u64, u64)> {
    text.lines().filter_map(|line| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        // Both are 32 bits wide, so that their sum fits.
        let start: u32 = fields.next()?.parse().ok()?;
        let count: u32 = fields.next()?.parse().ok()?;
        Some((owner, u64::from(start), u64::from(count)))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const BOTH: &str = "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 anna";

    #[rstest]
    #[case::nothing("", "", (None, None), Some(BOTH))]
    #[case::by_name("anna:100000:65536\n", "anna:100000:65536\n", (Some(100_000), Some(100_000)), None)]
    #[case::by_number("1001:7:1\n", "1001:8:1\n", (Some(7), Some(8)), None)]
    #[case::no_gids("anna:100000:65536\n", "", (Some(100_000), None),
        Some("sudo usermod --add-subgids 165536-231071 anna"))]
    #[case::others_come_first("bob:100000:65536\n", "bob:100000:65536\n", (None, None),
        Some("sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 anna"))]
    #[case::an_empty_range("anna:100000:0\n", "anna:100000:0\n", (None, None), Some(BOTH))]
    #[case::no_ranges("# anna\nanna\nanna:x:y\nanna:-1:4\n", "\n", (None, None), Some(BOTH))]
    fn reads_what_is_granted(
        #[case] uids: &str,
        #[case] gids: &str,
        #[case] expected: (Option<u32>, Option<u32>),
        #[case] command: Option<&str>,
    ) {
        let grant = Grant::read(Some("anna"), 1001, uids, gids);
        assert_eq!((grant.uid, grant.gid), expected);
        assert_eq!(grant.command().as_deref(), command);
    }

    #[rstest]
    #[case::machine("         0          0 4294967295\n", true)]
    #[case::container("0 100000 65536\n", true)]
    #[case::two_extents("0 1000 1\n1 100000 65536\n", true)]
    #[case::alone("0 1000 1\n", false)]
    #[case::too_few("0 100000 1000\n", false)]
    #[case::nothing("", false)]
    fn root_may_be_alone(#[case] map: &str, #[case] granted: bool) {
        assert_eq!(root_has(map).is_ok(), granted);
    }

    #[test]
    fn a_user_without_a_name_is_its_number() {
        let grant = Grant::read(None, 4711, "4711:5:1\n", "");
        assert_eq!(grant.uid, Some(5));
        let command = grant.command().unwrap();
        assert!(command.ends_with("--add-subgids 100000-165535 4711"), "{command}");
    }
}
