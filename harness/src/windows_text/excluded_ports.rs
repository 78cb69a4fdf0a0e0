//! `netsh interface ipv4 show excludedportrange protocol=tcp`: rows of two numbers, with an asterisk
//! behind those that an administrator made.

/// A range that no program gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Range {
    /// Its first port.
    pub first: u16,
    /// Its last port.
    pub last: u16,
    /// Whether an administrator made it; else it is Windows' own and moves at each boot.
    pub administered: bool,
}

/// The ranges that the text lists.
pub fn read(text: &str) -> Vec<Range> {
    text.lines().filter_map(range).collect()
}

fn range(line: &str) -> Option<Range> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (first, last, administered) = match words[..] {
        [first, last] => (first, last, false),
        [first, last, "*"] => (first, last, true),
        _ => return None,
    };
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(Range { first, last, administered })
}
