//! The values of a configuration file and what WSL says about bad ones.

use std::net::Ipv4Addr;

/// What a key's value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true`, `false` (any case), `1` or `0`.
    Bool,
    /// A C integer: decimal, `0x` or octal.
    Int,
    /// Bytes with an optional unit: `8GB`.
    Memory,
    /// Anything.
    Text,
    /// One of these words, in the order in which the warning lists them.
    OneOf(&'static [&'static str]),
    /// Ports with commas between them.
    Ports,
    /// An IPv4 address.
    Ipv4,
}

/// A valid value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of any other kind; a word of a list in the list's spelling.
    Text(String),
}

impl Kind {
    /// Checks a value. `key` and `place` are for the message.
    ///
    /// # Errors
    /// What WSL prints, without its `wsl: `.
    pub(super) fn parse(self, text: &str, key: &str, place: &str) -> Result<Value, String> {
        let bad =
            |what: &str| Err(format!("Invalid {what} value '{text}' for key '{key}' in {place}"));
        let kept = Ok(Value::Text(text.to_owned()));
        match self {
            Kind::Bool if text == "1" || text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Kind::Bool if text == "0" || text.eq_ignore_ascii_case("false") => {
                Ok(Value::Bool(false))
            }
            Kind::Bool => bad("boolean"),
            Kind::Int if is_c_int(text) => kept,
            Kind::Int => bad("integer"),
            Kind::Memory if is_memory_size(text) => kept,
            Kind::Memory => Err(format!(
                "Invalid memory string '{text}' for .wslconfig entry '{key}' in {place}"
            )),
            Kind::Text => kept,
            Kind::OneOf(words) => match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
                Some(word) => Ok(Value::Text((*word).to_owned())),
                None => Err(format!(
                    "Invalid value '{text}' for config key '{key}' in {place} (Valid values: {})",
                    words.join(", ")
                )),
            },
            Kind::Ports if text.split(',').all(is_port) => kept,
            Kind::Ports => bad("integer"),
            Kind::Ipv4 if text.parse::<Ipv4Addr>().is_ok() => kept,
            Kind::Ipv4 => bad("IP"),
        }
    }
}

/// `strtol` with base 0, all of it, in the range of an `int`.
fn is_c_int(text: &str) -> bool {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some(octal) if octal.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return false;
    }
    let limit = i64::from(i32::MAX) + i64::from(negative);
    i64::from_str_radix(digits, radix).is_ok_and(|number| number <= limit)
}

fn is_memory_size(text: &str) -> bool {
    let digits = text.len() - text.trim_start_matches(|ch: char| ch.is_ascii_digit()).len();
    let unit = text[digits..].trim().to_ascii_uppercase();
    digits > 0
        && text[..digits].parse::<u64>().is_ok()
        && matches!(unit.as_str(), "" | "B" | "K" | "KB" | "M" | "MB" | "G" | "GB" | "T" | "TB")
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.trim().parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::upper(Kind::Bool, "TRUE", true)]
    #[case::zero(Kind::Bool, "0", true)]
    #[case::yes(Kind::Bool, "yes", false)]
    #[case::decimal(Kind::Int, "-1", true)]
    #[case::hex(Kind::Int, "0x10", true)]
    #[case::zero_int(Kind::Int, "0", true)]
    #[case::not_octal(Kind::Int, "09", false)]
    #[case::two_signs(Kind::Int, "--1", false)]
    #[case::too_big(Kind::Int, "2147483648", false)]
    #[case::smallest(Kind::Int, "-2147483648", true)]
    #[case::unit(Kind::Memory, "8GB", true)]
    #[case::no_number(Kind::Memory, "GB", false)]
    #[case::bad_unit(Kind::Memory, "8X", false)]
    #[case::ports(Kind::Ports, "80,8080", true)]
    #[case::port_zero(Kind::Ports, "0", false)]
    #[case::address(Kind::Ipv4, "10.255.255.254", true)]
    #[case::not_v4(Kind::Ipv4, "::1", false)]
    #[case::word(Kind::OneOf(&["Nat"]), "nat", true)]
    fn accepts(#[case] kind: Kind, #[case] text: &str, #[case] valid: bool) {
        assert_eq!(kind.parse(text, "k", "f:1").is_ok(), valid);
    }
}
