//! What a command wants to reach.

use crate::evidence::{
    host::{Endpoint, Host},
    span::Text,
};

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub host: Host,
    pub port: Option<u16>,
}

/// Options with a value behind them, which is no host.
const VALUED: [&str; 34] = [
    "-o",
    "-O",
    "-m",
    "-w",
    "-H",
    "-X",
    "-d",
    "-u",
    "-A",
    "-e",
    "-x",
    "-T",
    "-t",
    "-c",
    "-i",
    "-I",
    "-s",
    "-p",
    "-n",
    "-W",
    "--max-time",
    "--connect-timeout",
    "--proxy",
    "--noproxy",
    "--data",
    "--header",
    "--request",
    "--user",
    "--interface",
    "--retry",
    "-q",
    "-Count",
    "-TimeoutSec",
    "-Method",
];

impl Target {
    pub(super) fn of(command: Text<'_>, tool: &str) -> Option<Target> {
        let words = command.as_str().split_whitespace();
        let bare = |word: &'_ str| -> String {
            word.trim_matches(['"', '\'', '`', '(', ')', ';', '|']).to_owned()
        };
        let words: Vec<String> = words.map(bare).collect();
        let is_tool = |word: &String| {
            let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
            let name = name.trim_end_matches(".exe");
            super::TOOLS
                .iter()
                .any(|(program, it)| *it == tool && program.eq_ignore_ascii_case(name))
        };
        let at = words.iter().position(is_tool)?;
        if super::database::is_one(tool) {
            return super::database::target(tool, &words[at + 1..]);
        }
        let arguments = arguments(&words[at + 1..], tool);
        let named = |flag: &str| {
            let at = words.iter().position(|word| word.eq_ignore_ascii_case(flag))?;
            words.get(at + 1).map(String::as_str)
        };
        if let Some(target) = arguments.iter().find_map(|word| Target::of_url(word)) {
            return Some(target);
        }
        let host = match tool {
            "tnc" => named("-ComputerName").or_else(|| named("-cn")),
            "curl" => named("-Uri"),
            _ => None,
        };
        let host = host.or_else(|| arguments.first().copied())?;
        if matches!(tool, "curl" | "wget") {
            return Target::bare_url(host);
        }
        let next = arguments.iter().skip_while(|word| **word != host).nth(1);
        let port = named("-Port").or(next.copied()).and_then(|port| port.parse().ok());
        let port = port.filter(|_| tool != "ping");
        let host = Host::parse(host).filter(|host| *host != Host::Star)?;
        Some(Target { host, port })
    }

    fn of_url(text: &str) -> Option<Target> {
        let Endpoint { host, port } = Endpoint::of_url(text)?;
        Some(Target { host, port })
    }

    /// `localhost:8080/health`, as curl takes it.
    fn bare_url(text: &str) -> Option<Target> {
        Target::of_url(&format!("http://{text}"))
            .filter(|target| !text.starts_with('-') && target.host != Host::Star)
    }
}

/// The words that are neither options nor their values.
fn arguments<'w>(words: &'w [String], tool: &str) -> Vec<&'w str> {
    let mut found = Vec::new();
    let mut skip = false;
    for word in words {
        let word = word.as_str();
        if skip {
            skip = false;
        } else if matches!(word, "" | "&&" | "||" | ">" | "2>&1" | "|" | "<") || word == "grep" {
            break;
        } else if word.starts_with('-') {
            // `nc -w 2`, but `telnet -4`; a flag of letters for nc has no value: `-zv`.
            skip = VALUED.contains(&word)
                && !(tool == "ping" && word == "-t" || word == "-I" && tool == "curl")
                && !(tool == "nc" && matches!(word, "-u" | "-n" | "-d" | "-t"))
                && !(tool == "curl" && matches!(word, "-s" | "-i" | "-n" | "-O" | "-p" | "-q"))
                && !(tool == "wget"
                    && matches!(word, "-q" | "-S" | "-d" | "-c" | "-x" | "-p" | "-H" | "-m"));
        } else if !(word.starts_with('/') && tool == "ping") {
            found.push(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        let is = |tool: &str, command: &'static str| {
            let target = Target::of(Text::new(command, 0), tool)?;
            Some(Endpoint { host: target.host, port: target.port }.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(is("curl", "curl -v http://localhost:8080/x"), some("localhost:8080"));
        assert_eq!(is("curl", "curl.exe -sS -m 5 127.0.0.1:3000"), some("127.0.0.1:3000"));
        assert_eq!(is("curl", "curl -I localhost"), some("localhost:80"));
        assert_eq!(is("curl", "iwr -Uri http://[::1]:80 -TimeoutSec 2"), some("[::1]:80"));
        assert_eq!(is("wget", "docker exec app wget -qO- http://localhost/"), some("localhost:80"));
        assert_eq!(is("nc", "nc -zv -w 2 172.20.1.2 8080"), some("172.20.1.2:8080"));
        assert_eq!(is("telnet", "telnet localhost 80"), some("localhost:80"));
        assert_eq!(is("ping", "ping -c 1 172.20.x.x"), some("172.20.x.x"));
        assert_eq!(is("tnc", "tnc localhost -Port 80"), some("localhost:80"));
        assert_eq!(
            is("tnc", "Test-NetConnection -Port 80 -ComputerName 10.0.0.1"),
            some("10.0.0.1:80")
        );
        assert_eq!(is("psql", "psql -h localhost -p 5433 -U me"), some("localhost:5433"));
        assert_eq!(is("mysql", "mysql -h127.0.0.1 -P 3306 -uroot -p"), some("127.0.0.1:3306"));
        assert_eq!(is("sqlcmd", "sqlcmd -S localhost -U sa"), some("localhost"));
        assert_eq!(is("redis-cli", "redis-cli ping"), None);
        assert_eq!(is("curl", "sudo apt install curl"), None);
        assert_eq!(is("curl", "curl --version"), None);
    }
}
