//! From a picture to a scenario.
//!
//! `setup` is the world around (proxies, the LAN), the service is a healthy one, and `fault` is
//! what the report says, in the order in which it takes hold: configuration and a restart of WSL,
//! names and variables, firewalls, listeners of Windows and rules, then the server, which is down
//! meanwhile, and what came after it.

use std::path::PathBuf;

use super::{ReproError, remedy::FIREWALLD};
use crate::{
    cause::Cause,
    node::Node,
    picture::{FirewalldZone, Forward, Helper, Picture, Server},
    scenario::{
        Action, Listen, Machine, MatrixChoice, Plan, Scenario, Service, ServiceChange,
        ServiceState, ServiceUser, Signature, Step, file, to_toml,
    },
};

/// The name of the scenario, until somebody keeps it under another one.
pub const NAME: &str = "reported";

/// The settings of Windows' proxy.
const INTERNET_SETTINGS: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The lab of a picture. It has no remedy and no signature yet, and is checked by the ordinary
/// loader in every other respect.
///
/// # Errors
/// When the loader would refuse it.
pub fn build(picture: &Picture, cause: Option<Cause>) -> Result<Scenario, ReproError> {
    let mut fault = fault(picture);
    if fault.is_empty() {
        // A fault has a step; this one says that the machine is as it is.
        fault.push(service(Node::Wsl, None, ServiceState::Restart, None));
    }
    let healthy = healthy(picture);
    let scenario = Scenario {
        name: NAME.to_owned(),
        dir: PathBuf::from(NAME),
        title: format!("port {} as somebody reported it", picture.port),
        cause: cause.or(Cause::from_slug("service-not-running")).ok_or_else(|| {
            ReproError::Unsound("the list of causes lacks service-not-running".to_owned())
        })?,
        sources: vec!["a report".to_owned()],
        summary: summary(picture),
        service: Some(Service {
            program: healthy.program,
            listen: healthy.listen,
            args: healthy.args,
            user: healthy.user,
        }),
        machine: Machine { relays_loopback: !picture.early_relay, ..Machine::default() },
        matrix: MatrixChoice::default(),
        setup: setup(picture),
        plan: Plan::Fault { fault, remedies: Vec::new(), signature: Signature::default() },
        claims: Vec::new(),
        probes: Vec::new(),
    };
    check(&scenario)?;
    Ok(scenario)
}

/// As the loader sees it, with a remedy and a signature put in where they are missing still.
fn check(scenario: &Scenario) -> Result<(), ReproError> {
    let mut whole = scenario.clone();
    let Plan::Fault { fault, .. } = &scenario.plan else { return Ok(()) };
    whole.plan = Plan::Survey {
        cases: vec![crate::scenario::Case { name: NAME.to_owned(), steps: fault.clone() }],
    };
    let text = to_toml(&whole).map_err(|error| ReproError::Unsound(error.to_string()))?;
    match file::parse(&whole.dir, &text) {
        Ok(_) => Ok(()),
        Err(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(ReproError::Unsound(errors.join("; ")))
        }
    }
}

fn summary(picture: &Picture) -> String {
    let mut lines = vec!["Made from a report. What it does not say is assumed:".to_owned()];
    lines.extend(picture.defaults.iter().map(|it| format!("- {it}")));
    if picture.defaults.is_empty() {
        lines = vec!["Made from a report, which says everything that the lab needs.".to_owned()];
    }
    if !picture.unmodelled.is_empty() {
        lines.push("Not modelled:".to_owned());
        lines.extend(picture.unmodelled.iter().map(|it| format!("- {it}")));
    }
    lines.join("\n")
}

fn setup(picture: &Picture) -> Vec<Step> {
    let mut steps = Vec::new();
    for (count, server) in picture.lan.iter().enumerate() {
        let name = (count > 0).then(|| format!("lan{count}"));
        steps.push(service(Node::Lan, name, ServiceState::Restart, Some(server)));
    }
    steps
}

