//! Commands as they were typed: which address a server is told to bind, which ports a container
//! publishes.

use crate::evidence::{
    document::{Block, Form},
    fact::{Command, Kind, Publication},
    host::{Endpoint, Host},
    reader::{Reader, Sink},
    span::Text,
};

use super::shape::runs;

pub(super) const READER: Reader = Reader { name: "typed", read };

/// Keys of items that have a command behind them.
const KEYS: [&str; 8] =
    ["cmd", "command", "run", "start", "launch", "dockerfile", "script", "args"];

fn read(block: &Block<'_>, out: &mut Sink) {
    let is_typed = block.form == Form::Item && KEYS.iter().any(|key| block.is_about(key));
    if let Some(line) = block.command {
        out.put(block.side, line.span(), command(line));
    }
    for line in &block.lines {
        if is_typed {
            out.put(block.side, line.span(), command(*line));
        }
    }
    for line in block.command.iter().chain(&block.lines) {
        let publishes = is_engine(*line) || is_ports(block, *line);
        for publication in publications(*line).filter(|_| publishes) {
            out.put(block.side, line.span(), Kind::Publication(publication));
        }
    }
}

/// Programs that ask: what their arguments name is where they go, not where they listen.
const CLIENTS: [&str; 16] = [
    "curl",
    "wget",
    "telnet",
    "ping",
    "iwr",
    "irm",
    "Invoke-WebRequest",
    "tnc",
    "Test-NetConnection",
    "psql",
    "mysql",
    "mariadb",
    "redis-cli",
    "mongo",
    "mongosh",
    "sqlcmd",
];

fn command(line: Text<'_>) -> Kind {
    let first = line.words().find(|word| !matches!(word.as_str(), "sudo" | "time"));
    let asks = CLIENTS.iter().any(|client| runs(first, client));
    let at = told(line).filter(|_| !asks);
    Kind::Command(Command { line: line.as_str().to_owned(), at })
}

/// The address and port that the arguments name.
fn told(line: Text<'_>) -> Option<Endpoint> {
    let mut host = None;
    let mut port = None;
    let words: Vec<&str> = line.words().map(Text::as_str).collect();
    for (at, word) in words.iter().enumerate() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (*word, words.get(at + 1).copied()),
        };
        let Some(value) = value else { continue };
        match flag {
            "--host" | "--hostname" | "-H" | "--bind" | "-b" | "--address" | "--addr"
            | "--listen" | "--ip" | "-o" | "--listen-address" | "--bind-address" | "--host-ip"
            | "-S" | "-a" | "-h" | "--http-address" | "--server.address" => {
                if let Some(endpoint) = Endpoint::parse(value) {
                    host = Some(endpoint.host);
                    port = endpoint.port.or(port);
                } else {
                    host = Host::parse(value).filter(is_address).or(host);
                }
            }
            "--port" | "-p" | "-P" | "--http-port" | "--server.port" => {
                port = value.parse().ok().or(port);
            }
            _ => {}
        }
    }
    let bare =
        || words.iter().find_map(|word| Endpoint::parse(word).filter(|it| is_address(&it.host)));
    match (host, port) {
        (Some(host), port) => Some(Endpoint { host, port }),
        (None, Some(port)) => {
            Some(bare().unwrap_or(Endpoint { host: Host::Star, port: Some(port) }))
                .filter(|it| !matches!(it.host, Host::Star))
        }
        (None, None) => bare(),
    }
}

fn is_address(host: &Host) -> bool {
    !matches!(host, Host::Name(name) if name != "localhost")
}

/// `docker run -p …`, or only the flag with two ports behind it.
fn is_engine(line: Text<'_>) -> bool {
    let named = ["docker", "podman", "nerdctl", "container"].iter().any(|it| line.has(it));
    let words: Vec<&str> = line.words().map(Text::as_str).collect();
    let flagged = words.windows(2).any(|pair| {
        let ports = pair[1].split(':').all(|port| port.parse::<u16>().is_ok());
        // `-dp 3000:3000` is `-d -p 3000:3000`.
        let short = pair[0].starts_with('-') && !pair[0].starts_with("--") && pair[0].len() < 6;
        let flag = pair[0] == "--publish" || short && pair[0].ends_with('p');
        flag && pair[1].contains(':') && ports
    });
    named && (line.has("-p ") || line.has("--publish")) || flagged
}

/// A line of compose: `ports: "127.0.0.1:5000:5000"`, or an item about ports.
fn is_ports(block: &Block<'_>, line: Text<'_>) -> bool {
    block.is_about("ports") || block.is_about("publish") || line.has("ports:")
}

/// `-p 8080:80`, `-p 127.0.0.1:8080:80/tcp`, `"5000:5000"`.
fn publications(line: Text<'_>) -> impl Iterator<Item = Publication> {
    line.words().filter_map(|word| {
        let text = word.as_str().trim_matches(['"', '\'', '`', '[', ']', ',', '-', '(', ')', ';']);
        let text = text.strip_prefix("publish=").or(text.strip_prefix("p=")).unwrap_or(text);
        let text = text.split('/').next()?;
        let (rest, container) = text.rsplit_once(':')?;
        let container_port = container.parse().ok()?;
        let (host, host_port) = match rest.rsplit_once(':') {
            Some((host, port)) => (Some(Host::parse(host)?), port.parse().ok()?),
            None => (None, rest.parse().ok()?),
        };
        Some(Publication {
            container: None,
            host,
            host_port: Some(host_port),
            container_port: Some(container_port),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn told(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Command(it) => Some(it.at.map_or("?".to_owned(), |at| at.to_string())),
            Kind::Publication(it) => {
                let host = it.host.map_or("*".to_owned(), |host| host.to_string());
                Some(format!("{host} {:?} {:?}", it.host_port?, it.container_port?))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn addresses_in_arguments() {
        assert_eq!(
            told("- cmd linux: uvicorn app:app --host 0.0.0.0 --port 8000\n"),
            ["0.0.0.0:8000"]
        );
        assert_eq!(told("- cmd: php -S localhost:80\n"), ["localhost:80"]);
        assert_eq!(told("- cmd: gatsby develop\n"), ["?"]);
        // Where a client goes is nobody's bind.
        assert_eq!(told("$ sudo curl 127.0.0.1:8080\n"), ["?"]);
        assert_eq!(told("$ psql -h 127.0.0.1 -p 5432\n"), ["?"]);
        assert_eq!(told("$ python3 -m http.server --bind 127.0.0.1 9000\n"), ["127.0.0.1"]);
    }

    #[test]
    fn published_ports() {
        assert_eq!(told("- cmd bad: podman run -p 8888:80 nginx\n"), ["?", "* 8888 80"]);
        assert_eq!(told("- compose ports: \"127.0.0.1:5000:5000\"\n"), ["127.0.0.1 5000 5000"]);
        assert_eq!(told("- time: 10:20:30\n"), [""; 0]);
    }
}
