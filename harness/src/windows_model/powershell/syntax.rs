//! The grammar of the modelled part: statements of pipelines, `(pipeline).Property`, and the script
//! block that `Where-Object` takes.

use super::token::{Kind, Span, Token, Trouble, tokens};

/// A pipeline, and what of its objects is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Its commands.
    pub commands: Vec<Command>,
    /// `(...).Property`
    pub member: Option<String>,
}

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name as typed.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its arguments in the order they were typed.
    pub arguments: Vec<Argument>,
    /// Where all of it stands.
    pub span: Span,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// What it is.
    pub kind: ArgumentKind,
    /// Where it stands.
    pub span: Span,
}

/// What an argument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentKind {
    /// `-Name`; with a colon, the next one is its value.
    Name {
        /// Without the dash.
        name: String,
        /// Whether a colon follows.
        colon: bool,
    },
    /// A value.
    Value(Value),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, numbers included.
    Text(String),
    /// `a, b`
    List(Vec<String>),
    /// `$true`, `$false`
    Bool(bool),
    /// `{ ... }`
    Block(Condition),
    /// `(...).Property`
    Nested(Box<Pipeline>),
}

/// A condition on `$_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `$_.Property -operator value`
    Test {
        /// The property.
        property: String,
        /// Without the dash, in lower case.
        operator: String,
        /// What is compared with.
        value: String,
    },
    /// `-and`
    And(Box<Condition>, Box<Condition>),
    /// `-or`
    Or(Box<Condition>, Box<Condition>),
}

/// Why a script cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// PowerShell's own words, its name of the error, and where.
    Parse {
        /// What PowerShell says.
        message: String,
        /// The last part of `FullyQualifiedErrorId`.
        id: &'static str,
        /// Where.
        span: Span,
    },
    /// PowerShell has it, the model does not.
    NotModelled(String),
}

