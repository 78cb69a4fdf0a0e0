//! How far the body of an HTTP/1.1 answer has come. Its bytes are counted, not kept.

use httparse::Header;

/// The body still expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// So many bytes more.
    Length(u64),
    /// Chunks, the last of which is empty.
    Chunked(Chunk),
    /// Everything until the peer ends the stream.
    UntilClose,
}

/// Where in the chunked encoding the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    /// In the line with the size, this much of which has been read; whether digits still count.
    Size { size: u64, digits: bool },
    /// In the data, so many bytes before its end.
    Data(u64),
    /// In the line break after the data.
    DataEnd,
    /// In a trailer line, of which so many characters have been read.
    Trailer(usize),
    /// Behind it all.
    End,
}

/// A body that breaks the rules of its own encoding.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed chunked encoding")]
pub(super) struct Malformed;

impl Body {
    /// The body that a head announces.
    pub fn announced(status: u16, headers: &[Header<'_>]) -> Body {
        let value = |name: &str| {
            let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            header.and_then(|header| std::str::from_utf8(header.value).ok()).map(str::trim)
        };
        if matches!(status, 204 | 304) {
            return Body::Length(0);
        }
        if value("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return Body::Chunked(Chunk::Size { size: 0, digits: true });
        }
        match value("Content-Length").and_then(|length| length.parse().ok()) {
            Some(length) => Body::Length(length),
            None => Body::UntilClose,
        }
    }

    /// Whether nothing more is expected.
    pub fn is_complete(&self) -> bool {
        matches!(self, Body::Length(0) | Body::Chunked(Chunk::End))
    }

    /// Whether the peer may end the stream here.
    pub fn may_end(&self) -> bool {
        self.is_complete() || *self == Body::UntilClose
    }

    /// Take bytes that came.
    ///
    /// # Errors
    /// [`Malformed`]
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        match self {
            Body::Length(left) => *left = left.saturating_sub(bytes.len() as u64),
            Body::UntilClose => {}
            Body::Chunked(chunk) => {
                for byte in bytes {
                    *chunk = chunk.next(*byte)?;
                }
            }
        }
        Ok(())
    }
}

impl Chunk {
    fn next(self, byte: u8) -> Result<Chunk, Malformed> {
        Ok(match (self, byte) {
            (Chunk::Size { size: 0, .. }, b'\n') => Chunk::Trailer(0),
            (Chunk::Size { size, .. }, b'\n') => Chunk::Data(size),
            (Chunk::Size { size, digits: true }, digit) if digit.is_ascii_hexdigit() => {
                let value = char::from(digit).to_digit(16).ok_or(Malformed)?;
                let size = size.checked_mul(16).ok_or(Malformed)? + u64::from(value);
                Chunk::Size { size, digits: true }
            }
            (Chunk::Size { size, digits: true }, b'\r' | b';' | b' ') => {
                Chunk::Size { size, digits: false }
            }
            // The rest of the line is an extension.
            (Chunk::Size { size, digits: false }, _) => Chunk::Size { size, digits: false },
            (Chunk::Size { .. }, _) => return Err(Malformed),
            (Chunk::Data(1), _) => Chunk::DataEnd,
            (Chunk::Data(left), _) => Chunk::Data(left - 1),
            (Chunk::DataEnd, b'\r') => Chunk::DataEnd,
            (Chunk::DataEnd, b'\n') => Chunk::Size { size: 0, digits: true },
            (Chunk::DataEnd, _) => return Err(Malformed),
            (Chunk::Trailer(0), b'\n') | (Chunk::End, _) => Chunk::End,
            (Chunk::Trailer(_), b'\n') => Chunk::Trailer(0),
            (Chunk::Trailer(0), b'\r') => Chunk::Trailer(0),
            (Chunk::Trailer(length), _) => Chunk::Trailer(length + 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn chunked() -> Body {
        Body::Chunked(Chunk::Size { size: 0, digits: true })
    }

    #[rstest]
    #[case::plain("5\r\nhello\r\n0\r\n\r\n", true)]
    #[case::hex("a;name=value\r\n0123456789\r\n0\r\n\r\n", true)]
    #[case::trailer("1\r\nx\r\n0\r\nExpires: never\r\n\r\n", true)]
    #[case::no_end("5\r\nhello\r\n", false)]
    #[case::half("5\r\nhel", false)]
    #[case::no_last_line("0\r\n", false)]
    fn chunks(#[case] text: &str, #[case] complete: bool) {
        // However the stream is cut.
        for cut in 0..text.len() {
            let mut body = chunked();
            body.feed(&text.as_bytes()[..cut]).unwrap();
            body.feed(&text.as_bytes()[cut..]).unwrap();
            assert_eq!(body.is_complete(), complete, "cut at {cut}");
        }
    }

    #[rstest]
    #[case("xyz\r\n")]
    #[case("1\r\nab")]
    fn broken_chunks(#[case] text: &str) {
        assert_eq!(chunked().feed(text.as_bytes()), Err(Malformed));
    }

    #[rstest]
    #[case::length(200, "Content-Length", "2", Body::Length(2))]
    #[case::chunks(200, "transfer-encoding", "Chunked", chunked())]
    #[case::close(200, "Server", "x", Body::UntilClose)]
    #[case::none(204, "Server", "x", Body::Length(0))]
    fn heads(#[case] status: u16, #[case] name: &str, #[case] value: &str, #[case] body: Body) {
        let headers = [Header { name, value: value.as_bytes() }];
        assert_eq!(Body::announced(status, &headers), body);
    }
}
