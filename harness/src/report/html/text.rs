//! Text that means itself in HTML, whatever a program printed.

/// Text of an element or an attribute. A control character, which no document may have, becomes the
/// sign for something that cannot be shown; line ends stay.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            _ if c.is_control() => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A sentence: what stands in backticks is code.
pub(super) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without a partner is one more character.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("<a b=\"c\">&\u{1b}[0m\n"),
            "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}[0m\n"
        );
    }

    #[test]
    fn code_in_a_sentence_is_code() {
        assert_eq!(prose("not `a -> b`: <x>"), "not <code>a -&gt; b</code>: &lt;x&gt;");
        assert_eq!(prose("one ` alone"), "one ` alone");
    }
}
