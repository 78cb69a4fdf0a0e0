//! The catalogue's remedies, fitted to the machine of a report.

use super::build::healthy;
use crate::{
    cause::Cause,
    node::Node,
    picture::{Forward, PLAIN, Picture, Server},
    scenario::{Action, Plan, Scenario, ServiceState, Step},
};

/// Something to try.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Of which scenario and remedy.
    pub from: String,
    /// For which cause the catalogue knows it.
    pub cause: Cause,
    /// The steps, fitted.
    pub steps: Vec<Step>,
}

/// What starts firewalld.
pub(super) const FIREWALLD: &str = "sudo systemctl start firewalld";

/// How many causes of a diagnosis are worth trying.
const CAUSES: usize = 4;

/// What the catalogue knows for these causes, in their order, each thing once. Where the diagnosis
/// has nothing, what the scenarios know whose own words fit the picture.
pub fn candidates(catalogue: &[Scenario], causes: &[Cause], picture: &Picture) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut causes: Vec<Cause> = causes.iter().take(CAUSES).copied().collect();
    // A server on Windows that others are to reach needs the firewall's leave as well.
    if serves_on_windows(picture) {
        causes.extend(Cause::from_slug("windows-firewall-block").filter(|it| !causes.contains(it)));
    }
    for cause in &causes {
        for scenario in catalogue.iter().filter(|scenario| scenario.cause == cause.shown_as()) {
            let Plan::Fault { remedies, .. } = &scenario.plan else { continue };
            for remedy in remedies {
                let steps = fit(&remedy.steps, scenario, picture);
                // Without Windows there is nothing to type there.
                let there = picture.wsl || steps.iter().all(|step| step.on != Node::Windows);
                let new = !steps.is_empty()
                    && there
                    && !found.iter().any(|known| bare(&known.steps) == bare(&steps));
                if new {
                    let from = format!("{}, {}", scenario.name, remedy.name);
                    found.push(Candidate { from, cause: *cause, steps });
                }
            }
        }
    }
    found
}

/// Whether the server of the report is a program on Windows.
fn serves_on_windows(picture: &Picture) -> bool {
    let own = |server: &Server| server.program == PLAIN && server.listen.port == picture.port;
    picture.server.is_none() && picture.windows.iter().any(own)
}

/// The steps of a set as they work on the reporter's machine. A restart of WSL ends a lab's variables
/// and its firewalld for good, which would look like a cure; on a machine the variables stand in a
/// profile, firewalld is enabled as a rule, and both come back.
pub fn on_machine<'c>(set: impl Iterator<Item = &'c Candidate>, picture: &Picture) -> Vec<Step> {
    let mut profile = picture.env.clone();
    let mut steps = Vec::new();
    for step in set.flat_map(|remedy| &remedy.steps) {
        steps.push(step.clone());
        match &step.action {
            Action::Env(vars) if step.on == Node::Wsl => profile.extend(vars.clone()),
            action if restarts(action) => {
                let mut back = Vec::new();
                if !profile.is_empty() {
                    back.push(Action::Env(profile.clone()));
                }
                if picture.firewalld.is_some() {
                    back.push(Action::Run(FIREWALLD.to_owned()));
                }
                let on_guest = |action| Step { on: Node::Wsl, action, exit: 0, line: step.line };
                steps.extend(back.into_iter().map(on_guest));
            }
            _ => {}
        }
    }
    steps
}

/// Whether the guest stops, and forgets what is not on its disk.
pub(super) fn restarts(action: &Action) -> bool {
    matches!(action, Action::Run(line) if line.contains("--shutdown"))
}

fn bare(steps: &[Step]) -> Vec<(Node, Action)> {
    steps.iter().map(|step| (step.on, step.action.clone())).collect()
}

/// A remedy's steps with the ports and rules of the report in place of the scenario's.
fn fit(steps: &[Step], scenario: &Scenario, picture: &Picture) -> Vec<Step> {
    let own = scenario.service.as_ref().map_or(8080, |service| service.listen.port);
    let mut fitted = Vec::new();
    for step in steps {
        match &step.action {
            Action::Run(line) if line.contains("portproxy") => {
                fitted.extend(fit_rule(line, step, own, picture));
            }
            Action::Run(line) => {
                let line = with_port(line, own, picture.port);
                fitted.push(Step { action: Action::Run(line), ..step.clone() });
            }
            Action::Service(change) => {
                let mut change = change.clone();
                let mut on = step.on;
                if on == Node::Wsl && change.name.is_none() && serves_on_windows(picture) {
                    on = Node::Windows;
                    change.program = Some(PLAIN.to_owned());
                }
                if let Some(listen) = &mut change.listen
                    && listen.port == own
                {
                    listen.port = picture.port;
                }
                if on == Node::Wsl && change.name.is_none() {
                    if picture.server.is_some() || change.state != ServiceState::Stop {
                        change.program = None;
                    }
                    // A server that the report says is down starts as it would have been.
                    if picture.server.is_none() && change.listen.is_none() {
                        change.listen = (change.state == ServiceState::Restart)
                            .then(|| healthy(picture).listen);
                    }
                } else if picture.windows.is_empty() && step.on == Node::Windows {
                    // There is no program on Windows to stop.
                    continue;
                }
                fitted.push(Step { action: Action::Service(change), on, ..step.clone() });
            }
            Action::Write { path, text } => {
                let text = with_port(text, own, picture.port);
                let action = Action::Write { path: path.clone(), text };
                fitted.push(Step { action, ..step.clone() });
            }
            Action::Env(_) => fitted.push(step.clone()),
        }
    }
    // A change of nothing is none.
    let changes = fitted.iter().any(|step| match &step.action {
        Action::Service(change) => change.state != ServiceState::Stop || step.on != Node::Wsl,
        _ => true,
    });
    if changes { fitted } else { Vec::new() }
}

