//! `netstat`, Linux's (`-tlnp`) and Windows' (`-ano`, `-ab`).
//!
//! The state is translated, the columns are not: a socket without a peer (`0.0.0.0:0`, `[::]:0`,
//! `*:*`) listens, in every language. People cut columns out; what is left must still say it.

use super::shape::words;
use crate::evidence::{
    document::Block,
    fact::{Kind, Listener, Process, Proto, program_name},
    host::{Endpoint, Host},
    reader::{Reader, Sink},
    side::Side,
    span::Span,
};

pub(super) const READER: Reader = Reader { name: "netstat", read };

/// A row that listens, until the lines below have named its program.
struct Row {
    side: Side,
    span: Span,
    listener: Listener,
    /// The service that `-b` names before the program.
    service: Option<String>,
}

fn read(block: &Block<'_>, out: &mut Sink) {
    let asked = block.ran(&["netstat"]) || block.is_about("netstat");
    let mut open: Option<Row> = None;
    for line in &block.lines {
        let words = words(*line);
        if let Some((side, listener)) = row(&words, asked) {
            finish(open.take(), out);
            let side = block.side.or(side);
            open = Some(Row { side, span: line.span(), listener, service: None });
        } else if let Some(row) = &mut open {
            owner(&words, row);
        } else if asked && let Some((listeners, process)) = said(&words) {
            let side = block.side.or(Side::Windows);
            for listener in listeners {
                out.put(side, line.span(), Kind::Listener(listener));
            }
            out.put(side, line.span(), Kind::Process(process));
        }
        if (words.is_empty() || words.iter().any(|word| Endpoint::parse(word).is_some()))
            && open.as_ref().is_some_and(|row| row.span != line.span())
        {
            finish(open.take(), out);
        }
    }
    finish(open, out);
}

fn finish(row: Option<Row>, out: &mut Sink) {
    let Some(Row { side, span, mut listener, service }) = row else { return };
    if let Some(service) = service {
        let process = Process {
            pid: listener.pid,
            program: listener.program.take().unwrap_or_else(|| service.clone()),
            services: vec![service.clone()],
        };
        out.put(side, span, Kind::Process(process));
        // The service is the more particular of the two.
        listener.program = Some(service);
    }
    out.put(side, span, Kind::Listener(listener));
}

/// ` [svchost.exe]`, and the service before it: ` iphlpsvc`.
fn owner(words: &[&str], row: &mut Row) {
    if let [word] = words {
        if word.starts_with('[') && word.ends_with(']') && Endpoint::parse(word).is_none() {
            row.listener.program.get_or_insert_with(|| program_name(word));
        } else if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && row.listener.program.is_none()
        {
            row.service = Some(word.to_ascii_lowercase());
        }
    }
}

fn row(words: &[&str], asked: bool) -> Option<(Side, Listener)> {
    let (first, rest) = words.split_first()?;
    match Proto::parse(first) {
        Some(proto) if *first == "TCP" || *first == "UDP" => windows(proto, rest),
        Some(proto) => linux(proto, first.ends_with('6'), rest),
        None if asked => bare(words),
        None => None,
    }
}

/// `TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 1234`
fn windows(proto: Proto, rest: &[&str]) -> Option<(Side, Listener)> {
    let (local, rest) = rest.split_first()?;
    let local = Endpoint::parse(local)?;
    let (peer, rest) = match rest.split_first() {
        Some((peer, rest)) if is_endpoint(peer) => (Some(*peer), rest),
        _ => (None, rest),
    };
    let listens = match (proto, peer) {
        (Proto::Udp, peer) => peer.is_none_or(|peer| peer == "*:*"),
        (Proto::Tcp, Some(peer)) => peer.ends_with(":0") || peer == "*:*",
        (Proto::Tcp, None) => rest.iter().any(|word| is_listening(word)),
    };
    let pid = rest.iter().rev().find_map(|word| word.parse().ok());
    let named = rest.iter().find(|word| word.to_ascii_lowercase().ends_with(".exe"));
    let program = named.map(|word| program_name(word));
    let listener = Listener { proto, address: local.host, port: local.port?, pid, program };
    listens.then_some((Side::Windows, listener))
}

