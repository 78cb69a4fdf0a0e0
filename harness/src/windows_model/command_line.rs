//! A command line as Windows programs read it: one text, split by the program itself with the rules
//! of `CommandLineToArgvW`.

/// A command line, split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The program's name without directory and `.exe`, in lower case.
    pub program: String,
    /// The arguments after it.
    pub arguments: Vec<String>,
}

/// Why a text is not one command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandLineError {
    /// Nothing but blanks.
    #[error("the command line is empty")]
    Empty,
    /// Something only a shell understands.
    #[error(
        "on windows a `run` is one command without shell operators: `{operator}` in `{line}`; \
         quote it, or write one step for each command"
    )]
    Operator {
        /// The operator.
        operator: String,
        /// The whole line.
        line: String,
    },
    /// A quote that is never closed.
    #[error("a quote is not closed in `{0}`")]
    OpenQuote(String),
}

impl CommandLine {
    /// Splits a line.
    ///
    /// # Errors
    /// The line is empty, leaves a quote open, or holds an operator of cmd outside quotes.
    pub fn parse(line: &str) -> Result<CommandLine, CommandLineError> {
        let trimmed = line.trim();
        let (program, rest) = split_program(trimmed, line)?;
        if program.is_empty() {
            return Err(CommandLineError::Empty);
        }
        Ok(CommandLine { program: program_name(&program), arguments: split_arguments(rest, line)? })
    }
}

/// `C:\Windows\System32\NETSH.EXE` is `netsh`.
pub(crate) fn program_name(typed: &str) -> String {
    let name = typed.rsplit(['\\', '/']).next().unwrap_or(typed).to_lowercase();
    match name.strip_suffix(".exe") {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => name,
    }
}

/// The program's own rule: a backslash is never an escape, since paths are full of them.
fn split_program<'a>(text: &'a str, line: &str) -> Result<(String, &'a str), CommandLineError> {
    let mut program = String::new();
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => return Ok((program, &text[at..])),
            _ if !quoted => {
                refuse_operator(character, line)?;
                program.push(character);
            }
            _ => program.push(character),
        }
    }
    if quoted { Err(CommandLineError::OpenQuote(line.to_owned())) } else { Ok((program, "")) }
}

/// 2n backslashes before a quote are n and the quote is one; 2n+1 are n and a literal quote; other
/// backslashes are themselves. A doubled quote inside quotes is a literal one, as the C runtime of
/// `netsh`, `reg` and `sc` has it.
fn split_arguments(text: &str, line: &str) -> Result<Vec<String>, CommandLineError> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let mut count = 1;
                while characters.next_if_eq(&'\\').is_some() {
                    count += 1;
                }
                let argument = current.get_or_insert_default();
                if characters.peek() == Some(&'"') {
                    argument.extend(std::iter::repeat_n('\\', count / 2));
                    if count % 2 == 1 {
                        characters.next();
                        argument.push('"');
                    }
                } else {
                    argument.extend(std::iter::repeat_n('\\', count));
                }
            }
            '"' => {
                let argument = current.get_or_insert_default();
                if quoted && characters.next_if_eq(&'"').is_some() {
                    argument.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            ' ' | '\t' if !quoted => arguments.extend(current.take()),
            _ => {
                if !quoted {
                    refuse_operator(character, line)?;
                }
                current.get_or_insert_default().push(character);
            }
        }
    }
    if quoted {
        return Err(CommandLineError::OpenQuote(line.to_owned()));
    }
    arguments.extend(current);
    Ok(arguments)
}

fn refuse_operator(character: char, line: &str) -> Result<(), CommandLineError> {
    let operator = match character {
        '|' | '&' => {
            let doubled: String = [character, character].iter().collect();
            if line.contains(&doubled) { doubled } else { character.to_string() }
        }
        '<' | '>' | '^' => character.to_string(),
        '\n' | '\r' => "a line break".to_owned(),
        _ => return Ok(()),
    };
    Err(CommandLineError::Operator { operator, line: line.to_owned() })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // The first four are the examples of the public documentation of CommandLineToArgvW.
    #[rstest]
    #[case::quotes(r#"p "a b c" d e"#, &["a b c", "d", "e"])]
    #[case::escaped_quote(r#"p "ab\"c" "\\" d"#, &["ab\"c", r"\", "d"])]
    #[case::plain_backslashes(r#"p a\\\b d"e f"g h"#, &[r"a\\\b", "de fg", "h"])]
    #[case::odd_and_even(r#"p a\\\"b c d"#, &[r#"a\"b"#, "c", "d"])]
    #[case::even_before_quote(r#"p a\\"b c" d"#, &[r"a\b c", "d"])]
    #[case::doubled_quote(r#"p "a""b c" d"#, &[r#"a"b c"#, "d"])]
    #[case::empty_argument(r#"p "" x"#, &["", "x"])]
    #[case::tabs("p\ta \t b", &["a", "b"])]
    #[case::quoted_operators(r#"p "a|b&c<d>e^f""#, &["a|b&c<d>e^f"])]
    #[case::value_in_quotes(r#"p connectaddress="172.28.16.3 ""#, &["connectaddress=172.28.16.3 "])]
    #[case::semicolon("p a;b", &["a;b"])]
    #[case::nothing("p", &[])]
    fn splits_as_command_line_to_argv(#[case] line: &str, #[case] arguments: &[&str]) {
        assert_eq!(CommandLine::parse(line).unwrap().arguments, arguments);
    }

    #[rstest]
    #[case::plain("netsh interface", "netsh")]
    #[case::extension("NetSh.EXE interface", "netsh")]
    #[case::directory(r"C:\Windows\System32\netsh.exe x", "netsh")]
    #[case::quoted(r#""C:\Program Files\WSL\wsl.exe" --shutdown"#, "wsl")]
    #[case::leading_blanks("  sc.exe query", "sc")]
    fn names_the_program(#[case] line: &str, #[case] program: &str) {
        assert_eq!(CommandLine::parse(line).unwrap().program, program);
    }

    #[rstest]
    #[case::pipe("wsl hostname -I | more", "|")]
    #[case::and("sc config iphlpsvc start= auto && net start iphlpsvc", "&&")]
    #[case::single("a & b", "&")]
    #[case::or("a || b", "||")]
    #[case::redirect("netsh dump > x", ">")]
    #[case::caret("echo ^x", "^")]
    #[case::in_program("a>b", ">")]
    #[case::after_an_escaped_quote(r#"a \"x|y\""#, "|")]
    #[case::line_break("a b\nc", "a line break")]
    fn refuses_operators(#[case] line: &str, #[case] operator: &str) {
        let error = CommandLine::parse(line).unwrap_err();
        assert_eq!(
            error,
            CommandLineError::Operator { operator: operator.to_owned(), line: line.to_owned() }
        );
    }

    #[rstest]
    #[case::empty("  ", CommandLineError::Empty)]
    #[case::open(r#"p "a b"#, CommandLineError::OpenQuote(r#"p "a b"#.to_owned()))]
    #[case::open_program(r#""p a"#, CommandLineError::OpenQuote(r#""p a"#.to_owned()))]
    fn refuses_what_is_no_command(#[case] line: &str, #[case] expected: CommandLineError) {
        assert_eq!(CommandLine::parse(line), Err(expected));
    }
}