fn fault(picture: &Picture) -> Vec<Step> {
    let around = around(picture);
    let mut steps = Vec::new();
    let moves = picture.server.as_ref().is_none_or(|server| *server != healthy(picture));
    if !around.is_empty() {
        steps.push(service(Node::Wsl, None, ServiceState::Stop, None));
        steps.extend(around);
        if let Some(server) = &picture.server {
            steps.push(service(Node::Wsl, None, ServiceState::Restart, Some(server)));
        }
    } else if moves {
        steps.push(match &picture.server {
            Some(server) => service(Node::Wsl, None, ServiceState::Restart, Some(server)),
            None => service(Node::Wsl, None, ServiceState::Stop, None),
        });
    }
    for (count, server) in picture.others.iter().enumerate() {
        let name = Some(format!("other{}", count + 1));
        steps.push(service(Node::Wsl, name, ServiceState::Restart, Some(server)));
    }
    if picture.relay_lost {
        steps.push(run(Node::Windows, "taskkill /F /IM wslrelay.exe"));
    }
    steps.extend(picture.rules.iter().filter(|rule| rule.late).map(add));
    if picture.loopback_down {
        steps.push(run(Node::Wsl, "sudo ip link set lo down"));
    }
    steps
}

/// The server as it would be on a machine without a fault.
pub(super) fn healthy(picture: &Picture) -> Server {
    let known = picture.server.iter().chain(&picture.others);
    let debugger = known.clone().any(|server| server.program == "dlv");
    let port = picture.port;
    let (program, network, host) = match debugger {
        // A debugger listens where nobody else gets in.
        true => ("dlv", "tcp", "127.0.0.1"),
        false => ("go-http", "tcp4", "0.0.0.0"),
    };
    let listen = Listen { network: network.into(), host: host.into(), port };
    Server { program: program.into(), listen, user: ServiceUser::Root, args: Vec::new() }
}

/// Everything that is there before the server starts.
fn around(picture: &Picture) -> Vec<Step> {
    let mut steps = restart(picture);
    if let Some(addresses) = &picture.guest_localhost {
        let rows: String = addresses.iter().map(|it| format!("{it} localhost\n")).collect();
        steps.push(write(Node::Wsl, "/etc/hosts", rows));
    }
    if let Some(servers) = &picture.nameservers {
        let rows: String = servers.iter().map(|it| format!("nameserver {it}\n")).collect();
        let rows = rows + "options timeout:1 attempts:1\n";
        steps.push(write(Node::Wsl, "/etc/resolv.conf", rows));
    }
    if !picture.env.is_empty() {
        steps.push(step(Node::Wsl, Action::Env(picture.env.clone())));
    }
    if let Some(zone) = &picture.firewalld {
        steps.extend(firewalld(zone));
    }
    for (count, server) in picture.windows.iter().enumerate() {
        let name = (count > 0).then(|| format!("windows{count}"));
        steps.push(service(Node::Windows, name, ServiceState::Restart, Some(server)));
    }
    if picture.defender_off {
        steps.push(run(Node::Windows, "netsh advfirewall set allprofiles state off"));
    }
    for rule in &picture.defender {
        let action = if rule.allows { "allow" } else { "block" };
        steps.push(run(
            Node::Windows,
            format!(
                "netsh advfirewall firewall add rule name=\"{}\" dir=in action={action} \
                 protocol=TCP localport={}",
                rule.name, rule.ports
            ),
        ));
    }
    steps.extend(picture.rules.iter().filter(|rule| !rule.late).map(add));
    match picture.helper {
        Helper::Running => {}
        Helper::Stopped => steps.push(run(Node::Windows, "net stop iphlpsvc")),
        Helper::Disabled => {
            steps.push(run(Node::Windows, "sc config iphlpsvc start= disabled"));
            steps.push(run(Node::Windows, "net stop iphlpsvc"));
        }
    }
    steps
}

