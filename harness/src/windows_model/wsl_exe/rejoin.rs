//! The command line for the guest's shell, put together again from arguments.
//!
//! The real program hands on the rest of its command line untouched. Here the quotes are gone and
//! are put back where they must have been: around spaces, and around what cmd and PowerShell would
//! have taken for themselves. `$`, `*` and single quotes pass both shells bare and mean something
//! only in the guest.

/// The line that `$SHELL -c` gets for these arguments.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let bare = |ch: char| !ch.is_whitespace() && !"\"|&;<>()".contains(ch);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    let mut line = String::from('"');
    let mut backslashes = 0;
    for ch in word.chars() {
        match ch {
            '\\' => backslashes += 1,
            '"' => {
                // The backslashes before a quote are doubled, and one more escapes it.
                line.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(ch);
    }
    line.extend(std::iter::repeat_n('\\', backslashes));
    line.push('"');
    line
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bare(&["ls", "-l", "*.go"], "ls -l *.go")]
    #[case::pipe_without_space(&["sh", "-c", "id|wc"], r#"sh -c "id|wc""#)]
    #[case::variable(&["echo", "$HOME"], "echo $HOME")]
    #[case::single_quotes(&["echo", "'a"], "echo 'a")]
    #[case::quote_and_backslash(&["echo", r#"a "b\"#], r#"echo "a \"b\\""#)]
    #[case::escaped_quote(&[r#"a\" "#], r#""a\\\" ""#)]
    #[case::empty(&["echo", ""], r#"echo """#)]
    fn quotes_come_back(#[case] words: &[&str], #[case] expected: &str) {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(line(&words), expected);
    }
}
