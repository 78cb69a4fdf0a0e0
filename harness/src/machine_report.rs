//! What machine a run on Windows was: kept beside its results, because they are about it.

use serde::{Deserialize, Serialize};

use crate::windows_text::{excluded_ports, portproxy, wsl_version};

/// A machine. What could not be read is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineReport {
    /// Whether this is Wine and not Windows.
    pub wine: bool,
    /// The day on which it was read, `YYYY-MM-DD` in UTC; older reports have none.
    #[serde(default)]
    pub day: Option<String>,
    /// The name and build of Windows, as its registry has them: `NAME DATA` each.
    pub windows: Vec<String>,
    /// Whether this is an elevated process.
    pub elevated: bool,
    /// WSL and its kernel.
    pub wsl: Option<wsl_version::Versions>,
    /// `nat`, `mirrored` and so on, as `wslinfo` says it in the distro.
    pub networking_mode: Option<String>,
    /// The user's `.wslconfig`.
    pub wslconfig: Option<String>,
    /// The distros that are there, names alone.
    pub distros: Vec<String>,
    /// The rules of portproxy.
    pub portproxy: Vec<portproxy::Rule>,
    /// Ports that no program gets.
    pub excluded_ports: Vec<excluded_ports::Range>,
    /// The settings of the firewall's profiles, `PROFILE NAME DATA`.
    pub firewall: Vec<String>,
}

impl MachineReport {
    /// The build of Windows with its update, `26100.4349`, as far as it is known.
    pub fn build(&self) -> Option<String> {
        let data = |name: &str| {
            let mut values = self.windows.iter().filter_map(|it| it.split_once(' '));
            values.find(|(it, _)| *it == name).map(|(_, data)| data)
        };
        let build = data("CurrentBuildNumber").or_else(|| data("CurrentBuild"))?;
        let Some(update) = data("UBR") else { return Some(build.to_owned()) };
        // `reg query` prints a number in hexadecimal.
        let number = update.strip_prefix("0x").map(|hex| u64::from_str_radix(hex, 16));
        let update = number.map_or(Ok(update.to_owned()), |it| it.map(|it| it.to_string()));
        Some(update.map_or_else(|_| build.to_owned(), |update| format!("{build}.{update}")))
    }

    /// What it is, in a line: the build, WSL and the day.
    pub fn told(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.build().map(|build| format!("build {build}")));
        parts.extend(self.wsl.as_ref().map(|it| format!("WSL {}", it.wsl)));
        parts.extend(self.networking_mode.as_ref().map(|mode| format!("networking {mode}")));
        parts.extend(self.day.clone());
        if self.wine {
            parts.push("Wine".to_owned());
        }
        if parts.is_empty() { "an unknown machine".to_owned() } else { parts.join(", ") }
    }
}

/// A machine and what ran on it. Shards of a run have one each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RanOn {
    /// The machine.
    pub machine: MachineReport,
    /// The names of the scenarios.
    pub scenarios: Vec<String>,
}

impl RanOn {
    /// Adds what ran on machines to what ran on others; machines that are alike become one.
    pub fn join(all: &mut Vec<RanOn>, more: Vec<RanOn>) {
        for one in more {
            match all.iter_mut().find(|it| it.machine == one.machine) {
                Some(same) => same.scenarios.extend(one.scenarios),
                None => all.push(one),
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod sample {
    use super::*;

    /// A made-up machine of this update of Windows.
    pub(crate) fn machine(update: u32) -> MachineReport {
        MachineReport {
            day: Some("2026-11-28".to_owned()),
            windows: vec!["CurrentBuildNumber 26100".to_owned(), format!("UBR {update:#x}")],
            wsl: Some(wsl_version::Versions { wsl: "2.6.1.0".to_owned(), ..Default::default() }),
            ..MachineReport::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_in_a_line() {
        let machine = sample::machine(4349);
        assert_eq!(machine.told(), "build 26100.4349, WSL 2.6.1.0, 2026-11-28");
        assert_eq!(MachineReport::default().told(), "an unknown machine");
        let wine = MachineReport { wine: true, ..MachineReport::default() };
        assert_eq!(wine.told(), "Wine");
        let bare = MachineReport { windows: vec!["CurrentBuild 20348".to_owned()], ..wine.clone() };
        assert_eq!(bare.build().as_deref(), Some("20348"));
    }

    #[test]
    fn machines_that_are_alike_become_one() {
        let on = |update, name: &str| RanOn {
            machine: sample::machine(update),
            scenarios: vec![name.to_owned()],
        };
        let mut all = vec![on(1, "a")];
        RanOn::join(&mut all, vec![on(2, "b"), on(1, "c")]);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].scenarios, ["a", "c"]);
        assert_eq!(all[1].scenarios, ["b"]);
    }
}