/// A rule of portproxy: `delete` and `set` are about the rules that the report has.
fn fit_rule(line: &str, step: &Step, own: u16, picture: &Picture) -> Vec<Step> {
    let verb = line.split_whitespace().nth(3).unwrap_or_default();
    let concerns =
        |rule: &&Forward| rule.listen_port == picture.port || rule.connect_port == picture.port;
    let rules: Vec<&Forward> = picture.rules.iter().filter(concerns).collect();
    let make = |line: String| Step { action: Action::Run(line), ..step.clone() };
    match verb {
        "delete" => {
            let one = |rule: &&Forward| {
                make(format!(
                    "netsh interface portproxy delete {} listenport={} listenaddress={}",
                    rule.direction, rule.listen_port, rule.listen
                ))
            };
            rules.iter().map(one).collect()
        }
        "set" | "add" if !rules.is_empty() && line.contains("{wsl-ip}") => {
            let one = |rule: &&Forward| {
                make(format!(
                    "netsh interface portproxy set v4tov4 listenport={} listenaddress={} \
                     connectport={} connectaddress={{wsl-ip}}",
                    rule.listen_port, rule.listen, rule.connect_port
                ))
            };
            let v4 = rules.iter().filter(|rule| !rule.listen.contains(':'));
            let mut steps: Vec<Step> = v4.map(one).collect();
            // A rule for another address than those there are is one more.
            let listen = word(line, "listenaddress=").unwrap_or_default();
            if !rules.iter().any(|rule| rule.listen == listen) && verb == "add" {
                steps.push(make(with_port(line, own, picture.port)));
            }
            steps
        }
        "set" if rules.is_empty() => Vec::new(),
        _ => vec![make(with_port(line, own, picture.port))],
    }
}

fn word<'l>(line: &'l str, tag: &str) -> Option<&'l str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(tag))
}

/// The line with one port in place of another, where it stands as a number of its own.
pub(super) fn with_port(line: &str, from: u16, to: u16) -> String {
    if from == to {
        return line.to_owned();
    }
    let from = from.to_string();
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(&from) {
        let before = rest[..at].chars().next_back();
        let after = rest[at + from.len()..].chars().next();
        let whole = !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
            && !after.is_some_and(|c| c.is_ascii_digit() || c == '.');
        out.push_str(&rest[..at]);
        if whole {
            out.push_str(&to.to_string());
        } else {
            out.push_str(&from);
        }
        rest = &rest[at + from.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(on: Node, action: Action) -> Step {
        Step { on, action, exit: 0, line: 0 }
    }

    fn candidate(steps: Vec<Step>) -> Candidate {
        let cause = Cause::from_slug("dns").expect("a cause");
        Candidate { from: String::new(), cause, steps }
    }

    fn restart() -> Candidate {
        candidate(vec![step(Node::Windows, Action::Run("wsl.exe --shutdown".to_owned()))])
    }

    #[test]
    fn variables_of_a_profile_come_back_after_a_restart() {
        let vars = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let unset = step(Node::Wsl, Action::Env(vars(&[("http_proxy", "")])));
        let picture = Picture { env: vars(&[("http_proxy", "http://p:1")]), ..Picture::default() };
        let after = |set: &[Candidate]| {
            let steps = on_machine(set.iter(), &picture);
            steps.into_iter().rev().find_map(|step| match step.action {
                Action::Env(vars) => vars.get("http_proxy").cloned(),
                _ => None,
            })
        };
        assert_eq!(after(&[restart()]).as_deref(), Some("http://p:1"));
        let both = [candidate(vec![unset]), restart()];
        assert_eq!(after(&both).as_deref(), Some(""));
        let none = on_machine([restart()].iter(), &Picture::default());
        assert_eq!(none.len(), 1);
    }

    /// Otherwise a restart for another cause would be told as the cure of firewalld too.
    #[test]
    fn firewalld_comes_back_after_a_restart() {
        let zone = Some(crate::picture::FirewalldZone::default());
        let picture = Picture { firewalld: zone, ..Picture::default() };
        let steps = on_machine([restart()].iter(), &picture);
        let last = steps.last().map(|step| (step.on, step.action.clone()));
        assert_eq!(last, Some((Node::Wsl, Action::Run(FIREWALLD.to_owned()))));
        let open = candidate(vec![step(Node::Wsl, Action::Run("sudo firewall-cmd".to_owned()))]);
        assert_eq!(on_machine([open].iter(), &picture).len(), 1);
    }

    #[test]
    fn ports_are_whole_numbers() {
        assert_eq!(with_port("--add-port=8080/tcp", 8080, 3000), "--add-port=3000/tcp");
        assert_eq!(with_port("18080 8080.1 8080", 8080, 1), "18080 8080.1 1");
        assert_eq!(with_port("localport=8080", 8080, 80), "localport=80");
    }
}