/// Reads a script.
pub fn parse(script: &str) -> Result<Vec<Pipeline>, Refusal> {
    let tokens = tokens(script).map_err(|trouble| match trouble {
        Trouble::NotModelled(what) => Refusal::NotModelled(what),
        Trouble::OpenQuote(start, mark) => Refusal::Parse {
            message: format!("The string is missing the terminator: {mark}."),
            id: "TerminatorExpectedAtEndOfString",
            span: Span { start, end: script.len() },
        },
    })?;
    // 5.1 finds these while it parses, so nothing of the script runs.
    let chain = tokens.iter().find_map(|token| match token.kind {
        Kind::Chain(operator) => Some((operator, token.span)),
        _ => None,
    });
    if let Some((operator, span)) = chain {
        return Err(Refusal::Parse {
            message: format!(
                "The token '{operator}' is not a valid statement separator in this version."
            ),
            id: "InvalidEndOfLine",
            span,
        });
    }
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let mut pipelines = Vec::new();
    loop {
        while parser.take(&Kind::Separator) {}
        if parser.peek().is_none() {
            return Ok(pipelines);
        }
        pipelines.push(parser.pipeline()?);
        if parser.peek().is_some_and(|token| token.kind != Kind::Separator) {
            return Err(parser.unexpected());
        }
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == *kind);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self) -> Refusal {
        let what = match self.peek().map(|token| &token.kind) {
            None => "a script that ends there".to_owned(),
            Some(Kind::Text { text, .. }) => format!("`{text}` there"),
            Some(Kind::Variable(name)) => format!("the variable `${name}`"),
            Some(kind) => format!("{kind:?} there"),
        };
        Refusal::NotModelled(what)
    }

    fn pipeline(&mut self) -> Result<Pipeline, Refusal> {
        if self.take(&Kind::Open) {
            return self.bracketed();
        }
        let mut commands = vec![self.command()?];
        while self.take(&Kind::Pipe) {
            commands.push(self.command()?);
        }
        Ok(Pipeline { commands, member: None })
    }

    /// What follows an opening bracket.
    fn bracketed(&mut self) -> Result<Pipeline, Refusal> {
        let mut inner = self.pipeline()?;
        if !self.take(&Kind::Close) || inner.member.is_some() {
            return Err(self.unexpected());
        }
        if let Some(Token { kind: Kind::Member(name), .. }) = self.peek() {
            inner.member = Some(name.clone());
            self.at += 1;
        }
        Ok(inner)
    }

    fn command(&mut self) -> Result<Command, Refusal> {
        let Some(Token { kind: Kind::Text { text: name, quoted: false }, span }) = self.peek()
        else {
            return Err(self.unexpected());
        };
        let (name, name_span) = (name.clone(), *span);
        self.at += 1;
        let mut arguments = Vec::new();
        let mut end = name_span.end;
        while let Some(token) = self.peek() {
            let start = token.span.start;
            let kind = match &token.kind {
                Kind::Dash { name, colon } => {
                    let kind = ArgumentKind::Name { name: name.clone(), colon: *colon };
                    self.at += 1;
                    kind
                }
                Kind::Text { .. } | Kind::Variable(_) | Kind::OpenBlock | Kind::Open => {
                    ArgumentKind::Value(self.value()?)
                }
                Kind::Pipe | Kind::Separator | Kind::Close => break,
                _ => return Err(self.unexpected()),
            };
            end = self.tokens.get(self.at - 1).map_or(end, |token| token.span.end);
            arguments.push(Argument { kind, span: Span { start, end } });
        }
        Ok(Command { name, name_span, arguments, span: Span { start: name_span.start, end } })
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        if self.take(&Kind::Open) {
            return Ok(Value::Nested(Box::new(self.bracketed()?)));
        }
        if self.take(&Kind::OpenBlock) {
            let condition = self.condition()?;
            return if self.take(&Kind::CloseBlock) {
                Ok(Value::Block(condition))
            } else {
                Err(self.unexpected())
            };
        }
        if let Some(Token { kind: Kind::Variable(name), .. }) = self.peek() {
            let value = match name.to_lowercase().as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => return Err(self.unexpected()),
            };
            self.at += 1;
            return Ok(value);
        }
        let mut texts = vec![self.text()?];
        while self.take(&Kind::Comma) {
            texts.push(self.text()?);
        }
        Ok(match <[String; 1]>::try_from(texts) {
            Ok([text]) => Value::Text(text),
            Err(texts) => Value::List(texts),
        })
    }

    fn text(&mut self) -> Result<String, Refusal> {
        match self.next() {
            Some(Token { kind: Kind::Text { text, .. }, .. }) => Ok(text),
            _ => {
                self.at -= 1;
                Err(self.unexpected())
            }
        }
    }

    /// `-and` and `-or` bind alike in PowerShell, from the left.
    fn condition(&mut self) -> Result<Condition, Refusal> {
        let mut condition = self.test()?;
        while let Some(Token { kind: Kind::Dash { name, .. }, .. }) = self.peek() {
            let join = match name.to_lowercase().as_str() {
                "and" => Condition::And,
                "or" => Condition::Or,
                _ => return Err(self.unexpected()),
            };
            self.at += 1;
            condition = join(Box::new(condition), Box::new(self.test()?));
        }
        Ok(condition)
    }

    fn test(&mut self) -> Result<Condition, Refusal> {
        let is_item = |token: &Token| matches!(&token.kind, Kind::Variable(name) if name == "_" || name == "PSItem");
        if !self.peek().is_some_and(is_item) {
            return Err(self.unexpected());
        }
        self.at += 1;
        let Some(Token { kind: Kind::Member(property), .. }) = self.next() else {
            self.at -= 1;
            return Err(self.unexpected());
        };
        let Some(Token { kind: Kind::Dash { name, .. }, .. }) = self.next() else {
            self.at -= 1;
            return Err(self.unexpected());
        };
        let value = match self.value()? {
            Value::Text(text) => text,
            Value::Bool(value) => if value { "True" } else { "False" }.to_owned(),
            _ => return Err(Refusal::NotModelled("a list in a condition".to_owned())),
        };
        Ok(Condition::Test { property, operator: name.to_lowercase(), value })
    }
}
