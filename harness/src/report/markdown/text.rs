//! Text that means itself in GitHub's Markdown, whatever a program printed.

/// Text for a cell of a table.
pub(super) fn cell(text: &str) -> String {
    escape(text.trim())
}

/// A sentence: what stands in backticks stays code.
pub(super) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without a partner is one more character.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape(part),
        _ if part.is_empty() => String::new(),
        _ => format!("`{}`", line(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// Lines as they are, in a block of their own.
pub(super) fn fence<'a>(language: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let body: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
    // Longer than any run of backticks in it.
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    format!("{marks}{language}\n{body}{marks}\n\n")
}

/// Text inside of HTML.
pub(super) fn html(text: &str) -> String {
    line(text.trim()).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Entities, because a backslash before `|` in a table is read before all else.
            '|' => out.push_str("&#124;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Everything on one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(cell("<b>|*x*_y_\n[::1]@me"), "&lt;b>&#124;\\*x\\*\\_y\\_ \\[::1\\]&#64;me");
    }

    #[test]
    fn code_in_a_sentence_stays_code() {
        assert_eq!(prose("not `a -> [::1]`: _x_"), "not `a -> [::1]`: \\_x\\_");
        assert_eq!(prose("it's a ` alone"), "it's a \\` alone");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence("text", ["a ", "```", "b"].into_iter()), "````text\na\n```\nb\n````\n\n");
        assert_eq!(fence("diff", ["+a"].into_iter()), "```diff\n+a\n```\n\n");
    }
}