/// `tcp6 0 0 :::8080 :::* LISTEN 812/main`
fn linux(proto: Proto, v6: bool, rest: &[&str]) -> Option<(Side, Listener)> {
    let at = rest.iter().position(|word| is_endpoint(word))?;
    if rest[..at].iter().any(|word| word.parse::<u32>().is_err()) {
        return None;
    }
    let local = Endpoint::parse(rest[at])?;
    let rest = &rest[at + 1..];
    let peer = rest.first().filter(|word| is_endpoint(word));
    let listens = match proto {
        Proto::Tcp => rest.iter().any(|word| is_listening(word)),
        Proto::Udp => peer.is_some_and(|peer| peer.ends_with(":*")),
    };
    let process = rest.iter().find_map(|word| {
        let (pid, program) = word.split_once('/')?;
        Some((pid.parse().ok()?, program_name(program.trim_end_matches(':'))))
    });
    let (pid, program) = process.unzip();
    let address = if v6 && local.host == Host::Star { any6() } else { local.host };
    let program = program.filter(|program| !program.is_empty());
    let listener = Listener { proto, address, port: local.port?, pid, program };
    listens.then_some((Side::Guest, listener))
}

/// What is left when everything else was cut out: `0.0.0.0:8080`, `php.exe 127.0.0.1:80`.
fn bare(words: &[&str]) -> Option<(Side, Listener)> {
    let mut locals = words.iter().filter_map(|word| Endpoint::parse(word));
    let local = locals.next().filter(|it| !matches!(it.host, Host::Name(_)))?;
    let alone = locals.next().is_none() && words.len() <= 3;
    let others = || words.iter().filter(|word| Endpoint::parse(word).is_none());
    let known = |word: &&str| is_listening(word) || is_program(word) || word.parse::<u32>().is_ok();
    if !alone || !others().all(known) {
        return None;
    }
    let program = others().find(|word| is_program(word)).map(|word| program_name(word));
    let pid = others().find_map(|word| word.parse().ok());
    let port = local.port?;
    let listener = Listener { proto: Proto::Tcp, address: local.host, port, pid, program };
    Some((Side::Unknown, listener))
}

/// In words: `ports 443 and 80 owned by svchost`.
pub(super) fn said(words: &[&str]) -> Option<(Vec<Listener>, Process)> {
    let at = words.windows(2).position(|pair| {
        matches!(pair[0], "owned" | "used" | "held" | "taken" | "occupied") && pair[1] == "by"
    })?;
    if !words[..at].iter().any(|word| word.to_ascii_lowercase().starts_with("port")) {
        return None;
    }
    let program = program_name(words.get(at + 2)?.trim_end_matches(['.', ',', ';']));
    let ports = words[..at].iter().filter_map(|word| word.trim_end_matches(',').parse().ok());
    let listener = |port| Listener {
        proto: Proto::Tcp,
        address: Host::Masked("<not said>".to_owned()),
        port,
        pid: None,
        program: Some(program.clone()),
    };
    let listeners = ports.map(listener).collect();
    Some((listeners, Process { pid: None, program, services: Vec::new() }))
}

fn any6() -> Host {
    Host::V6(std::net::Ipv6Addr::UNSPECIFIED)
}

fn is_endpoint(word: &str) -> bool {
    matches!(word, "*:*" | ":::*") || Endpoint::parse(word).is_some()
}

/// LISTEN, LISTENING, ABHÖREN (also damaged by a code page), ESCUCHANDO, À L'ÉCOUTE.
fn is_listening(word: &str) -> bool {
    let word = word.trim_matches(['(', ')', ',']).to_uppercase();
    matches!(word.as_str(), "LISTEN" | "LISTENING" | "ESCUCHANDO" | "侦听" | "監聽")
        || word.starts_with("ABH") && word.ends_with("REN")
        || word.ends_with("COUTE")
}