/// firewalld with this zone. One that drops is wholly known, so firewalld finds its file when it
/// starts; a port is added to whatever else its zone lets in.
fn firewalld(zone: &FirewalldZone) -> Vec<Step> {
    let named = zone.name.as_deref().unwrap_or("public");
    let mut steps = Vec::new();
    if zone.drops {
        let ports = zone.ports.iter();
        let ports = ports.map(|port| format!("  <port port=\"{port}\" protocol=\"tcp\"/>\n"));
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<zone target=\"DROP\">\n{}</zone>\n",
            ports.collect::<String>()
        );
        steps.push(write(Node::Wsl, &format!("/etc/firewalld/zones/{named}.xml"), text));
    }
    steps.push(run(Node::Wsl, FIREWALLD));
    if let Some(name) = &zone.name {
        steps.push(run(Node::Wsl, format!("sudo firewall-cmd --set-default-zone={name}")));
    }
    if !zone.drops && !zone.ports.is_empty() {
        let ports: String =
            zone.ports.iter().map(|port| format!(" --add-port={port}/tcp")).collect();
        let line = format!("sudo firewall-cmd --permanent --zone={named}{ports}");
        steps.push(run(Node::Wsl, line));
        steps.push(run(Node::Wsl, "sudo firewall-cmd --reload"));
    }
    steps
}

/// Files that WSL reads when it starts, and the start.
fn restart(picture: &Picture) -> Vec<Step> {
    let mut steps = Vec::new();
    if !picture.wslconfig.is_empty() {
        let text = ini(&picture.wslconfig);
        steps.push(write(Node::Windows, r"%UserProfile%\.wslconfig", text));
    }
    if !picture.wsl_conf.is_empty() {
        steps.push(write(Node::Wsl, "/etc/wsl.conf", ini(&picture.wsl_conf)));
    }
    if let Some((server, exceptions)) = &picture.windows_proxy {
        let add = |name: &str, kind: &str, value: &str| {
            let key = INTERNET_SETTINGS;
            let line = format!("reg add \"{key}\" /v {name} /t {kind} /d \"{value}\" /f");
            run(Node::Windows, line)
        };
        steps.push(add("ProxyServer", "REG_SZ", server));
        if let Some(exceptions) = exceptions {
            steps.push(add("ProxyOverride", "REG_SZ", exceptions));
        }
        steps.push(add("ProxyEnable", "REG_DWORD", "1"));
    }
    if !steps.is_empty() {
        steps.push(run(Node::Windows, "wsl.exe --shutdown"));
    }
    steps
}

fn ini(keys: &[(String, String, String)]) -> String {
    let mut text = String::new();
    let mut open = None;
    for (section, key, value) in keys {
        if open != Some(section) {
            if !section.is_empty() {
                text += &format!("[{section}]\n");
            }
            open = Some(section);
        }
        text += &format!("{key}={value}\n");
    }
    text
}

fn add(rule: &Forward) -> Step {
    let Forward { direction, listen, listen_port, connect, connect_port, .. } = rule;
    run(
        Node::Windows,
        format!(
            "netsh interface portproxy add {direction} listenport={listen_port} \
             listenaddress={listen} connectport={connect_port} connectaddress={connect}"
        ),
    )
}

fn run(on: Node, line: impl Into<String>) -> Step {
    step(on, Action::Run(line.into()))
}

fn write(on: Node, path: &str, text: String) -> Step {
    step(on, Action::Write { path: path.to_owned(), text })
}

fn service(on: Node, name: Option<String>, state: ServiceState, server: Option<&Server>) -> Step {
    let change = ServiceChange {
        name,
        program: server.map(|server| server.program.clone()),
        listen: server.map(|server| server.listen.clone()),
        args: server.map(|server| server.args.clone()).filter(|args| !args.is_empty()),
        user: server.map(|server| server.user).filter(|user| *user != ServiceUser::Root),
        state,
    };
    step(on, Action::Service(change))
}

fn step(on: Node, action: Action) -> Step {
    Step { on, action, exit: 0, line: 0 }
}
