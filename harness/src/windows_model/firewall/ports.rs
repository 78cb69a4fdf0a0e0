//! The local ports of a rule.

use std::fmt;

/// Ports from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

/// The ports a rule is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// Every port.
    #[default]
    Any,
    /// These.
    Some(Vec<PortRange>),
}

impl Ports {
    /// Reads `Any`, or ports and ranges with commas between them: `80,5000-5010`. `None` for
    /// anything else, Windows' words for ports among it (`RPC`, `IPHTTPS`).
    pub fn parse(text: &str) -> Option<Ports> {
        if text.eq_ignore_ascii_case("any") {
            return Some(Ports::Any);
        }
        let ranges: Option<Vec<_>> = text.split(',').map(|part| range(part.trim())).collect();
        ranges.map(Ports::Some)
    }

    /// The ranges; none for every port.
    pub fn ranges(&self) -> &[PortRange] {
        match self {
            Ports::Any => &[],
            Ports::Some(ranges) => ranges,
        }
    }
}

fn range(text: &str) -> Option<PortRange> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(PortRange { first, last })
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

impl fmt::Display for Ports {
    /// As netsh prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ports::Any => f.write_str("Any"),
            Ports::Some(ranges) => {
                let texts: Vec<_> = ranges.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join(","))
            }
        }
    }
}
