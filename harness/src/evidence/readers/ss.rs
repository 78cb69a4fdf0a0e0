//! `ss -tlnp`, `ss -tulpn`: `tcp LISTEN 0 4096 *:8080 *:* users:(("main",pid=812,fd=3))`.

use crate::evidence::{
    document::Block,
    fact::{Kind, Listener, Proto, program_name},
    host::Endpoint,
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "ss", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    for line in &block.lines {
        if let Some(listener) = row(*line) {
            out.put(block.side.or(Side::Guest), line.span(), Kind::Listener(listener));
        }
    }
}

/// A row: a state, two queues (which people cut out), the local address, the peer's `*`.
fn row(line: Text<'_>) -> Option<Listener> {
    let words: Vec<&str> = line.words().map(Text::as_str).collect();
    let at = words.iter().position(|word| matches!(*word, "LISTEN" | "UNCONN"))?;
    // netstat has the state behind the addresses.
    if at > 1 {
        return None;
    }
    let proto = words[..at].first().map_or(Some(Proto::Tcp), |word| Proto::parse(word))?;
    let mut rest = words[at + 1..].iter();
    let local = rest.find_map(|word| Endpoint::parse(word))?;
    let users = words.iter().find(|word| word.starts_with("users:"));
    Some(Listener {
        proto,
        address: local.host,
        port: local.port?,
        pid: users.and_then(|users| number_after(users, "pid=")),
        program: users.and_then(|users| users.split('"').nth(1)).map(program_name),
    })
}

fn number_after(text: &str, mark: &str) -> Option<u32> {
    let (_, rest) = text.split_once(mark)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::{
        fact::{Bind, Kind, Proto},
        side::Side,
    };

    #[test]
    fn rows_whole_and_cut() {
        let text = "```\n$ ss -tulpn\n\
            Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
            udp   UNCONN 0      0      127.0.0.53%lo:53   0.0.0.0:*\n\
            tcp   LISTEN 0      4096   127.0.0.1:5432     0.0.0.0:*  users:((\"postgres\",pid=71,fd=5))\n\
            LISTEN 0 511 *:3000 *:*\n\
            LISTEN [::1]:6379\n```\n";
        let found: Vec<_> = facts(text)
            .into_iter()
            .filter_map(|fact| match fact.kind {
                Kind::Listener(it) => Some((fact.side, it.proto, it.bind(), it.port, it.program)),
                _ => None,
            })
            .collect();
        let postgres = Some("postgres".to_owned());
        assert_eq!(
            found,
            [
                (Side::Guest, Proto::Udp, Bind::Loopback4, 53, None),
                (Side::Guest, Proto::Tcp, Bind::Loopback4, 5432, postgres),
                (Side::Guest, Proto::Tcp, Bind::Any6, 3000, None),
                (Side::Guest, Proto::Tcp, Bind::Loopback6, 6379, None),
            ]
        );
    }

    #[test]
    fn sentences_are_no_rows() {
        assert!(facts("LISTEN to this: it is 12:30 now\n").is_empty());
    }
}
