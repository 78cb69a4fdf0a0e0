//! Prose that fits a screen.

/// Columns of every text that is told to people.
pub(crate) const WIDTH: usize = 100;

/// Words wrapped after `first` on the first line and `rest` on the others, each line with its end.
/// A word that is wider than the screen stays whole.
pub(crate) fn hanging<'a>(
    first: &str,
    rest: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut text = String::new();
    let (mut line, mut empty) = (first.to_owned(), true);
    for word in words {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            (line, empty) = (rest.to_owned(), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    text.push_str(line.trim_end());
    text.push('\n');
    text
}

/// A text wrapped so. What stands in backticks stays on one line, so that it can be copied.
pub(crate) fn prose(first: &str, text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    for word in text.split_whitespace() {
        match words.last_mut().filter(|_| quoted) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
        quoted ^= word.matches('`').count() % 2 == 1;
    }
    hanging(first, &" ".repeat(first.chars().count()), words.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hang_under_the_first_and_end_before_the_edge() {
        let text = prose("name  ", &"word ".repeat(40));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("name  word") && lines[1].starts_with("      word"));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(lines[0].chars().count() > WIDTH - 5);
    }

    #[test]
    fn a_command_stays_on_one_line() {
        let text = prose("", &format!("{} `cargo xtask list`; then `ls`.", "x".repeat(90)));
        assert_eq!(text.lines().nth(1), Some("`cargo xtask list`; then `ls`."));
        assert_eq!(prose("", "an ` that never\nends"), "an ` that never ends\n");
    }

    #[test]
    fn a_wide_word_stays_whole() {
        let wide = "x".repeat(120);
        assert_eq!(prose("  ", &format!("a {wide} b")), format!("  a\n  {wide}\n  b\n"));
        assert_eq!(prose("a", ""), "a\n");
    }
}
