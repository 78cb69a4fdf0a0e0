//! Services and processes: `tasklist` (`/svc`), `sc query`, `Get-Service`, `systemctl`.

use super::shape::{is_ruler, label, runs, words};
use crate::evidence::{
    document::Block,
    fact::{Kind, Process, Service, State, program_name},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "services", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let about = |tool: &str| runs(block.command, tool) || block.is_about(tool);
    if about("tasklist") || about("Get-Process") || about("ps") {
        tasklist(block, out);
    }
    if about("sc") || about("Get-Service") {
        windows(block, out);
    }
    systemctl(block, runs(block.command, "systemctl"), out);
}

/// `svchost.exe  3960 iphlpsvc, WinHttpAutoProxySvc`, `wslrelay.exe  25940 Console  1  9,876 K`,
/// and how people write it: `22972 = wslhost.exe; 12160 = VS Code`.
fn tasklist(block: &Block<'_>, out: &mut Sink) {
    let services = block.ran(&["/svc"]) || block.is_about("/svc");
    let mut open: Option<(Text<'_>, Process)> = None;
    for line in &block.lines {
        let words = words(*line);
        let more = line.as_str().starts_with("     ") && open.is_some();
        if words.iter().any(|word| is_ruler(word)) || words.is_empty() {
            continue;
        }
        if more && services {
            // What a row above had no room for.
            if let Some((_, process)) = &mut open {
                process.services.extend(services_of(&words));
            }
            continue;
        }
        if let Some((text, process)) = open.take() {
            out.put(Side::Windows, text.span(), Kind::Process(process));
        }
        open = row(&words, services).map(|process| (*line, process));
        for part in line.as_str().split([';', ',']) {
            if let Some(process) = equation(part) {
                let part = line.part(part).trim();
                out.put(block.side.or(Side::Windows), part.span(), Kind::Process(process));
            }
        }
    }
    if let Some((text, process)) = open {
        out.put(Side::Windows, text.span(), Kind::Process(process));
    }
}

fn row(words: &[&str], services: bool) -> Option<Process> {
    let at = words.iter().position(|word| word.to_ascii_lowercase().ends_with(".exe"))?;
    let pid = words.get(at + 1)?.parse().ok()?;
    let program = program_name(&words[..=at].join(" "));
    let services = if services { services_of(&words[at + 2..]) } else { Vec::new() };
    Some(Process { pid: Some(pid), program, services })
}

fn services_of(words: &[&str]) -> Vec<String> {
    let name = |word: &&str| word.trim_end_matches(',').to_ascii_lowercase();
    // `N/A`, `Nicht zutreffend`, `暂缺`: no service has such a name.
    let sound = |name: &String| {
        name.len() > 2 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let names: Vec<String> = words.iter().map(name).collect();
    // Names have commas between them, and words for "none" have not.
    let listed = words.iter().rev().skip(1).all(|word| word.ends_with(','));
    if listed && names.iter().all(sound) { names } else { Vec::new() }
}

fn equation(text: &str) -> Option<Process> {
    let (pid, program) = text.split_once('=')?;
    let pid = pid.trim().parse().ok()?;
    let program = program_name(program);
    (!program.is_empty()).then(|| Process { pid: Some(pid), program, services: Vec::new() })
}

/// `sc query`: a name, then a state by its number; `Get-Service`: a state and a name.
fn windows(block: &Block<'_>, out: &mut Sink) {
    let mut name: Option<String> = None;
    let mut held: Option<(Text<'_>, State)> = None;
    for line in &block.lines {
        let words = words(*line);
        if let Some((key, value)) = label(*line) {
            let (key, text) = (key.as_str(), value.as_str());
            match key.to_ascii_uppercase().as_str() {
                "SERVICE_NAME" | "NAME" => name = Some(text.to_ascii_lowercase()),
                "STATE" | "STATUS" => held = state(text).map(|state| (value, state)),
                // The words are translated, the number is not: `STATUS : 4 RUNNING`.
                _ if text.starts_with(['1', '4']) && text.contains("  ") => {
                    held = state(text).map(|state| (value, state));
                }
                _ => {}
            }
            if let (Some(known), Some((text, state))) = (&name, held) {
                let service = Service { name: known.clone(), state };
                out.put(Side::Windows, text.span(), Kind::Service(service));
                (name, held) = (None, None);
            }
        } else if let [status, named, ..] = words.as_slice()
            && let Some(state) = state(status).filter(|_| !is_ruler(named))
        {
            let service = Service { name: named.to_ascii_lowercase(), state };
            out.put(Side::Windows, line.span(), Kind::Service(service));
        } else if let ([status], Some(asked)) = (words.as_slice(), asked(block))
            && let Some(state) = state(status)
        {
            // `(Get-Service iphlpsvc).Status`
            out.put(Side::Windows, line.span(), Kind::Service(Service { name: asked, state }));
        }
    }
}

fn asked(block: &Block<'_>) -> Option<String> {
    let mut words = block.command?.words().map(Text::as_str);
    words.find(|word| word.to_ascii_lowercase().ends_with("get-service"))?;
    let name = words.find(|word| !word.starts_with('-'))?;
    let end = name.find([')', '|', '.']).unwrap_or(name.len());
    Some(name[..end].to_ascii_lowercase()).filter(|name| !name.is_empty())
}

fn state(text: &str) -> Option<State> {
    let first = text.split_whitespace().next()?;
    match first.to_ascii_lowercase().as_str() {
        "running" | "4" => Some(State::Running),
        "stopped" | "1" => Some(State::Stopped),
        _ => None,
    }
}

/// `systemctl status x`: `Active: active (running)`; `systemctl is-active x`.
fn systemctl(block: &Block<'_>, asked: bool, out: &mut Sink) {
    let side = block.side.or(Side::Guest);
    let mut names = unit_names(block).into_iter();
    let mut unit: Option<String> = None;
    let mut disabled = false;
    for line in &block.lines {
        let text = line.trim();
        if let Some(named) = unit_header(text) {
            unit = Some(named);
            disabled = false;
        } else if let Some(loaded) = text.after("Loaded:") {
            // A unit that runs is no disabled one, whatever the next boot does.
            disabled = loaded.has("; disabled") || loaded.has("masked");
        } else if let Some(active) = text.after("Active:") {
            let Some(name) = unit.clone().or_else(|| names.next()) else { continue };
            let running = active.as_str().starts_with("active");
            let state = match (running, disabled) {
                (true, _) => State::Running,
                (false, true) => State::Disabled,
                (false, false) => State::Stopped,
            };
            out.put(side, line.span(), Kind::Service(Service { name, state }));
        } else if asked && block.ran(&["is-active"]) {
            let state = match text.as_str() {
                "active" => State::Running,
                "inactive" | "failed" => State::Stopped,
                _ => continue,
            };
            let Some(name) = names.next() else { continue };
            out.put(side, line.span(), Kind::Service(Service { name, state }));
        }
    }
}

/// `● firewalld.service - firewalld - dynamic firewall daemon`
fn unit_header(line: Text<'_>) -> Option<String> {
    let mut words = line.words().map(Text::as_str);
    let first = words.next()?;
    let unit =
        if matches!(first, "●" | "○" | "×" | "*" | "?") { words.next()? } else { first };
    let name = unit.strip_suffix(".service")?;
    (words.next() == Some("-")).then(|| name.to_ascii_lowercase())
}

fn unit_names(block: &Block<'_>) -> Vec<String> {
    let Some(command) = block.command else { return Vec::new() };
    let words = command.words().map(Text::as_str);
    words
        .skip_while(|word| !word.ends_with("systemctl"))
        .skip(1)
        .take_while(|word| !matches!(*word, "|" | "&&" | ";"))
        .filter(|word| !word.starts_with('-'))
        .skip(1)
        .map(|word| word.trim_end_matches(".service").to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Process(it) => {
                Some(format!("{} {} {}", it.pid.unwrap_or(0), it.program, it.services.join(" ")))
            }
            Kind::Service(it) => Some(format!("{} {:?}", it.name, it.state)),
            _ => None,
        };
        let shown = facts(text).into_iter().filter_map(|fact| show(fact.kind));
        shown.map(|text| text.trim_end().to_owned()).collect()
    }

    #[test]
    fn tasklist() {
        let text = "```\nC:\\> tasklist /svc\n\nImage Name      PID Services\n\
            ============ ======== =========\n\
            System Idle Process   0 N/A\n\
            svchost.exe        3960 iphlpsvc, WinHttpAutoProxySvc,\n\
            \x20                         lmhosts\n\
            wslrelay.exe      25940 Nicht zutreffend\n```\n";
        let expected = ["3960 svchost iphlpsvc winhttpautoproxysvc lmhosts", "25940 wslrelay"];
        assert_eq!(shown(text), expected);
        assert_eq!(
            shown(
                "```\nC:\\> tasklist\nnode.exe   77 Console   1   40,000 K\n22 = wslhost.exe; 23 = VS Code\n```\n"
            ),
            ["77 node", "22 wslhost", "23 vs code"]
        );
    }

    #[test]
    fn services_of_windows() {
        let text = "```\nC:\\> sc query iphlpsvc\n\nSERVICE_NAME: iphlpsvc\n\
            \x20       TYPE               : 30  WIN32\n\
            \x20       STATE              : 1  STOPPED\n\
            \x20       WIN32_EXIT_CODE    : 0  (0x0)\n```\n";
        assert_eq!(shown(text), ["iphlpsvc Stopped"]);
        let text = "```\nPS> Get-Service iphlpsvc\n\nStatus   Name      DisplayName\n\
                    ------   ----      -----------\nRunning  iphlpsvc  IP-Hilfsdienst\n```\n";
        assert_eq!(shown(text), ["iphlpsvc Running"]);
        assert_eq!(shown("PS> (Get-Service iphlpsvc).Status\nStopped\n"), ["iphlpsvc Stopped"]);
    }

    #[test]
    fn systemctl() {
        let text = "```\n$ systemctl status firewalld\n\
            ● firewalld.service - firewalld - dynamic firewall daemon\n\
            \x20    Loaded: loaded (/lib/systemd/system/firewalld.service; enabled; preset: enabled)\n\
            \x20    Active: active (running) since Mon\n\
            $ systemctl is-active ssh systemd-resolved\ninactive\nactive\n```\n";
        let expected = ["firewalld Running", "ssh Stopped", "systemd-resolved Running"];
        assert_eq!(shown(text), expected);
    }
}
