//! `docker ps`, `podman ps`, `docker port`, and the `ports:` of a Compose file.

use super::shape::words;
use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Publication},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "docker ps", read };

/// The most ports of a range that become facts.
const RANGE: u16 = 64;

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = if block.side == Side::Container { Side::Guest } else { block.side };
    let asked = ["docker", "podman", "nerdctl"].iter().any(|engine| block.ran(&[engine]));
    for line in &block.lines {
        let words = words(*line);
        let name = name(&words);
        for (at, word) in words.iter().enumerate() {
            let arrow = words.get(at + 1).is_some_and(|next| *next == "->");
            let mapped = if arrow && asked {
                words.get(at + 2).map(|to| port_command(word, to)).unwrap_or_default()
            } else {
                mapping(word)
            };
            for (host, host_port, container_port) in mapped {
                let container = name.map(str::to_owned);
                let (host_port, container_port) = (Some(host_port), Some(container_port));
                let fact = Publication { container, host, host_port, container_port };
                out.put(side, line.span(), Kind::Publication(fact));
            }
        }
        if asked && let Some(port) = exposed(&words) {
            let container = name.map(str::to_owned);
            let container_port = Some(port);
            let fact = Publication { container, host: None, host_port: None, container_port };
            out.put(side, line.span(), Kind::Publication(fact));
        }
    }
    if block.form == Form::Output && block.command.is_none_or(|command| command.has("compose")) {
        compose(block, side, out);
    }
}

/// The last word of a row, unless it belongs to the ports.
fn name<'w>(words: &[&'w str]) -> Option<&'w str> {
    let last = words.last()?;
    let is_port = last.contains("->") || last.ends_with("/tcp") || last.ends_with("/udp");
    let sound = last.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (words.len() > 1 && !is_port && sound).then_some(*last)
}

/// `0.0.0.0:8080->80/tcp,` `:::8080->80/tcp` `[::]:3000-3002->3000-3002/tcp`
fn mapping(word: &str) -> Vec<(Option<Host>, u16, u16)> {
    let word = word.trim_end_matches([',', ';']).trim_matches(['"', '`']);
    let Some((from, to)) = word.split_once("->") else { return Vec::new() };
    let Some((to, "tcp" | "udp")) = to.split_once('/') else { return Vec::new() };
    pairs(from, to).unwrap_or_default()
}

