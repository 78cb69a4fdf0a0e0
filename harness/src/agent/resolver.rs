//! The resolver that every node's `resolv.conf` names. It knows one name, that of the LAN peer, and
//! says at once of every other that it does not exist.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
};

use tokio::net::UdpSocket;

use crate::topology::{LAN_IP, LAN_NAME};

/// The port of every resolver.
const PORT: u16 = 53;
/// The length of a message before its questions.
const HEADER: usize = 12;
/// The type of an IPv4 address, and the class of the Internet.
const ADDRESS: [u8; 4] = [0, 1, 0, 1];

/// Answers every question that is asked there, for ever.
///
/// # Errors
/// When the socket cannot be had.
pub async fn serve(address: Ipv4Addr) -> io::Result<()> {
    // This address and no other: a stub that a scenario names must not be answered by accident.
    let socket = UdpSocket::bind(SocketAddrV4::new(address, PORT)).await?;
    let mut packet = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut packet).await?;
        if let Some(reply) = answer(&packet[..length]) {
            let _ = socket.send_to(&reply, from).await;
        }
    }
}

/// The answer to a question; `None` when it is none.
fn answer(asked: &[u8]) -> Option<Vec<u8>> {
    let (name, end) = name(asked)?;
    // The question alone: additional records such as EDNS would have to be counted as well.
    let mut reply = asked.get(..end + ADDRESS.len())?.to_vec();
    let known = name.eq_ignore_ascii_case(LAN_NAME);
    let found = known && reply[end..] == ADDRESS;
    // Of a name that exists, what it has not got is an empty answer, not NXDOMAIN.
    let code = if known { 0 } else { 3 };
    reply[2] = 0x80 | (asked[2] & 0x79); // a response, opcode and recursion wish as asked
    reply[3] = 0x80 | code; // recursion available
    reply[4..HEADER].copy_from_slice(&[0, 1, 0, u8::from(found), 0, 0, 0, 0]);
    if found {
        // The name is that of the question; the answer holds for a minute.
        reply.extend([0xc0, HEADER as u8]);
        reply.extend(ADDRESS);
        reply.extend(60u32.to_be_bytes());
        reply.extend([0, 4]);
        reply.extend(LAN_IP.octets());
    }
    Some(reply)
}

/// The name that is asked for, and where it ends.
fn name(asked: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = HEADER;
    loop {
        let length = usize::from(*asked.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(asked.get(at..at + length)?).into_owned());
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const A: [u8; 2] = [0, 1];
    const AAAA: [u8; 2] = [0, 28];

    fn question(name: &str, kind: [u8; 2]) -> Vec<u8> {
        let mut question = Vec::new();
        for label in name.split('.') {
            question.push(u8::try_from(label.len()).unwrap());
            question.extend(label.as_bytes());
        }
        [&question[..], &[0], &kind, &[0, 1]].concat()
    }

    fn ask(question: &[u8]) -> Vec<u8> {
        let header = [0xab, 0xcd, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 1];
        let edns = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
        answer(&[&header[..], question, &edns].concat()).unwrap()
    }

    #[rstest]
    #[case::unknown("foo.test", A, 3, 0)]
    #[case::known(LAN_NAME, A, 0, 1)]
    #[case::in_any_case("LAN.Home.Arpa", A, 0, 1)]
    #[case::has_no_ipv6(LAN_NAME, AAAA, 0, 0)]
    #[case::below_it("www.lan.home.arpa", A, 3, 0)]
    #[case::above_it("home.arpa", A, 3, 0)]
    fn answers_the_question_alone(
        #[case] name: &str,
        #[case] kind: [u8; 2],
        #[case] code: u8,
        #[case] records: u8,
    ) {
        let asked = question(name, kind);
        let reply = ask(&asked);
        assert_eq!(reply[..2], [0xab, 0xcd]);
        assert_eq!(reply[2] & 0x80, 0x80);
        assert_eq!(reply[3] & 0x0f, code);
        assert_eq!(reply[4..12], [0, 1, 0, records, 0, 0, 0, 0]);
        assert_eq!(reply[12..12 + asked.len()], asked);
        let rest = &reply[12 + asked.len()..];
        let record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 168, 50, 20];
        assert_eq!(rest, if records == 1 { &record[..] } else { &[] });
    }

    #[test]
    fn ignores_what_is_not_a_question() {
        assert_eq!(answer(&[0; 12]), None);
        assert_eq!(answer(b"short"), None);
    }
}
