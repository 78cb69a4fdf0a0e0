//! Bytes to text: UTF-16 as `wsl.exe` writes it, UTF-8, or what is left of a code page.

/// The text, its lines ended by LF alone.
///
/// What is no UTF-16 and no UTF-8 is in some code page of the console. All of them have ASCII in
/// common, which is what readers look at; the rest becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> String {
    let text = match utf16(bytes) {
        Some(units) => String::from_utf16_lossy(&units),
        None => {
            String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into()
        }
    };
    text.replace("\r\n", "\n")
}

/// Little-endian code units, where that is what these bytes are: with a byte order mark, or with a
/// NUL in every second place often enough. Text in a code page has no NUL at all.
fn utf16(bytes: &[u8]) -> Option<Vec<u16>> {
    let marked = bytes.strip_prefix(b"\xff\xfe");
    let bytes = marked.unwrap_or(bytes);
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() || pairs.is_empty() {
        return None;
    }
    // Chinese text has few NULs, but its spaces, digits and line ends have.
    let narrow = pairs.iter().filter(|[low, high]| *high == 0 && *low != 0).count();
    let backwards = pairs.iter().filter(|[low, high]| *low == 0 && *high != 0).count();
    let is = marked.is_some() || (narrow > 0 && narrow * 16 >= pairs.len() && backwards == 0);
    is.then(|| pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[rstest]
    #[case::utf8("Réponse\r\n".as_bytes().to_vec(), "Réponse\n")]
    #[case::utf8_marked(b"\xef\xbb\xbfx\r\n".to_vec(), "x\n")]
    #[case::utf16(wide("There is no distribution\r\n"), "There is no distribution\n")]
    #[case::utf16_chinese(
        wide("适用于 Linux 的 Windows 子系统分发:\r\n"),
        "适用于 Linux 的 Windows 子系统分发:\n"
    )]
    #[case::utf16_marked([b"\xff\xfe".to_vec(), wide("操作成功完成。")].concat(), "操作成功完成。")]
    #[case::code_page_850(b"ABH\x99REN  8080\r\n".to_vec(), "ABH\u{fffd}REN  8080\n")]
    #[case::code_page_936(b"\xd5\xec\xcc\xfd ipv4:\r\n".to_vec(), "\u{fffd}\u{fffd}\u{fffd}\u{fffd} ipv4:\n")]
    #[case::nothing(Vec::new(), "")]
    #[case::a_letter(b"x".to_vec(), "x")]
    #[case::two_letters(b"ok".to_vec(), "ok")]
    #[case::nul_in_the_output_of_a_command(b"a\0b".to_vec(), "a\0b")]
    fn encodings(#[case] bytes: Vec<u8>, #[case] text: &str) {
        let same = |text: &str| text.replace('\u{fffd}', "");
        assert_eq!(same(&decode(&bytes)), same(text));
    }
}
