//! The resolver that every node's `resolv.conf` names: it knows no name and says so at once.

use std::io;

use tokio::net::UdpSocket;

/// Answers NXDOMAIN to every question, for ever.
///
/// # Errors
/// When the socket cannot be had.
pub async fn serve() -> io::Result<()> {
    // The wildcard, because `lo` may not be up yet; an answer leaves from the address asked.
    let socket = UdpSocket::bind("0.0.0.0:53").await?;
    let mut packet = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut packet).await?;
        if let Some(answer) = no_such_name(&packet[..length]) {
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

/// The answer to a question: itself, marked as an answer that the name does not exist.
fn no_such_name(question: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let mut at = HEADER;
    loop {
        match usize::from(*question.get(at)?) {
            0 => break,
            label => at += 1 + label,
        }
    }
    // The question alone: additional records such as EDNS would have to be counted as well.
    let mut answer = question.get(..at + 5)?.to_vec();
    answer[2] = 0x80 | (question[2] & 0x79); // a response, opcode and recursion wish as asked
    answer[3] = 0x80 | 3; // recursion available, NXDOMAIN
    answer[4..HEADER].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_the_question_alone_with_nxdomain() {
        let header = [0xab, 0xcd, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 1];
        let question = b"\x03foo\x04test\x00\x00\x01\x00\x01";
        let edns = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
        let asked = [&header[..], question, &edns].concat();
        let answer = no_such_name(&asked).unwrap();
        assert_eq!(answer[..2], [0xab, 0xcd]);
        assert_eq!(answer[2] & 0x80, 0x80);
        assert_eq!(answer[3] & 0x0f, 3);
        assert_eq!(answer[4..12], [0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&answer[12..], question);
    }

    #[test]
    fn ignores_what_is_not_a_question() {
        assert_eq!(no_such_name(&[0; 12]), None);
        assert_eq!(no_such_name(b"short"), None);
    }
}
