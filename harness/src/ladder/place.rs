//! Where a ladder leads: `HOST:PORT`, taken apart.

use std::{net::IpAddr, str::FromStr};

use miette::Diagnostic;

use crate::target::Host;

/// A host and a port to climb to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What tables call the host.
    pub label: String,
    /// What tools are given: a name, or an address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// Text that is no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("`{text}` is not a place to climb to: {reason}")]
#[diagnostic(help("write HOST:PORT, for instance {example}"))]
pub struct PlaceError {
    /// What was typed.
    text: String,
    /// What is wrong with it.
    reason: String,
    /// What could be meant.
    example: String,
}

impl Place {
    /// The host's address, unless it is a name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether this is the name `localhost`, which clients resolve by rules of their own.
    pub fn is_localhost(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
    }

    /// Whether packets to it never leave the node.
    pub fn is_loopback(&self) -> bool {
        self.is_localhost() || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// The places to look at for this one: `localhost` has two addresses, and which of them a
    /// client takes is half of the question.
    pub fn each(self) -> Vec<Place> {
        if !self.is_localhost() {
            return vec![self];
        }
        // A lab's label may name a port behind the host.
        let port = self.label.get(self.host.len()..).unwrap_or_default();
        let loopback = |host: Host, address: &str| Place {
            label: format!("{}{port}", host.name()),
            host: address.to_owned(),
            port: self.port,
        };
        let both = [loopback(Host::Loopback4, "127.0.0.1"), loopback(Host::Loopback6, "::1")];
        [vec![self], both.into()].concat()
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    /// # Errors
    /// Says what is wrong and what to write.
    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let wrong = |reason: &str, example: &str| PlaceError {
            text: text.to_owned(),
            reason: reason.to_owned(),
            example: example.to_owned(),
        };
        if let Some((_, rest)) = text.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let good = authority.parse::<Place>().is_ok();
            let example = if good { authority } else { "localhost:8080" };
            return Err(wrong("that is a URL", example));
        }
        if text.parse::<u16>().is_ok() {
            return Err(wrong("that is a port without a host", &format!("localhost:{text}")));
        }
        let without_port = || {
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            let example = match bare.parse::<IpAddr>() {
                Ok(IpAddr::V6(ip)) => format!("[{ip}]:8080"),
                Ok(IpAddr::V4(ip)) => format!("{ip}:8080"),
                Err(_) if is_name(bare) => format!("{bare}:8080"),
                Err(_) => "localhost:8080".to_owned(),
            };
            wrong("it names no port", &example)
        };
        if text.parse::<IpAddr>().is_ok() {
            return Err(without_port());
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(without_port)?;
        if text.starts_with('[') && text.ends_with(']') {
            return Err(without_port());
        }
        let port = port.parse::<u16>().ok().filter(|port| *port != 0).ok_or_else(|| {
            let example = if is_name(host) { format!("{host}:8080") } else { String::new() };
            let example = if example.is_empty() { "localhost:8080" } else { &example };
            wrong(&format!("`{port}` is not a port (1-65535)"), example)
        })?;
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address: Option<IpAddr> = match bracketed {
            Some(inside) => match inside.parse() {
                Ok(IpAddr::V6(ip)) => Some(IpAddr::V6(ip)),
                _ => return Err(wrong("only an IPv6 address stands in brackets", "[::1]:8080")),
            },
            None => host.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4),
        };
        let Some(ip) = address else {
            if host.contains(':') {
                let reason = "an IPv6 address stands in brackets";
                return Err(wrong(reason, &format!("[::1]:{port}")));
            }
            if !is_name(host) {
                let reason = format!("`{host}` is neither a name nor an address");
                return Err(wrong(&reason, &format!("localhost:{port}")));
            }
            return Ok(Place { label: host.to_owned(), host: host.to_owned(), port });
        };
        if ip.is_unspecified() {
            let reason = format!("{ip} is where servers listen; a client connects to an address");
            return Err(wrong(&reason, &format!("localhost:{port}")));
        }
        if ip.is_multicast() || ip == IpAddr::V4(std::net::Ipv4Addr::BROADCAST) {
            return Err(wrong("that is a group of hosts, not one", &format!("localhost:{port}")));
        }
        Ok(Place { label: host.to_owned(), host: ip.to_string(), port })
    }
}

