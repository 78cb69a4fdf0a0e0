//! What may be run here: whole scenarios, and single lines.

use super::{
    RealWindows,
    guard::{self, Effect},
    journal::Entry,
};
use crate::{
    arm::ArmError,
    doctor::{GuestNeeds, Lack},
    node::Node,
    scenario::{Action, Scenario},
};

impl RealWindows {
    /// Why a scenario cannot be run here. `needs` is what it needs in the guest.
    pub fn obstacle(&self, scenario: &Scenario, needs: &GuestNeeds) -> Option<String> {
        let phases = scenario.phases();
        let steps = phases.iter().flat_map(|phase| phase.groups.iter().copied().flatten());
        let steps = steps.chain(&scenario.setup);
        let mut lines: Vec<(Node, &str)> = Vec::new();
        let mut lan = false;
        for step in steps {
            lan |= step.on == Node::Lan;
            if let Action::Run(line) = &step.action {
                lines.push((step.on, line));
            }
        }
        lines.extend(scenario.probes.iter().map(|probe| (probe.on, probe.run.as_str())));
        lan |= lines.iter().any(|(on, _)| *on == Node::Lan);
        if lan && !self.has_lan() {
            return Some("needs another machine on the LAN: --lan COMMAND".to_owned());
        }
        for (_, line) in lines.iter().filter(|(on, _)| *on == Node::Windows) {
            match guard::effect(line) {
                Err(reason) => return Some(reason),
                Ok(Effect::ChangesAsAdministrator) if !self.machine.elevated => {
                    return Some(format!("needs an elevated terminal for `{line}`"));
                }
                Ok(_) => {}
            }
            if let Some(rule) = guard::touches_foreign_rule(line, &self.before) {
                return Some(format!("this machine has a firewall rule `{rule}` of its own"));
            }
        }
        let lack = self.has.lacks(needs)?;
        // What is installed into an imported distro goes with it.
        Some(missing(&lack, (self.imported.is_none()).then_some(&self.guest.distro)))
    }

    /// The line to type in place of a scenario's, which is about the lab's distro. Written to the
    /// journal before it may run.
    ///
    /// # Errors
    /// When it is not known how to take back what it does.
    pub fn typed(&self, line: &str) -> Result<String, ArmError> {
        let refused =
            |reason| ArmError::Refused { operation: format!("run `{line}`"), reason, hint: None };
        let effect = guard::effect(line).map_err(refused)?;
        if let Some(rule) = guard::touches_foreign_rule(line, &self.before) {
            return Err(refused(format!("this machine has a firewall rule `{rule}` of its own")));
        }
        if effect != Effect::Reads {
            self.note(&Entry::Run(line.to_owned()))?;
        }
        if effect == Effect::EndsRelay {
            self.lab().relay_ended = true;
        }
        Ok(guard::for_distro(line, &self.guest.distro))
    }
}

/// What the guest lacks, and what to type: in a distro that stays, or to make another one.
fn missing(lack: &Lack, stays: Option<&String>) -> String {
    let names = lack.names.join(", ");
    match (stays, &lack.line) {
        (Some(distro), Some(line)) => {
            format!("needs {names}: wsl -d {distro} -u root --exec sh -c \"{line}\"")
        }
        (Some(distro), None) => format!("needs {names}, which the distro {distro} lacks"),
        (None, _) => format!(
            "needs {names}, not in this rootfs: `wsl ci/for-windows wsl` makes one that has it"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_what_to_type() {
        let lack = |line: Option<&str>| Lack {
            names: vec!["go".to_owned(), "dlv".to_owned()],
            line: line.map(str::to_owned),
        };
        let distro = "lab".to_owned();
        assert_eq!(
            missing(&lack(Some("dnf -y install a")), Some(&distro)),
            "needs go, dlv: wsl -d lab -u root --exec sh -c \"dnf -y install a\""
        );
        let told = missing(&lack(None), Some(&distro));
        assert_eq!(told, "needs go, dlv, which the distro lab lacks");
        let told = missing(&lack(Some("dnf -y install a")), None);
        assert!(told.contains("`wsl ci/for-windows wsl`") && !told.contains("dnf"), "{told}");
    }
}
