//! What programs say of their own sockets: "listening on http://localhost:4200", "address already in
//! use", and what they are told to dial: `OLLAMA_HOST=http://localhost:11434`.

use crate::evidence::{
    document::{Block, Form},
    fact::{BindError, BindFailure, DialedUrl, Kind, Serving},
    host::{Endpoint, Host},
    lexicon::lexicon,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
    words::split,
};

pub(super) const READER: Reader = Reader { name: "program", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let is_log = ["log", "trace", "console", "output"].iter().any(|it| block.is_about(it));
    for line in block.command.iter().chain(&block.lines) {
        if !bind_failure(block, *line, out) {
            serving(block, *line, is_log, out);
        }
        dialed(block, *line, out);
    }
}

fn side(block: &Block<'_>) -> Side {
    if block.form == Form::Prose { Side::Unknown } else { block.side }
}

/// Whether the line tells of one.
fn bind_failure(block: &Block<'_>, line: Text<'_>, out: &mut Sink) -> bool {
    let words = split(line);
    let Some((error, ..)) = lexicon().sockets.errors.first(&words) else {
        return false;
    };
    // A connect is refused for lack of permission as well (EACCES).
    let text = line.as_str();
    if *error == BindError::Forbidden && line.has("connect") && !line.has("bind") {
        return false;
    }
    let wanted = endpoints(line).next().or_else(|| {
        let port = words.iter().find_map(|word| word.text.parse().ok().filter(|port| *port > 24));
        let port = port.filter(|port| !matches!(port, 10013 | 10048 | 10049) && !text.is_empty());
        port.map(|port| Endpoint { host: Host::Star, port: Some(port) })
    });
    let failure = BindFailure { wanted, error: *error };
    out.put(side(block), line.span(), Kind::BindFailure(failure));
    true
}

fn serving(block: &Block<'_>, line: Text<'_>, is_log: bool, out: &mut Sink) {
    let mut words = block.key.map(split).unwrap_or_default();
    words.extend(split(line));
    let says = lexicon().sockets.serving.first(&words).is_some();
    let is_row = line.as_str().contains("LISTEN");
    if !(says || is_log) || is_row || words.iter().any(|word| word.text == "connecting") {
        return;
    }
    let mut found = false;
    for at in endpoints(line).filter(|at| at.port.is_some()) {
        out.put(side(block), line.span(), Kind::Serving(Serving { at, program: None }));
        found = true;
    }
    // "listens on 8080", "listening on port 8080": the address is not said.
    let bare = words.windows(3).find_map(|words| {
        let [verb, on, port] = words else { return None };
        let says = verb.text.starts_with("listen") && matches!(&*on.text, "on" | "at" | "port");
        says.then(|| port.text.parse().ok()).flatten()
    });
    let bare = bare.or_else(|| {
        words.windows(4).find_map(|words| {
            let says = words[0].text.starts_with("listen") && words[2].text == "port";
            says.then(|| words[3].text.parse().ok()).flatten()
        })
    });
    if let Some(port) = bare.filter(|port: &u16| !found && *port > 19) {
        let at = Endpoint { host: Host::Masked("?".to_owned()), port: Some(port) };
        out.put(side(block), line.span(), Kind::Serving(Serving { at, program: None }));
    }
}

/// Variables and keys that lead somewhere. Proxies are variables of another kind.
fn dialed(block: &Block<'_>, line: Text<'_>, out: &mut Sink) {
    for word in line.words() {
        let text = word.as_str().trim_matches(['"', '\'', '`', ',', ';', '(', ')']);
        let Some((key, value)) = text.split_once(['=']) else { continue };
        let key = key.trim_start_matches('-');
        let name = key.to_ascii_lowercase();
        let value = value.trim_matches(['"', '\'', '`']);
        let leads = ["host", "url", "uri", "addr", "endpoint", "server", "dsn", "base", "origin"];
        if name.contains("proxy") || name.starts_with("listen") || name.starts_with("connect") {
            continue;
        }
        let at = Endpoint::of_url(value).or_else(|| {
            let is_key = leads.iter().any(|it| name.contains(it));
            let bare = || Host::parse(value).map(|host| Endpoint { host, port: None });
            if is_key { Endpoint::parse(value).or_else(bare) } else { None }
        });
        let Some(at) = at.filter(|at| !at.host.is_any()) else { continue };
        let url = DialedUrl { at, key: Some(key.to_owned()) };
        out.put(side(block), word.span(), Kind::Dialed(url));
    }
}

/// Every URL and endpoint of a line.
pub(super) fn endpoints(line: Text<'_>) -> impl Iterator<Item = Endpoint> {
    line.words().filter_map(|word| {
        let text = word.as_str().trim_matches(['"', '\'', '`', ',', ';', '(', ')', '<', '>', '|']);
        let text = text.strip_suffix(':').filter(|it| !it.ends_with(':')).unwrap_or(text);
        let text = text.split_once('=').map_or(text, |(_, value)| value);
        let looks =
            |endpoint: &Endpoint| !matches!(&endpoint.host, Host::Name(name) if is_word(name));
        Endpoint::of_url(text).or_else(|| Endpoint::parse(text)).filter(looks)
    })
}

/// `line:12` and `example:app` are no endpoints.
fn is_word(name: &str) -> bool {
    name != "localhost" && !name.contains('.') && !name.contains('-')
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{BindError, Kind};

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Serving(it) => Some(format!("serves {}", it.at)),
            Kind::Dialed(it) => Some(format!("dials {}", it.at)),
            Kind::BindFailure(it) => Some(format!(
                "{:?} {}",
                it.error,
                it.wanted.map_or("?".into(), |it| it.to_string())
            )),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn where_it_serves() {
        assert_eq!(
            shown("- log: Listening on http://localhost:4200/\n"),
            ["serves localhost:4200"]
        );
        assert_eq!(
            shown("```\n# server log\nhttp://127.0.0.1:8080\nhttp://172.20.1.2:8080\n```\n"),
            ["serves 127.0.0.1:8080", "serves 172.20.1.2:8080"]
        );
        assert_eq!(
            shown("webdev serve announces http://127.0.0.1:8080;\n"),
            ["serves 127.0.0.1:8080"]
        );
    }

    #[test]
    fn what_it_dials() {
        let text = "```\n$ docker exec app env\nOLLAMA_HOST=http://localhost:11434\nHTTP_PROXY=http://127.0.0.1:1\n```\n";
        assert_eq!(shown(text), ["dials localhost:11434"]);
        assert_eq!(shown("```\nMYSQL_HOST=localhost\nDB=x\n```\n"), ["dials localhost"]);
    }

    #[test]
    fn what_it_could_not_bind() {
        assert_eq!(
            shown(
                "- error: listen tcp 127.0.0.1:443: bind: An attempt was made to access a socket in a way forbidden by its access permissions.\n"
            ),
            ["Forbidden 127.0.0.1:443"]
        );
        assert_eq!(shown("- error: Port 3000 is already in use\n"), ["InUse *:3000"]);
        assert_eq!(shown("- error: bind EADDRINUSE\n"), [format!("{:?} ?", BindError::InUse)]);
    }
}