fn is_program(word: &str) -> bool {
    word.to_ascii_lowercase().trim_matches(['[', ']']).ends_with(".exe")
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |side, kind| match kind {
            Kind::Listener(it) => {
                let pid = it.pid.map_or(String::new(), |pid| format!(" {pid}"));
                let program = it.program.map_or(String::new(), |name| format!(" {name}"));
                let (proto, host) = (it.proto, it.address);
                Some(format!("{side} {proto:?} {host} {}{pid}{program}", it.port))
            }
            Kind::Process(it) => Some(format!("{:?} {} {:?}", it.pid, it.program, it.services)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.side, fact.kind)).collect()
    }

    #[test]
    fn windows_in_several_languages() {
        for (head, state) in [
            ("  Proto  Local Address  Foreign Address  State  PID", "LISTENING"),
            ("  Proto  Lokale Adresse  Remoteadresse  Status  PID", "ABH\u{fffd}REN"),
            ("  Proto  Adresse locale  Adresse distante  État", "LISTENING"),
            ("  协议  本地地址          外部地址        状态           PID", "LISTENING"),
            ("  プロトコル  ローカル アドレス  外部アドレス  状態  PID", "LISTENING"),
        ] {
            let text = format!(
                "```\nC:\\> netstat -ano\n\n{head}\n\
                 \x20 TCP    127.0.0.1:8080         0.0.0.0:0              {state}       4711\n\
                 \x20 TCP    [::1]:8080             [::]:0                 {state}       4712\n\
                 \x20 TCP    127.0.0.1:8080         127.0.0.1:50123        ESTABLISHED   4711\n\
                 \x20 UDP    0.0.0.0:5353           *:*                                  2222\n```\n"
            );
            let expected = [
                "windows Tcp 127.0.0.1 8080 4711",
                "windows Tcp ::1 8080 4712",
                "windows Udp 0.0.0.0 5353 2222",
            ];
            assert_eq!(shown(&text), expected, "{head}");
        }
    }

    #[test]
    fn windows_with_programs() {
        let text = "```\nC:\\> netstat -ab\n\
                    \x20 TCP    0.0.0.0:8000           PC:0                   LISTENING\n\
                    \x20 iphlpsvc\n [svchost.exe]\n\
                    \x20 TCP    127.0.0.1:3000         0.0.0.0:0              LISTENING  77\n\
                    \x20[wslrelay.exe]\n\
                    \x20 TCP    127.0.0.1:3001         PC:4000                ESTABLISHED\n\
                    \x20[other.exe]\n```\n";
        let expected = [
            r#"None svchost ["iphlpsvc"]"#,
            "windows Tcp 0.0.0.0 8000 iphlpsvc",
            "windows Tcp 127.0.0.1 3000 77 wslrelay",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn linux_and_what_people_leave_of_it() {
        let text = "```\n$ netstat -tulnp\n\
            tcp        0      0 127.0.0.1:5432     0.0.0.0:*      LISTEN      71/postgres: main\n\
            tcp6       0      0 :::8080            :::*           LISTEN      812/./main\n\
            tcp        0      0 10.0.0.1:22        10.0.0.2:5000  ESTABLISHED 9/sshd\n\
            udp        0      0 127.0.0.53:53      0.0.0.0:*                  -\n\
            tcp 0.0.0.0:2222 LISTEN\n0.0.0.0:8081\n```\n";
        let expected = [
            "guest Tcp 127.0.0.1 5432 71 postgres",
            "guest Tcp :: 8080 812 main",
            "guest Udp 127.0.0.53 53",
            "guest Tcp 0.0.0.0 2222",
            "guest Tcp 0.0.0.0 8081",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn short_forms() {
        assert_eq!(
            shown(
                "```\nC:\\> netstat -ano\nTCP 0.0.0.0:80 LISTENING 4\nphp.exe 127.0.0.1:81\n```\n"
            ),
            ["windows Tcp 0.0.0.0 80 4", "windows Tcp 127.0.0.1 81 php"]
        );
        assert_eq!(
            shown("```\nC:\\> netstat -ab\nport 80 owned by svchost\n```\n"),
            ["windows Tcp <not said> 80 svchost", "None svchost []"]
        );
        assert_eq!(shown("```\n127.0.0.1:80\ntcp is fine 1.2.3.4:5 LISTEN\n```\n"), [""; 0]);
    }
}
