//! On what a claim rests: derived from its cells, never written by hand.
//!
//! A cell is *measured* where only real Linux parts stand between a client and what it meets: the
//! kernel's network, the guest's own loopback, real programs. It is *modelled* where it passes
//! something that stands for Windows or for WSL: the relay, portproxy, Defender, `wsl.exe`,
//! `netsh`, PowerShell. A scenario may lower what follows from its cells, and never raise it.

use std::fmt;

use serde::Serialize;

use crate::{
    node::Node,
    outcome::Outcome,
    scenario::{
        Action, Claim, ClaimCell, PhaseName, Scenario, ServiceChange, ServiceState, Shown, Step,
    },
    target::Host,
};

/// On what a claim rests; what rests on more comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Real programs and the real kernel showed it, here.
    Measured,
    /// A model showed it, made after sources.
    Modelled,
    /// No scenario shows it.
    NeedsWindows,
}

impl Basis {
    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Basis::Measured => "measured",
            Basis::Modelled => "modelled",
            Basis::NeedsWindows => "needs Windows",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

/// What a scenario's claim rests on: on the weakest of its cells, which show it together.
pub fn of_claim(scenario: &Scenario, claim: &Claim) -> Basis {
    let lowered = claim.modelled.then_some(Basis::Modelled);
    let cells = claim.cells.iter().map(|cell| of_cell(scenario, cell));
    cells.chain(lowered).max().unwrap_or(Basis::NeedsWindows)
}

fn of_cell(scenario: &Scenario, cell: &ClaimCell) -> Basis {
    let real = match &cell.shown {
        // A name that does not resolve sends nothing any further.
        Shown::Cell { route, outcome: Outcome::NoName, .. } => route.from != Node::Windows,
        Shown::Cell { route, .. } if is_real(route.from, route.to.host) => true,
        // A program of this machine holds the port, so neither relay nor rule can.
        Shown::Cell { route, .. } => {
            route.from == Node::Windows
                && is_loopback(route.to.host)
                && route.to.port.is_some_and(|port| windows_serves(scenario, &cell.phase, port))
        }
        Shown::Command { on, probe, .. } => {
            let named = scenario.probes.iter().find(|it| it.name.as_deref() == Some(probe));
            *on != Node::Windows && named.is_some_and(|it| !asks_a_shim(&it.run))
        }
    };
    match real && !boots_by_model(scenario, &cell.phase) {
        true => Basis::Measured,
        false => Basis::Modelled,
    }
}

fn is_loopback(host: Host) -> bool {
    matches!(host, Host::Localhost | Host::Loopback4 | Host::Loopback6)
}

/// Whether a service of the lab is the first thing that a phase puts on a port of Windows.
fn windows_serves(scenario: &Scenario, phase: &PhaseName, port: u16) -> bool {
    let phases = scenario.phases();
    let groups = phases.iter().filter(|it| it.name == *phase).flat_map(|it| &it.groups);
    let mut steps = scenario.setup.iter().chain(groups.copied().flatten());
    let first = steps.find(|step| step.on == Node::Windows);
    first.is_some_and(|step| match &step.action {
        Action::Service(ServiceChange { listen: Some(listen), state, .. }) => {
            listen.port == port && *state == ServiceState::Restart
        }
        _ => false,
    })
}

/// Whether only real parts lie between a node and a host.
fn is_real(from: Node, to: Host) -> bool {
    match (from, to) {
        // The guest, over a virtual switch that is the kernel's own.
        (_, Host::WslIp) => true,
        // A Linux machine's own loopback.
        (Node::Wsl | Node::Lan, Host::Localhost | Host::Loopback4 | Host::Loopback6) => true,
        (Node::Lan, Host::LanIp | Host::LanName) => true,
        // Windows' loopback is where relay and portproxy listen; into Windows there is Defender,
        // and through it WinNAT.
        (Node::Windows, Host::Localhost | Host::Loopback4 | Host::Loopback6)
        | (Node::Windows | Node::Wsl, Host::LanIp | Host::LanName)
        | (_, Host::WindowsGateway | Host::WindowsLanIp) => false,
    }
}

/// `systemctl` of a node is the lab's own stand-in.
fn asks_a_shim(run: &str) -> bool {
    let word = |c: char| !(c.is_alphanumeric() || "-_./".contains(c));
    run.split(word).any(|word| word == "systemctl")
}

/// Whether the guest of a phase came up by way of the modelled `wsl.exe`, which writes its hosts
/// file and hands it an environment.
fn boots_by_model(scenario: &Scenario, phase: &PhaseName) -> bool {
    let phases = scenario.phases();
    let groups = phases.iter().filter(|it| it.name == *phase).flat_map(|it| &it.groups);
    let mut steps = groups.copied().flatten().chain(&scenario.setup);
    steps.any(is_wsl_exe)
}

fn is_wsl_exe(step: &Step) -> bool {
    let Action::Run(run) = &step.action else { return false };
    let program = run.split_whitespace().next().unwrap_or_default().trim_matches('"');
    let program = program.rsplit(['\\', '/']).next().unwrap_or_default().to_ascii_lowercase();
    step.on == Node::Windows && matches!(program.as_str(), "wsl" | "wsl.exe")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::verdict::sample;

    /// The basis of the sample's claim, with this cell instead of its own.
    fn basis(cell: &str, edit: impl Fn(String) -> String) -> Basis {
        let text =
            sample::TEXT.replace("fault: windows -> localhost curl = http-200", cell).replace(
                "run = \"firewall-cmd --state\"",
                "name = \"it\"\nrun = \"firewall-cmd --state\"",
            );
        let scenario = sample::scenario(&edit(text));
        of_claim(&scenario, &scenario.claims[0])
    }

    #[rstest]
    #[case("fault: windows -> wsl-ip curl = no-route", Basis::Measured)]
    #[case("fault: wsl -> localhost curl = http-200", Basis::Measured)]
    #[case("fault: wsl -> [::1] nc = refused", Basis::Measured)]
    #[case("fault: wsl -> wsl-ip nc = open", Basis::Measured)]
    #[case("fault: lan -> wsl-ip nc = net-unreachable", Basis::Measured)]
    #[case("fault: wsl command it = exit-0", Basis::Measured)]
    #[case("fault: wsl -> lan-name nc = no-name", Basis::Measured)]
    #[case("fault: wsl -> lan-ip nc = open", Basis::Modelled)]
    #[case("fault: windows -> localhost curl = http-200", Basis::Modelled)]
    #[case("fault: windows -> 127.0.0.1:8081 nc = open", Basis::Modelled)]
    #[case("fault: windows -> windows-gateway curl = refused", Basis::Modelled)]
    #[case("fault: wsl -> windows-gateway ping = timeout", Basis::Modelled)]
    #[case("fault: lan -> windows-lan-ip nc = timeout", Basis::Modelled)]
    fn a_basis_follows_from_the_route(#[case] cell: &str, #[case] expected: Basis) {
        assert_eq!(basis(cell, |text| text), expected);
    }

    #[test]
    fn a_claim_rests_on_the_weakest_of_its_cells() {
        let both = "fault: wsl -> localhost curl = http-200\", \
                    \"fault: windows -> [::1] curl = refused";
        assert_eq!(basis(both, |text| text), Basis::Modelled);
    }

    const REAL: &str = "fault: wsl -> localhost curl = http-200";

    #[rstest]
    #[case::restarted("windows", "wsl.exe --shutdown", Basis::Modelled)]
    #[case::by_path("windows", "C:/Windows/System32/wsl.exe -l", Basis::Modelled)]
    #[case::a_rule("windows", "netsh interface portproxy show all", Basis::Measured)]
    #[case::not_windows("wsl", "wsl", Basis::Measured)]
    fn a_guest_that_the_model_boots(#[case] on: &str, #[case] run: &str, #[case] expected: Basis) {
        let step =
            format!("[[fault]]\non = \"{on}\"\nrun = \"{run}\"\n\n[[remedy]]\nname = \"whole\"");
        let edit = |text: String| text.replace("[[remedy]]\nname = \"whole\"", &step);
        assert_eq!(basis(REAL, edit), expected);
        // The control has none of it.
        assert_eq!(basis("healthy: wsl -> localhost curl = http-200", edit), Basis::Measured);
    }

    #[rstest]
    #[case::first("", Basis::Measured)]
    #[case::after_another(
        "[[setup]]\non = \"windows\"\nrun = \"netsh interface portproxy show all\"\n",
        Basis::Modelled
    )]
    fn a_port_of_windows_that_a_real_server_holds(#[case] before: &str, #[case] expected: Basis) {
        let setup = format!(
            "{before}[[setup]]\non = \"windows\"\n\
             service = {{ program = \"tinyproxy\", listen = \"127.0.0.1:7890\" }}\n[[fault]]\n"
        );
        let edit = |text: String| text.replacen("[[fault]]\n", &setup, 1);
        assert_eq!(basis("fault: windows -> 127.0.0.1:7890 nc = open", edit), expected);
        assert_eq!(basis("fault: windows -> 127.0.0.1:80 nc = open", edit), Basis::Modelled);
    }

    #[test]
    fn a_scenario_can_lower_it() {
        let edit = |text: String| text.replace("shows = ", "basis = \"modelled\"\nshows = ");
        assert_eq!(basis(REAL, edit), Basis::Modelled);
    }

    #[rstest]
    #[case("systemctl is-active firewalld", true)]
    #[case("sudo systemctl start x && true", true)]
    #[case("/usr/bin/systemctl is-active firewalld", false)]
    #[case("echo mysystemctl", false)]
    fn the_shim_is_no_program(#[case] run: &str, #[case] shim: bool) {
        assert_eq!(asks_a_shim(run), shim);
    }
}
