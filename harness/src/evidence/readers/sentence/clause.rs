//! A passage cut into clauses, and what each of them names.

use crate::evidence::{
    fact::{Place, Seen},
    host::Host,
    lexicon::Lexicon,
    side::Side,
    span::Span,
    words::Word,
};

/// Words after which another thing is told.
const TURNS: [&str; 16] = [
    "but", "while", "although", "though", "whereas", "however", "yet", "and", "aber", "und",
    "mais", "et", "then", "so", "which", "whilst",
];

/// Words after which a condition is told.
const CONDITIONS: [&str; 13] = [
    "when", "if", "after", "until", "unless", "once", "without", "as", "because", "since", "wenn",
    "despite", "with",
];

/// Words that after "with" tell what came of it.
const MANNERS: [&str; 12] = [
    "http",
    "error",
    "connection",
    "a",
    "an",
    "no",
    "econnrefused",
    "status",
    "code",
    "timeout",
    "err",
    "empty",
];

/// How words begin that tell of reaching something.
const REACHES: [&str; 13] = [
    "reach", "unreach", "connect", "econn", "access", "inaccess", "open", "load", "answer",
    "respond", "refus", "timeout", "visible",
];

/// A destination that a clause names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub place: Place,
    pub host: Option<Host>,
    pub port: Option<u16>,
    pub span: Span,
}

/// What a clause says.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Where it stands.
    pub span: Span,
    /// How many words it has.
    pub length: usize,
    /// Whether it is a condition: "when the firewall is off".
    pub conditional: bool,
    /// Whether a sentence ended before it.
    pub first: bool,
    pub targets: Vec<Target>,
    pub side: Option<Side>,
    pub tool: Option<String>,
    pub seen: Option<Seen>,
    /// It says where something listens, not that it was tried.
    pub serves: bool,
    /// Something was to be reached, whatever it is.
    pub reaches: bool,
}

/// The clauses of a passage.
pub(super) fn cut(words: &[Word], lexicon: &Lexicon) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut conditional = false;
    let mut first = true;
    for (at, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        let turn = TURNS.contains(&text);
        // "fails with 502" is one clause.
        let next = words.get(at + 1).map_or("", |word| word.text.as_str());
        let manner = text == "with"
            && (MANNERS.contains(&next) || next.starts_with(|c: char| c.is_ascii_digit()));
        let condition = CONDITIONS.contains(&text) && !manner;
        // "Connection refused. Is the server running on host …" tells one thing.
        let asks = ["is", "the", "server", "running"];
        if text == "." && words[at + 1..].iter().map(|it| it.text.as_str()).take(4).eq(asks) {
            continue;
        }
        if word.is_mark() || turn || condition {
            clauses.extend(clause(&words[start..at], conditional, first, lexicon));
            first = first && start == at || text == ".";
            start = at + usize::from(word.is_mark());
            conditional = condition;
        }
    }
    clauses.extend(clause(&words[start..], conditional, first, lexicon));
    clauses
}

fn clause(words: &[Word], conditional: bool, first: bool, lexicon: &Lexicon) -> Option<Clause> {
    let (head, tail) = (words.first()?, words.last()?);
    let mut free = words.to_vec();
    let targets = targets(&mut free, lexicon);
    let starts = |text: &str| REACHES.iter().any(|verb| text.starts_with(verb));
    Some(Clause {
        reaches: words.iter().any(|word| starts(&word.text)),
        span: head.span.to(tail.span),
        length: words.len(),
        conditional,
        first,
        targets,
        side: lexicon.sides.first(&free).map(|(side, ..)| *side),
        tool: lexicon.tools.first(words).map(|(tool, ..)| tool.clone()),
        seen: seen(&free, lexicon),
        serves: words.iter().any(|word| {
            let text = word.text.as_str();
            text.starts_with("listen") || matches!(text, "serves" | "bound" | "binds" | "runs")
        }),
    })
}

/// What came of it: a status, or the first outcome of the lexicon that stands there.
fn seen(words: &[Word], lexicon: &Lexicon) -> Option<Seen> {
    let status = words.windows(2).find_map(|pair| {
        let code: u16 = pair[1].text.parse().ok().filter(|code| (300..600).contains(code))?;
        let before = ["http", "status", "code", "gets", "get", "returns", "returned", "a", "with"];
        before.contains(&pair[0].text.as_str()).then_some(code)
    });
    let named = words.windows(2).find_map(|pair| {
        let code: u16 = pair[0].text.parse().ok().filter(|code| (400..600).contains(code))?;
        let after = ["forbidden", "not", "bad", "service", "gateway", "internal", "unauthorized"];
        after.contains(&pair[1].text.as_str()).then_some(code)
    });
    let found = lexicon.outcomes.first(words).map(|(seen, ..)| *seen);
    use crate::outcome::Outcome::{Http, ProxyError};
    match (found, status.or(named)) {
        (Some(Seen::Outcome(ProxyError)), _) => found,
        (_, Some(code)) => Some(Seen::Outcome(Http(code))),
        (found, None) => found,
    }
}

/// Takes the destinations out of the words.
fn targets(words: &mut Vec<Word>, lexicon: &Lexicon) -> Vec<Target> {
    let mut targets = Vec::new();
    while let Some((start, end, place)) = next_place(words, lexicon) {
        let host = words[start..end].iter().find_map(|word| literal(&word.text));
        let span = words[start].span.to(words[end - 1].span);
        // "127.0.0.1 port 8080", as curl has it.
        let at = end + usize::from(words.get(end).is_some_and(|word| word.text == "port"));
        let port = words.get(at).and_then(|word| port(&word.text));
        let taken = if port.is_some() { at + 1 } else { end };
        targets.push(Target { place, host, port, span });
        let mark = Word { text: "-".to_owned(), span };
        words.splice(start..taken, [mark]);
    }
    targets.sort_by_key(|target| target.span);
    one_family(targets)
}

/// `curl -4 localhost` goes to 127.0.0.1, not to both.
fn one_family(mut targets: Vec<Target>) -> Vec<Target> {
    let named = targets.iter().position(|it| it.place == Place::Localhost);
    let family = targets.iter().position(|it| {
        it.host.is_none() && matches!(it.place, Place::Loopback4 | Place::Loopback6)
    });
    if let (Some(named), Some(family)) = (named, family)
        && targets.len() == 2
    {
        targets[family].port = targets[family].port.or(targets[named].port);
        targets.remove(named);
    }
    targets
}

fn next_place(words: &[Word], lexicon: &Lexicon) -> Option<(usize, usize, Place)> {
    let literal = words.iter().enumerate().find_map(|(at, word)| {
        let host = literal(&word.text).filter(|host| !host.is_any())?;
        Some((at, at + 1, Place::of(&host)))
    });
    let named = || {
        let (place, start, end) = lexicon.places.first(words)?;
        Some((start, end, place.clone()))
    };
    literal.or_else(named)
}

fn literal(word: &str) -> Option<Host> {
    let digit = word.starts_with(|c: char| c.is_ascii_digit()) || word.starts_with("::");
    let host = digit.then(|| Host::parse(word)).flatten();
    host.filter(|host| matches!(host, Host::V4(_) | Host::V6(_)))
}

fn port(word: &str) -> Option<u16> {
    word.parse().ok().filter(|port| *port >= 20 && word.len() >= 2)
}
