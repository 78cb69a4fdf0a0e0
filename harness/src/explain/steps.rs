//! Steps as a person reads them: a prompt and a command line, or what is done in words.

use crate::{
    node::Node,
    report::wrap::hanging,
    scenario::{Action, AddressOnRestart, Machine, ServiceChange, ServiceState, Step},
};

/// How files that a step writes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// With their text.
    Whole,
    /// By name.
    Named,
}

/// What stands before a command, as on the node.
pub(super) fn prompt(node: Node) -> &'static str {
    match node {
        Node::Windows => "windows> ",
        Node::Wsl => "wsl$ ",
        Node::Lan => "lan$ ",
    }
}

/// Steps, one below the other. A command line stays whole even where it is wider than the screen,
/// so that it can be copied.
pub(super) fn lines(indent: &str, steps: &[Step], files: Files) -> String {
    steps.iter().map(|step| one(indent, step, files)).collect()
}

fn one(indent: &str, step: &Step, files: Files) -> String {
    let prompt = format!("{indent}{}", prompt(step.on));
    match &step.action {
        Action::Run(run) => {
            let exit = match step.exit {
                0 => String::new(),
                code => format!("   (exit {code})"),
            };
            command(&prompt, &format!("{}{exit}", run.trim_end()))
        }
        Action::Write { path, text } => match (&text.lines().collect::<Vec<_>>()[..], files) {
            ([only], Files::Named) => format!("{prompt}(write {path}: {only})\n"),
            (lines, Files::Named) => {
                format!("{prompt}(write {path}, {} lines)\n", lines.len())
            }
            (lines, Files::Whole) => {
                let inner = " ".repeat(prompt.chars().count() + 2);
                let mut told = format!("{prompt}(write {path})\n");
                for line in lines {
                    told.push_str(format!("{inner}{line}").trim_end());
                    told.push('\n');
                }
                told
            }
        },
        Action::Service(change) => format!("{prompt}({})\n", service(change, step.exit)),
        Action::Env(vars) => vars
            .iter()
            .map(|(name, value)| format!("{prompt}(environment {name}={value})\n"))
            .collect(),
    }
}

fn service(change: &ServiceChange, exit: i32) -> String {
    let name = change.name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let state = match change.state {
        ServiceState::Restart => "restarts".to_owned(),
        ServiceState::Stop => "stops".to_owned(),
        ServiceState::Ends => format!("must end with exit {exit}"),
    };
    let mut words = vec![format!("{name}service {state}")];
    words.extend(change.program.as_ref().map(|it| format!(" as {it}")));
    words.extend(change.listen.as_ref().map(|it| format!(" on {it}")));
    words.extend(change.user.map(|it| format!(" run by {}", it.name())));
    words.extend(change.args.as_ref().map(|it| format!(" with {}", it.join(" "))));
    words.concat()
}

/// A command line, whole; one of several lines is indented like its first.
pub(super) fn command(prompt: &str, run: &str) -> String {
    let inner = " ".repeat(prompt.chars().count());
    let mut text = String::new();
    for (index, line) in run.lines().enumerate() {
        let first = if index == 0 { prompt } else { &inner };
        text.push_str(format!("{first}{line}").trim_end());
        text.push('\n');
    }
    text
}

/// A label and things that are wrapped between, never inside.
pub(super) fn list(label: &str, things: &[impl ToString]) -> String {
    let last = things.len().saturating_sub(1);
    let things: Vec<String> = things
        .iter()
        .enumerate()
        .map(|(index, thing)| thing.to_string() + if index < last { "," } else { "" })
        .collect();
    let rest = " ".repeat(label.chars().count());
    hanging(label, &rest, things.iter().map(String::as_str))
}

/// In what a machine differs from a fresh one, a sentence each.
pub(super) fn differences(machine: Machine) -> Vec<&'static str> {
    let mut told = Vec::new();
    if !machine.localhost_forwarding {
        told.push("localhostForwarding=false in .wslconfig: no localhost relay");
    }
    if !machine.relays_loopback {
        told.push("a Windows before build 18970: the relay takes no listener on loopback");
    }
    if machine.wsl_address_on_restart == AddressOnRestart::Change {
        told.push("the guest has another address after wsl --shutdown");
    }
    told
}
