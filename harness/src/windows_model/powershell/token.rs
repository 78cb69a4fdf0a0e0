//! The words of a PowerShell script, each with its place in the text.

/// A place in the script: from the first byte to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bare word or a quoted text.
    Text {
        /// Its text without quotes.
        text: String,
        /// Whether it had quotes.
        quoted: bool,
    },
    /// `-Name`, with `:` behind it or not.
    Dash {
        /// What follows the dash.
        name: String,
        /// Whether a colon follows, and the value right behind it.
        colon: bool,
    },
    /// `$name`
    Variable(String),
    /// `.Property`, right behind a variable or a closing bracket.
    Member(String),
    /// `|`
    Pipe,
    /// `;` or the end of a line.
    Separator,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `{`
    OpenBlock,
    /// `}`
    CloseBlock,
    /// `&&` or `||`, which Windows PowerShell 5.1 does not have.
    Chain(&'static str),
}

/// A word and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub span: Span,
}

/// Why a script has no words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The text after this byte misses its closing quote.
    OpenQuote(usize, char),
    /// PowerShell has it, the model does not.
    NotModelled(String),
}

/// Splits a script.
pub fn tokens(script: &str) -> Result<Vec<Token>, Trouble> {
    let mut reader = Reader { text: script, at: 0, tokens: Vec::new() };
    while reader.at < script.len() {
        reader.token()?;
    }
    Ok(reader.tokens)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, span: Span { start, end: self.at } });
    }

    /// Whether nothing stands between the last word and this place.
    fn is_attached(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.span.end == self.at)
    }

    fn token(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let Some(character) = self.peek() else { return Ok(()) };
        let single = match character {
            ' ' | '\t' | '\r' => {
                self.at += 1;
                return Ok(());
            }
            // At the end of a line it joins it with the next one.
            '`' if self.rest()[1..].trim_start_matches('\r').starts_with('\n') => {
                self.at += self.rest().find('\n').unwrap_or(1) + 1;
                return Ok(());
            }
            '`' | '#' | '@' | '%' => return Err(Trouble::NotModelled(format!("`{character}`"))),
            '<' | '>' => return Err(Trouble::NotModelled(format!("`{character}`"))),
            '\n' | ';' => Kind::Separator,
            ',' => Kind::Comma,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '{' => Kind::OpenBlock,
            '}' => Kind::CloseBlock,
            '&' | '|' if self.rest()[1..].starts_with(character) => {
                self.at += 2;
                self.push(Kind::Chain(if character == '&' { "&&" } else { "||" }), start);
                return Ok(());
            }
            '|' => Kind::Pipe,
            '&' => return Err(Trouble::NotModelled("`&`".to_owned())),
            '$' => return self.variable(),
            '.' if self.is_attached() && self.follows_an_expression() => {
                self.at += 1;
                let name = self.identifier();
                self.push(Kind::Member(name), start);
                return Ok(());
            }
            '-' if self.rest()[1..].starts_with(|next: char| next.is_ascii_alphabetic()) => {
                return self.dash();
            }
            _ => return self.word(),
        };
        self.at += 1;
        self.push(single, start);
        Ok(())
    }

    fn follows_an_expression(&self) -> bool {
        let last = self.tokens.last().map(|token| &token.kind);
        matches!(last, Some(Kind::Variable(_) | Kind::Close | Kind::Member(_)))
    }

    fn identifier(&mut self) -> String {
        let rest = self.rest();
        let is_part = |character: char| character.is_alphanumeric() || character == '_';
        let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        name
    }

    fn variable(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        let name = self.identifier();
        if name.is_empty() {
            return Err(Trouble::NotModelled("`$(`, `${` and the like".to_owned()));
        }
        self.push(Kind::Variable(name), start);
        Ok(())
    }

    fn dash(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let ends = |character: char| " \t\r\n:|;,(){}&'\"$".contains(character);
        let rest = self.rest();
        let end = rest.find(ends).unwrap_or(rest.len());
        let name = rest[1..end].to_owned();
        self.at += end;
        let colon = self.peek() == Some(':');
        if colon {
            self.at += 1;
        }
        self.push(Kind::Dash { name, colon }, start);
        Ok(())
    }

    /// A bare word, which may have quoted parts, or a quoted text.
    fn word(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let mut text = String::new();
        let quoted = self.peek().is_some_and(|first| "'\"".contains(first));
        while let Some(character) = self.peek() {
            match character {
                '\'' | '"' => self.quote(character, &mut text)?,
                _ if " \t\r\n|;,(){}&<>".contains(character) => break,
                '$' | '`' => {
                    return Err(Trouble::NotModelled(format!("`{character}` within a word")));
                }
                _ => {
                    text.push(character);
                    self.at += character.len_utf8();
                }
            }
        }
        self.push(Kind::Text { text, quoted }, start);
        Ok(())
    }

    fn quote(&mut self, mark: char, text: &mut String) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        while let Some(character) = self.peek() {
            self.at += character.len_utf8();
            match character {
                // A doubled mark is one.
                _ if character == mark => {
                    if self.peek() != Some(mark) {
                        return Ok(());
                    }
                    self.at += 1;
                    text.push(mark);
                }
                '$' | '`' if mark == '"' => {
                    return Err(Trouble::NotModelled(format!("`{character}` between quotes")));
                }
                _ => text.push(character),
            }
        }
        Err(Trouble::OpenQuote(start, mark))
    }
}
