//! From the bytes of a file or a pipe to the text of a report.

/// What can be too much: nobody pastes that.
pub const LIMIT: usize = 10 * 1024 * 1024;

/// Why something is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It has bytes that no text has.
    #[error("this is not text: it has control characters that no report has")]
    Binary,
    /// It is larger than [`LIMIT`].
    #[error("this is too large for a report: {size} bytes, and 10485760 are the limit")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
}

/// The text of a report. UTF-16 (what PowerShell's `>` and `wsl.exe` write) is converted; bytes of
/// another code page become U+FFFD, which costs words and never numbers.
///
/// # Errors
/// Binary data, and more than [`LIMIT`] bytes.
pub fn decode(bytes: &[u8]) -> Result<String, InputError> {
    if bytes.len() > LIMIT {
        return Err(InputError::TooLarge { size: bytes.len() });
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if looks_like_utf16(bytes) => utf16(bytes, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    // The output of wsl.exe amid other text: each character is followed by a NUL.
    let nuls = text.bytes().filter(|byte| *byte == 0).count();
    let text = if nuls > 0 && paired_nuls(&text) == nuls { text.replace('\0', "") } else { text };
    if is_binary(&text) { Err(InputError::Binary) } else { Ok(text) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Without a byte order mark: nearly every second byte is zero.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let odd = head.iter().skip(1).step_by(2);
    let zeros = odd.clone().filter(|byte| **byte == 0).count();
    head.len() >= 4 && zeros * 10 >= odd.len() * 9
}

/// How many NULs follow a printable character.
fn paired_nuls(text: &str) -> usize {
    let bytes = text.as_bytes();
    bytes.windows(2).filter(|pair| pair[1] == 0 && pair[0] != 0).count()
}

/// Terminals colour with ESC and tools ring the bell, so a few control characters are text.
fn is_binary(text: &str) -> bool {
    if text.contains('\0') {
        return true;
    }
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}' | '\u{c}');
    let strange = text.chars().filter(|c| odd(*c)).count();
    let damaged = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let all = text.chars().count();
    strange * 50 > all || damaged * 3 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_of_powershell() {
        let text: Vec<u8> =
            "NAME  STATE".encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
        let marked = [&[0xff, 0xfe], text.as_slice()].concat();
        assert_eq!(decode(&text).as_deref(), Ok("NAME  STATE"));
        assert_eq!(decode(&marked).as_deref(), Ok("NAME  STATE"));
        assert_eq!(decode(b"see: w\0s\0l\0").as_deref(), Ok("see: wsl"));
    }

    #[test]
    fn another_code_page_is_text() {
        let text = decode(b"Abh\x94ren von ipv4: 0.0.0.0 8080").expect("text");
        assert!(text.ends_with("0.0.0.0 8080"), "{text}");
    }

    #[test]
    fn a_program_is_none() {
        let bytes: Vec<u8> = (0..=255).cycle().take(4096).collect();
        assert_eq!(decode(&bytes), Err(InputError::Binary));
        assert_eq!(decode(b"\x7fELF\0\0\0\x01\x02"), Err(InputError::Binary));
        assert_eq!(decode(b"").as_deref(), Ok(""));
    }

    #[test]
    fn too_much_is_refused() {
        let bytes = vec![b'a'; LIMIT + 1];
        assert_eq!(decode(&bytes), Err(InputError::TooLarge { size: LIMIT + 1 }));
    }
}