/// Whether a resolver may be asked for it, and no tool takes it for an option. Digits and dots
/// alone are an address with a mistake, of which tools make different things.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len()) && !label.starts_with('-') && label.chars().all(plain)
    };
    let labels = host.strip_suffix('.').unwrap_or(host);
    host.len() <= 253
        && labels.split('.').all(label)
        && !host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("localhost:8080", "localhost", "localhost", 8080)]
    #[case("127.0.0.1:1", "127.0.0.1", "127.0.0.1", 1)]
    #[case("[::1]:8080", "[::1]", "::1", 8080)]
    #[case("my-host.example.:65535", "my-host.example.", "my-host.example.", 65535)]
    fn places(#[case] text: &str, #[case] label: &str, #[case] host: &str, #[case] port: u16) {
        let place = Place { label: label.to_owned(), host: host.to_owned(), port };
        assert_eq!(text.parse(), Ok(place));
    }

    #[rstest]
    #[case("localhost", "it names no port", "localhost:8080")]
    #[case("10.0.0.1", "it names no port", "10.0.0.1:8080")]
    #[case("::1", "it names no port", "[::1]:8080")]
    #[case("[::1]", "it names no port", "[::1]:8080")]
    #[case("8080", "that is a port without a host", "localhost:8080")]
    #[case(":8080", "`` is neither a name nor an address", "localhost:8080")]
    #[case("localhost:0", "`0` is not a port (1-65535)", "localhost:8080")]
    #[case("localhost:65536", "`65536` is not a port (1-65535)", "localhost:8080")]
    #[case("localhost:http", "`http` is not a port (1-65535)", "localhost:8080")]
    #[case("http://localhost:3000/health", "that is a URL", "localhost:3000")]
    #[case("http://localhost", "that is a URL", "localhost:8080")]
    #[case("fe80::1:8080", "it names no port", "[fe80::1:8080]:8080")]
    #[case("1::2::3:80", "an IPv6 address stands in brackets", "[::1]:80")]
    #[case("[127.0.0.1]:80", "only an IPv6 address stands in brackets", "[::1]:8080")]
    #[case("[fe80::1%eth0]:80", "only an IPv6 address stands in brackets", "[::1]:8080")]
    #[case("no such host:80", "`no such host` is neither", "localhost:80")]
    #[case("-oops:80", "`-oops` is neither", "localhost:80")]
    #[case("999.1.1.1:80", "`999.1.1.1` is neither", "localhost:80")]
    #[case("1.2:80", "`1.2` is neither", "localhost:80")]
    #[case("0.0.0.0:80", "0.0.0.0 is where servers listen", "localhost:80")]
    #[case("[::]:80", ":: is where servers listen", "localhost:80")]
    #[case("255.255.255.255:80", "that is a group of hosts", "localhost:80")]
    fn what_is_no_place(#[case] text: &str, #[case] reason: &str, #[case] example: &str) {
        let error = text.parse::<Place>().unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        let help = error.help().unwrap().to_string();
        assert_eq!(help, format!("write HOST:PORT, for instance {example}"));
    }

    #[test]
    fn localhost_has_two_addresses() {
        let each = |text: &str| -> Vec<String> {
            text.parse::<Place>().unwrap().each().into_iter().map(|it| it.host).collect()
        };
        assert_eq!(each("localhost:1"), ["localhost", "127.0.0.1", "::1"]);
        assert_eq!(each("LOCALHOST:1"), ["LOCALHOST", "127.0.0.1", "::1"]);
        assert_eq!(each("127.0.0.1:1"), ["127.0.0.1"]);
    }
}
