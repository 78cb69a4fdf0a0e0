//! Steps of a lab as a person types them, with the addresses of their machine.

use crate::{
    node::Node,
    picture::Picture,
    scenario::{Action, ServiceChange, ServiceState, Step},
};

/// Steps as lines to type on the reporter's machine.
pub fn lines(steps: &[Step], picture: &Picture) -> Vec<String> {
    let mut lines = Vec::new();
    for step in steps {
        let prompt = match step.on {
            Node::Windows => r"C:\> ",
            Node::Wsl | Node::Lan => "$ ",
        };
        match &step.action {
            Action::Run(line) => lines.push(format!("{prompt}{}", theirs(line, picture))),
            Action::Write { path, text } if text.is_empty() => {
                lines.push(format!("{path}: empty the file, or delete it"));
            }
            Action::Write { path, text } => {
                lines.push(format!("{path}: make it read"));
                lines.extend(theirs(text, picture).lines().map(|line| format!("    {line}")));
            }
            Action::Env(vars) => {
                lines.extend(vars.iter().map(|(name, value)| match value.is_empty() {
                    true => format!("{prompt}unset {name}"),
                    false => format!("{prompt}export {name}={value}"),
                }))
            }
            Action::Service(change) => lines.push(service(step.on, change)),
        }
    }
    lines
}

fn service(on: Node, change: &ServiceChange) -> String {
    let whose = match on {
        Node::Windows if change.state == ServiceState::Stop => {
            "the program on Windows that holds the port"
        }
        Node::Windows => "the program on Windows",
        Node::Wsl | Node::Lan => "the server",
    };
    if change.state == ServiceState::Stop {
        return format!("stop {whose}");
    }
    let mut text = format!("start {whose} anew");
    if let Some(listen) = &change.listen {
        let family = match listen.network.as_str() {
            "tcp4" => " (an IPv4 socket: in Go, net.Listen(\"tcp4\", …))",
            "tcp6" => " (an IPv6 socket)",
            _ => "",
        };
        let host = if listen.host.is_empty() { "[::]" } else { &listen.host };
        text += &format!(", listening on {host}:{}{family}", listen.port);
    }
    if let Some(args) = change.args.as_ref().filter(|args| !args.is_empty()) {
        text += &format!(", with {}", args.join(" "));
    }
    if change.args.as_ref().is_some_and(Vec::is_empty) {
        text += ", without the error";
    }
    if let Some(user) = change.user {
        text += &format!(", as the user {}", user.name());
    }
    text
}

/// The lab's addresses replaced by theirs.
pub fn theirs(line: &str, picture: &Picture) -> String {
    let known =
        |address: &Option<String>, how: &str| address.clone().unwrap_or_else(|| format!("<{how}>"));
    let theirs = &picture.theirs;
    let mut line = line
        .replace("{wsl-ip}", &known(&theirs.wsl, "what `wsl hostname -I` prints"))
        .replace("{windows-gateway}", &known(&theirs.gateway, "the address of vEthernet (WSL)"))
        .replace("{windows-lan-ip}", &known(&theirs.lan, "Windows' address on the LAN"));
    for (lab, real) in &theirs.other {
        line = line.replace(lab, real);
    }
    line
}
