//! `netsh interface portproxy show …` in any language, and `… add …` as it was typed.

use crate::evidence::{
    document::Block,
    fact::{Kind, PortProxyRule, Ports},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "portproxy", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let about = block.ran(&["portproxy"]) || block.is_about("portproxy");
    for line in block.command.iter().chain(&block.lines) {
        let rule = typed(*line).or_else(|| row(*line, about)).or_else(|| told(*line));
        if let Some(rule) = rule {
            out.put(Side::Windows, line.span(), Kind::PortProxy(rule));
        }
    }
}

/// A row of `show`: address, port, address, port, and nothing else. Header and rule are translated;
/// the row is not. Short forms of people, `0.0.0.0 8080 -> 172.20.1.2`, only where it is about
/// portproxy.
fn row(line: Text<'_>, about: bool) -> Option<PortProxyRule> {
    let words: Vec<&str> = line.words().map(Text::as_str).collect();
    let (listen, connect) = match words.iter().position(|word| matches!(*word, "->" | "=>" | "→"))
    {
        Some(arrow) if about => (pair(&words[..arrow])?, pair_or_target(&words[arrow + 1..])?),
        None if words.len() == 4 => (pair(&words[..2])?, pair(&words[2..])?),
        _ => return None,
    };
    Some(PortProxyRule {
        listen: listen.0,
        listen_port: listen.1.clone(),
        connect: connect.0,
        connect_port: if connect.1.is_empty() { listen.1 } else { connect.1 },
    })
}

fn pair(words: &[&str]) -> Option<(Host, String)> {
    match words {
        [host, port] if is_port(port) => Some((Host::parse(host)?, (*port).to_owned())),
        [one] => {
            let (host, port) = one.rsplit_once([':', '/'])?;
            is_port(port).then_some((Host::parse(host)?, port.to_owned()))
        }
        _ => None,
    }
}

/// A target, with or without a port, or in words: `WSL VM`.
fn pair_or_target(words: &[&str]) -> Option<(Host, String)> {
    if let Some(pair) = pair(words) {
        return Some(pair);
    }
    let host = match words {
        [one] => Host::parse(one)?,
        [] => return None,
        words => Host::Masked(format!("<{}>", words.join(" ").to_ascii_lowercase())),
    };
    Some((host, String::new()))
}

fn is_port(text: &str) -> bool {
    text == "*" || Ports::parse(text).is_some()
}

/// In words: `portproxy: listen 0.0.0.0:3000 connect 127.0.0.1:3000`.
fn told(line: Text<'_>) -> Option<PortProxyRule> {
    if !line.has("portproxy") {
        return None;
    }
    let words: Vec<&str> = line.words().map(Text::as_str).collect();
    let endpoint = |verb: &str| {
        let at = words.iter().position(|word| word.to_ascii_lowercase().starts_with(verb))?;
        let near = words.get(at + 1..words.len().min(at + 4))?;
        let clean = |word: &&str| word.trim_matches([',', '.', ';', ')', '(']).to_owned();
        near.iter().map(clean).find_map(|word| pair(&[&word]))
    };
    let (listen, connect) = (endpoint("listen")?, endpoint("connect")?);
    Some(PortProxyRule {
        listen: listen.0,
        listen_port: listen.1,
        connect: connect.0,
        connect_port: connect.1,
    })
}

/// `netsh interface portproxy add v4tov4 listenport=… connectaddress=…`
fn typed(line: Text<'_>) -> Option<PortProxyRule> {
    if !line.has("portproxy") || !(line.has(" add ") || line.has(" set ")) {
        return None;
    }
    let value = |tag: &str| {
        line.words().find_map(|word| {
            let (name, value) = word.as_str().split_once('=')?;
            name.eq_ignore_ascii_case(tag).then(|| value.trim_matches(['"', '\'', '`']).to_owned())
        })
    };
    let listen_port = value("listenport")?;
    let host = |text: String| Host::parse(&text).unwrap_or(Host::Masked(text));
    Some(PortProxyRule {
        listen: value("listenaddress").map_or(Host::Star, host),
        connect_port: value("connectport").unwrap_or_else(|| listen_port.clone()),
        connect: value("connectaddress").map_or(Host::Name("localhost".to_owned()), host),
        listen_port,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Kind, PortProxyRule};

    fn rules(text: &str) -> Vec<String> {
        let show = |rule: PortProxyRule| {
            let PortProxyRule { listen, listen_port, connect, connect_port } = rule;
            format!("{listen} {listen_port} {connect} {connect_port}")
        };
        let rule = |kind| if let Kind::PortProxy(rule) = kind { Some(show(rule)) } else { None };
        facts(text).into_iter().filter_map(|fact| rule(fact.kind)).collect()
    }

    #[test]
    fn tables_in_several_languages() {
        let table = |head: &str| {
            format!(
                "```\nC:\\> netsh interface portproxy show all\n{head}\n\n\
                 --------------- ----------  --------------- ----------\n\
                 0.0.0.0         8080        172.28.16.3     3000\n\
                 *               *           ubuntu.wsl      *\n```\n"
            )
        };
        for head in [
            "Listen on ipv4:             Connect to ipv4:\n\nAddress Port Address Port",
            "侦听 ipv4:                 连接到 ipv4:\n\n地址            端口        地址            端口",
            "ipv4 をリッスンする:         ipv4 に接続する:\n\nアドレス Port アドレス Port",
            "Abh\u{fffd}ren von ipv4:   Verbinden mit ipv4:\n\nAdresse Port Adresse Port",
        ] {
            let expected = ["0.0.0.0 8080 172.28.16.3 3000", "* * ubuntu.wsl *"];
            assert_eq!(rules(&table(head)), expected);
        }
    }

    #[test]
    fn commands_as_typed() {
        let line = "netsh interface portproxy add v4tov4 listenport=8080 listenaddress=0.0.0.0 \
                    connectport=80 connectaddress=172.28.16.3";
        assert_eq!(rules(&format!("C:\\> {line}\n")), ["0.0.0.0 8080 172.28.16.3 80"]);
        assert_eq!(rules(&format!("- rule: {line}\n")), ["0.0.0.0 8080 172.28.16.3 80"]);
    }

    #[test]
    fn short_forms() {
        let expected = ["0.0.0.0 8080 <wsl vm> 8080"];
        assert_eq!(rules("- portproxy: 0.0.0.0 8080 -> WSL VM\n"), expected);
        assert_eq!(rules("- portproxy: 0.0.0.0:80 -> 10.1.1.1:81\n"), ["0.0.0.0 80 10.1.1.1 81"]);
        assert_eq!(rules("- mapping: 0.0.0.0:80 -> 10.1.1.1:81\n"), [""; 0]);
        assert_eq!(
            rules("a portproxy that listens on 0.0.0.0:80 and connects to 127.0.0.1:81\n"),
            ["0.0.0.0 80 127.0.0.1 81"]
        );
    }
}