/// `80/tcp -> 0.0.0.0:8080` of `docker port`.
fn port_command(container: &str, host: &str) -> Vec<(Option<Host>, u16, u16)> {
    match container.split_once('/') {
        Some((container, "tcp" | "udp")) => pairs(host, container).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn pairs(from: &str, to: &str) -> Option<Vec<(Option<Host>, u16, u16)>> {
    let (host, from) = match from.rsplit_once(':') {
        Some((host, ports)) => (Some(host_of(host)?), ports),
        None => (None, from),
    };
    let ends = |text: &str| -> Option<(u16, u16)> {
        match text.split_once('-') {
            Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
            None => {
                let port = text.parse().ok()?;
                Some((port, port))
            }
        }
    };
    let ((first, last), (inner, inner_last)) = (ends(from)?, ends(to)?);
    let count = last.checked_sub(first)?;
    if inner_last.checked_sub(inner)? != count {
        return None;
    }
    let port = |at: u16| Some((host.clone(), first.checked_add(at)?, inner.checked_add(at)?));
    (0..=count.min(RANGE)).map(port).collect()
}

fn host_of(text: &str) -> Option<Host> {
    match text {
        "::" | "[::]" | ":::" => Some(Host::V6(std::net::Ipv6Addr::UNSPECIFIED)),
        text => Host::parse(text),
    }
}

/// A row whose container has ports of which the host has none: `… 6379/tcp redis`.
fn exposed(words: &[&str]) -> Option<u16> {
    if words.len() < 3 || words.iter().any(|word| word.contains("->")) {
        return None;
    }
    let port = words.iter().rev().take(3).find_map(|word| {
        let (port, proto) = word.trim_end_matches(',').split_once('/')?;
        (proto == "tcp").then(|| port.parse().ok())?
    });
    port.filter(|_| words.iter().any(|word| matches!(*word, "Up" | "ago" | "running")))
}

/// `ports:` with its rows, `network_mode: host`.
fn compose(block: &Block<'_>, side: Side, out: &mut Sink) {
    let mut in_ports = false;
    for line in &block.lines {
        let bare = line.trim();
        let text = bare.as_str();
        let row = bare.after("- ").filter(|_| in_ports);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.trim_matches('"') == "network_mode: host" {
            let fact =
                Publication { container: None, host: None, host_port: None, container_port: None };
            out.put(side, line.span(), Kind::Publication(fact));
        }
        in_ports = text == "ports:" || row.is_some();
        for (host, host_port, container_port) in row.map(mapped).unwrap_or_default() {
            let (host_port, container_port) = (Some(host_port), Some(container_port));
            let fact = Publication { container: None, host, host_port, container_port };
            out.put(side, line.span(), Kind::Publication(fact));
        }
    }
}

/// `"127.0.0.1:8080:80/tcp"` of a Compose file.
fn mapped(row: Text<'_>) -> Vec<(Option<Host>, u16, u16)> {
    let text = row.as_str().split(" #").next().unwrap_or_default();
    let text = text.trim().trim_matches(['"', '\'']);
    let text = text.split('/').next().unwrap_or_default();
    let Some((from, to)) = text.rsplit_once(':') else { return Vec::new() };
    pairs(from, to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let number = |port: Option<u16>| port.map_or("-".to_owned(), |port| port.to_string());
        let show = |kind| match kind {
            Kind::Publication(it) => {
                let host = it.host.map_or("*".to_owned(), |host| host.to_string());
                let name = it.container.unwrap_or_default();
                let (from, to) = (number(it.host_port), number(it.container_port));
                Some(format!("{name} {host} {from} {to}").trim_start().to_owned())
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn ps() {
        let text = "```\n$ docker ps\n\
            CONTAINER ID   IMAGE   COMMAND    CREATED   STATUS   PORTS   NAMES\n\
            0a1b2c3d4e5f   nginx   \"/doc…\"   2 hours ago   Up 2 hours   0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   web\n\
            1a1b2c3d4e5f   redis   \"/doc…\"   2 hours ago   Up 2 hours   6379/tcp   cache\n\
            2a1b2c3d4e5f   x       \"/doc…\"   2 hours ago   Up 2 hours   127.0.0.1:3000-3001->4000-4001/tcp   app\n\
            ```\n";
        let expected = [
            "web 0.0.0.0 8080 80",
            "web :: 8080 80",
            "cache * - 6379",
            "app 127.0.0.1 3000 4000",
            "app 127.0.0.1 3001 4001",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn short_forms() {
        assert_eq!(
            shown("```\n$ docker ps\n0.0.0.0:80->80/tcp pact-broker\n```\n"),
            ["pact-broker 0.0.0.0 80 80"]
        );
        assert_eq!(shown("$ podman ps\n:::80->81/tcp\n"), [":: 80 81"]);
        assert_eq!(shown("$ docker port web\n80/tcp -> 0.0.0.0:8080\n"), ["0.0.0.0 8080 80"]);
        assert_eq!(shown("a->b/tcp and 1->2\n"), [""; 0]);
    }

    #[test]
    fn compose() {
        let text = "```yaml\nservices:\n  web:\n    ports:\n      - \"127.0.0.1:8080:80\"\n\
                    \x20     - 3000:3000 # ui\n    volumes:\n      - 1:2\n  db:\n    network_mode: host\n```\n";
        assert_eq!(shown(text), ["127.0.0.1 8080 80", "* 3000 3000", "* - -"]);
    }
}
