//! ICMP echo messages: building one, and recognising the answer to it.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Length of the ICMP header of an echo.
const HEADER: usize = 8;
/// iputils' default number of data bytes.
const DATA: usize = 56;
/// The only sequence number, as `ping -c1`.
const SEQUENCE: u16 = 1;

/// Which ICMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// For IPv4.
    V4,
    /// For IPv6.
    V6,
}

impl Version {
    const fn request(self) -> u8 {
        match self {
            Version::V4 => 8,
            Version::V6 => 128,
        }
    }

    const fn reply(self) -> u8 {
        match self {
            Version::V4 => 0,
            Version::V6 => 129,
        }
    }
}

/// One echo, known by the random words in its data: a raw socket also sees everybody else's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Echo {
    version: Version,
    mark: u64,
}

impl Echo {
    /// A new echo, unlike every other.
    pub fn new(version: Version) -> Self {
        Echo { version, mark: RandomState::new().build_hasher().finish() }
    }

    /// The request. Its checksum counts for raw IPv4 sockets; elsewhere the kernel writes its own,
    /// as it does the identifier of a datagram socket.
    pub fn request(&self) -> [u8; HEADER + DATA] {
        let mut packet = [0; HEADER + DATA];
        packet[0] = self.version.request();
        let [high, low, ..] = self.mark.to_be_bytes();
        packet[4..6].copy_from_slice(&[high, low]);
        packet[6..8].copy_from_slice(&SEQUENCE.to_be_bytes());
        packet[HEADER..HEADER + 8].copy_from_slice(&self.mark.to_be_bytes());
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
        packet
    }

    /// Whether a message, without IP header, answers this echo.
    pub fn is_answered_by(&self, message: &[u8]) -> bool {
        message.first() == Some(&self.version.reply()) && self.marks(message)
    }

    /// Whether a message, without IP header, is this echo's request, as ICMP errors quote it.
    pub fn is_quoted_by(&self, message: &[u8]) -> bool {
        message.first() == Some(&self.version.request()) && self.marks(message)
    }

    fn marks(&self, message: &[u8]) -> bool {
        message.get(HEADER..HEADER + 8) == Some(&self.mark.to_be_bytes()[..])
    }
}

/// The message of an IPv4 packet, as raw sockets deliver it.
pub(super) fn behind_ip_header(packet: &[u8]) -> &[u8] {
    let words = packet.first().map_or(0, |byte| byte & 0x0f);
    packet.get(usize::from(words) * 4..).unwrap_or_default()
}

/// The Internet checksum of an even number of bytes (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let sum: u32 = words.sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    let sum = (sum & 0xffff) + (sum >> 16);
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_rfc_1071() {
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }

    #[test]
    fn a_packet_with_its_checksum_sums_up_to_nothing() {
        assert_eq!(checksum(&Echo::new(Version::V4).request()), 0);
    }

    #[test]
    fn only_its_own_reply_answers_an_echo() {
        let (mine, other) = (Echo::new(Version::V4), Echo::new(Version::V4));
        let mut reply = mine.request();
        assert!(mine.is_quoted_by(&reply) && !mine.is_answered_by(&reply));
        reply[0] = Version::V4.reply();
        assert!(mine.is_answered_by(&reply));
        assert!(!other.is_answered_by(&reply) && !other.is_quoted_by(&mine.request()));
        assert!(!mine.is_answered_by(&reply[..10]), "a message cut short");
    }

    #[test]
    fn the_ip_header_has_options() {
        let mut packet = vec![0x46];
        packet.resize(24, 0);
        packet.push(7);
        assert_eq!(behind_ip_header(&packet), [7]);
        assert!(behind_ip_header(&[]).is_empty());
    }
}
