//! `Get-NetTCPConnection`, as a table with any choice of columns and as a list.
//!
//! PowerShell translates no property names.

use super::{
    netstat,
    shape::{is_ruler, label, words},
};
use crate::evidence::{
    document::Block,
    fact::{Kind, Listener, Proto},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
    span::Span,
};

pub(super) const READER: Reader = Reader { name: "Get-NetTCPConnection", read };

/// What a row or a list has told so far.
#[derive(Default)]
struct Socket {
    address: Option<Host>,
    port: Option<u16>,
    state: Option<String>,
    pid: Option<u32>,
    span: Option<Span>,
}

impl Socket {
    fn set(&mut self, name: &str, value: &str) {
        match name.to_ascii_lowercase().as_str() {
            "localaddress" => self.address = Host::parse(value),
            "localport" => self.port = value.parse().ok(),
            "state" => self.state = Some(value.to_owned()),
            "owningprocess" => self.pid = value.parse().ok(),
            _ => {}
        }
    }

    /// A listener, unless the state says otherwise; without a state, where `listen` was asked for.
    fn put(self, asked: Option<u16>, listen: bool, side: Side, out: &mut Sink) {
        let state = self.state.as_deref();
        let listens = state.map_or(listen, |state| state.eq_ignore_ascii_case("listen"));
        let (Some(address), Some(port), Some(span), true) =
            (self.address, self.port.or(asked), self.span, listens)
        else {
            return;
        };
        let listener = Listener { proto: Proto::Tcp, address, port, pid: self.pid, program: None };
        out.put(side, span, Kind::Listener(listener));
    }
}

fn read(block: &Block<'_>, out: &mut Sink) {
    let ran = block.ran(&["Get-NetTCPConnection"]) || block.is_about("Get-NetTCPConnection");
    let side = block.side.or(Side::Windows);
    let listen = block.ran(&["Listen"]);
    let asked = block.command.and_then(|command| {
        let mut words = command.words().map(|word| word.as_str());
        words.find(|word| word.eq_ignore_ascii_case("-LocalPort"))?;
        words.next()?.parse().ok()
    });
    let mut columns: Vec<&str> = Vec::new();
    let mut list = Socket::default();
    for line in &block.lines {
        let words = words(*line);
        if words.iter().any(|word| word.eq_ignore_ascii_case("LocalAddress"))
            && label(*line).is_none()
        {
            columns = words;
        } else if let Some((key, value)) = label(*line).filter(|(key, _)| is_property(key.as_str()))
        {
            if key.as_str().eq_ignore_ascii_case("LocalAddress") && list.address.is_some() {
                std::mem::take(&mut list).put(asked, listen, side, out);
            }
            list.set(key.as_str(), value.as_str());
            list.span = Some(list.span.map_or(line.span(), |span| span.to(line.span())));
        } else if words.iter().all(|word| is_ruler(word)) {
            continue;
        } else if let Some(mut socket) = table_row(&columns, &words, ran) {
            socket.span = Some(line.span());
            socket.put(asked, listen, side, out);
        } else if ran && let Some((listeners, process)) = netstat::said(&words) {
            for listener in listeners {
                out.put(side, line.span(), Kind::Listener(listener));
            }
            out.put(side, line.span(), Kind::Process(process));
        }
    }
    list.put(asked, listen, side, out);
}

fn is_property(key: &str) -> bool {
    ["LocalAddress", "LocalPort", "RemoteAddress", "RemotePort", "State", "OwningProcess"]
        .iter()
        .any(|name| key.eq_ignore_ascii_case(name))
}

/// By the header, where no column is empty; else by the shape of the default table: address, port,
/// address, port, state, and the process last.
fn table_row(columns: &[&str], words: &[&str], ran: bool) -> Option<Socket> {
    let mut socket = Socket::default();
    if !columns.is_empty() && columns.len() == words.len() {
        for (name, value) in columns.iter().zip(words) {
            socket.set(name, value);
        }
        return Some(socket);
    }
    if columns.is_empty() && !ran {
        return None;
    }
    let [local, port, remote, remote_port, state, rest @ ..] = words else { return None };
    super::shape::address(local)?;
    super::shape::address(remote)?;
    remote_port.parse::<u16>().ok()?;
    socket.set("LocalAddress", local);
    socket.set("LocalPort", port);
    socket.set("State", state);
    socket.set("OwningProcess", rest.last().unwrap_or(&""));
    Some(socket)
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Listener(it) => Some(format!("{} {} {:?}", it.address, it.port, it.pid)),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn tables() {
        let text = "```powershell\nPS C:\\> Get-NetTCPConnection -State Listen\n\n\
            LocalAddress  LocalPort RemoteAddress RemotePort State  AppliedSetting OwningProcess\n\
            ------------  --------- ------------- ---------- -----  -------------- -------------\n\
            ::            8080      ::            0          Listen                4\n\
            127.0.0.1     50001     127.0.0.1     8080       Established Internet  99\n\
            127.0.0.1     3000      0.0.0.0       0          Listen                12160\n```\n";
        assert_eq!(shown(text), [":: 8080 Some(4)", "127.0.0.1 3000 Some(12160)"]);
        let text = "```\nPS> Get-NetTCPConnection -LocalPort 8080 -State Listen | select \
            LocalAddress,OwningProcess\n\nLocalAddress OwningProcess\n------------ -------------\n\
            127.0.0.1             4321\n```\n";
        assert_eq!(shown(text), ["127.0.0.1 8080 Some(4321)"]);
    }

    #[test]
    fn lists() {
        let text = "```\nLocalAddress  : ::1\nLocalPort     : 80\nState         : Listen\n\
            OwningProcess : 5\n\nLocalAddress  : 0.0.0.0\nLocalPort     : 81\n\
            State         : Established\n```\n";
        assert_eq!(shown(text), ["::1 80 Some(5)"]);
    }

    #[test]
    fn a_sentence_in_its_place() {
        let text = "```\nPS> Get-NetTCPConnection\nports 443 and 80 owned by svchost\n```\n";
        assert_eq!(shown(text), ["<not said> 443 None", "<not said> 80 None"]);
    }
}
