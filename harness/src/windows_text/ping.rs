//! `ping`: its exit code says 0 for a router's "unreachable" too, so the rows are read.

/// What one echo request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// The host answered.
    Replied,
    /// Somebody says that the host cannot be reached.
    HostUnreachable,
    /// Somebody says that the network cannot be reached.
    NetUnreachable,
    /// Windows could not send: there is no way.
    NotSent,
    /// Nobody answered.
    Silence,
    /// The name is none.
    NoName,
}

/// The words of a row without a time, in the languages that they are known in. Code pages leave only
/// the ASCII of some, which is enough to tell them apart.
const WORDS: [(&str, Echo); 18] = [
    ("Destination host unreachable", Echo::HostUnreachable),
    ("Zielhost nicht erreichbar", Echo::HostUnreachable),
    ("无法访问目标主机", Echo::HostUnreachable),
    ("Impossible de joindre l'h", Echo::HostUnreachable),
    ("宛先ホストに到達できません", Echo::HostUnreachable),
    ("Destination net unreachable", Echo::NetUnreachable),
    ("Zielnetz nicht erreichbar", Echo::NetUnreachable),
    ("无法访问目标网", Echo::NetUnreachable),
    ("seau de destination", Echo::NetUnreachable),
    ("宛先ネットワークに到達できません", Echo::NetUnreachable),
    ("General failure", Echo::NotSent),
    ("Allgemeiner Fehler", Echo::NotSent),
    ("常见故障", Echo::NotSent),
    ("faillance g", Echo::NotSent),
    ("一般エラー", Echo::NotSent),
    ("could not find host", Echo::NoName),
    ("konnte Host", Echo::NoName),
    ("找不到主机", Echo::NoName),
];

/// What this text says of one echo request; `None` when no table knows.
///
/// A reply is the row with a time in it; the line of statistics has blanks around its times.
pub fn read(text: &str, exit: Option<i32>) -> Option<Echo> {
    if text.lines().any(has_time) {
        return Some(Echo::Replied);
    }
    if let Some((_, echo)) = WORDS.iter().find(|(words, _)| text.contains(words)) {
        return Some(*echo);
    }
    // Without statistics the name did not resolve: there was nobody to send to.
    let statistics = text.contains("100%");
    match exit {
        // Somebody answered, and not with an echo: a router, in words that are lost.
        Some(0) if text.contains(" (0%") || text.contains(" 0%") => Some(Echo::HostUnreachable),
        Some(1) if statistics => Some(Echo::Silence),
        Some(1) if text.lines().filter(|line| !line.trim().is_empty()).count() == 1 => {
            Some(Echo::NoName)
        }
        _ => None,
    }
}

/// `time<1ms`, `Zeit=12ms`, `temps<1ms`.
fn has_time(line: &str) -> bool {
    line.match_indices(['<', '=']).any(|(at, _)| {
        let rest = &line[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && (rest[digits..].starts_with("ms") || rest[digits..].starts_with(" ms"))
    })
}
