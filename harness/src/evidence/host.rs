//! Hosts and ports as people paste them: with brackets, stars, masks and without.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A host as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, without brackets and zone.
    V6(Ipv6Addr),
    /// `*`: any address; in the output of `ss`, a socket of both families.
    Star,
    /// A name, in lower case.
    Name(String),
    /// An address of which a part is hidden: `192.168.178.xx`, `x.x.x.x`, `<ip>`.
    Masked(String),
}

impl Host {
    /// Reads a host without a port. `None` for what can be none.
    pub fn parse(text: &str) -> Option<Host> {
        let text = text.trim().trim_start_matches('[').trim_end_matches(']');
        let text = text.split('%').next().unwrap_or(text);
        if text == "*" {
            return Some(Host::Star);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(address.into());
        }
        if is_masked(text) {
            return Some(Host::Masked(text.to_ascii_lowercase()));
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let has_letter = text.chars().any(|c| c.is_ascii_alphabetic());
        (has_letter && text.chars().all(is_name) && text.starts_with(char::is_alphanumeric))
            .then(|| Host::Name(text.trim_end_matches('.').to_ascii_lowercase()))
    }

    /// 0.0.0.0, :: or `*`.
    pub fn is_any(&self) -> bool {
        match self {
            Host::V4(address) => address.is_unspecified(),
            Host::V6(address) => address.is_unspecified(),
            Host::Star => true,
            Host::Name(_) | Host::Masked(_) => false,
        }
    }

    /// 127.0.0.0/8, ::1 or the name localhost.
    pub fn is_loopback(&self) -> bool {
        match self {
            Host::V4(address) => address.is_loopback(),
            Host::V6(address) => address.is_loopback(),
            Host::Name(name) => name == "localhost" || name == "ip6-localhost",
            Host::Star | Host::Masked(_) => false,
        }
    }

    /// Whether it is written as IPv6.
    pub fn is_v6(&self) -> bool {
        matches!(self, Host::V6(_))
    }

    /// The IPv4 address.
    pub fn v4(&self) -> Option<Ipv4Addr> {
        match self {
            Host::V4(address) => Some(*address),
            _ => None,
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Host {
        match address {
            IpAddr::V4(address) => Host::V4(address),
            IpAddr::V6(address) => Host::V6(address),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::V4(address) => write!(f, "{address}"),
            Host::V6(address) => write!(f, "{address}"),
            Host::Star => f.write_str("*"),
            Host::Name(name) | Host::Masked(name) => f.write_str(name),
        }
    }
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Where.
    pub host: Host,
    /// The port, unless it is `*` or not said.
    pub port: Option<u16>,
}

impl Endpoint {
    /// `127.0.0.1:80`, `[::1]:80`, `:::80`, `::1:3000`, `*:80`, `:80`, `localhost:80`,
    /// `0.0.0.0:*`. The port must be there.
    pub fn parse(text: &str) -> Option<Endpoint> {
        let text = text.trim().trim_end_matches([',', ';', '.', '/', ')']);
        let (host, port) = text.rsplit_once(':')?;
        let port = match port {
            "*" => None,
            digits => Some(digits.parse().ok()?),
        };
        let host = match host {
            "" => Host::Star,
            // netstat's `:::80` is `::` and a port.
            "::" | "[::]" => Host::V6(Ipv6Addr::UNSPECIFIED),
            host => Host::parse(host)?,
        };
        Some(Endpoint { host, port })
    }

    /// The endpoint of a URL; without a port, the scheme's.
    pub fn of_url(url: &str) -> Option<Endpoint> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.rsplit(|c: char| !c.is_ascii_alphanumeric()).next()?;
        let end = rest.find(['/', '?', '#', ' ', '"', '\'', '`', '<', '>', ',', ')']);
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        let authority = authority.rsplit('@').next()?.trim_end_matches(['.', ';', ':']);
        let bracketed = authority.starts_with('[') && authority.ends_with(']');
        if !bracketed && let Some(endpoint) = Endpoint::parse(authority) {
            return Some(endpoint);
        }
        let port = match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            "ssh" => Some(22),
            "mysql" => Some(3306),
            "postgres" | "postgresql" => Some(5432),
            "redis" => Some(6379),
            "mongodb" => Some(27017),
            "amqp" => Some(5672),
            _ => None,
        };
        Some(Endpoint { host: Host::parse(authority)?, port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, self.port) {
            (Host::V6(address), Some(port)) => write!(f, "[{address}]:{port}"),
            (host, Some(port)) => write!(f, "{host}:{port}"),
            (host, None) => write!(f, "{host}"),
        }
    }
}

/// `192.168.xx.xx`, `x.x.x.x`, `172.17.*.*`, `<ip>`, `10.0.0.###`: something in the shape of an
/// address, with at least one part that is none.
fn is_masked(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
        return !inner.is_empty() && !inner.contains(['<', '>']);
    }
    let parts: Vec<&str> = text.split('.').collect();
    let hides = |part: &str| {
        !part.is_empty()
            && part.len() <= 4
            && part.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '#' | '?' | 'y' | 'n'))
    };
    let holds = |part: &&str| part.parse::<u8>().is_ok() || hides(part);
    parts.len() == 4 && parts.iter().all(holds) && parts.iter().any(|part| hides(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Endpoint::parse(text).map_or("-".to_owned(), |it| it.to_string())
    }

    #[test]
    fn endpoints_of_every_tool() {
        assert_eq!(shown("127.0.0.1:80"), "127.0.0.1:80");
        assert_eq!(shown("[::1]:25940"), "[::1]:25940");
        assert_eq!(shown(":::8881"), "[::]:8881");
        assert_eq!(shown("::1:3306"), "[::1]:3306");
        assert_eq!(shown("*:8080"), "*:8080");
        assert_eq!(shown(":8080"), "*:8080");
        assert_eq!(shown("0.0.0.0:*"), "0.0.0.0");
        assert_eq!(shown("[fe80::1%eth0]:53"), "[fe80::1]:53");
        assert_eq!(shown("192.168.178.xx:2222"), "192.168.178.xx:2222");
        assert_eq!(shown("localhost:4200."), "localhost:4200");
        assert_eq!(shown("127.0.0.1:99999"), "-");
        assert_eq!(shown("12:34:56"), "-");
        assert_eq!(shown("nothing"), "-");
    }

    #[test]
    fn urls() {
        let url = |text: &str| Endpoint::of_url(text).map(|it| it.to_string());
        assert_eq!(url("http://localhost:11434/api").as_deref(), Some("localhost:11434"));
        assert_eq!(url("http://[::1]:8080").as_deref(), Some("[::1]:8080"));
        assert_eq!(url("http://[::1]/").as_deref(), Some("[::1]:80"));
        assert_eq!(url("https://user:secret@proxy.corp").as_deref(), Some("proxy.corp:443"));
        assert_eq!(url("socks5://127.0.0.1:7897").as_deref(), Some("127.0.0.1:7897"));
        assert_eq!(url("http://").as_deref(), None);
    }

    #[test]
    fn masks_are_no_names() {
        assert_eq!(Host::parse("x.x.x.x"), Some(Host::Masked("x.x.x.x".into())));
        assert_eq!(Host::parse("172.20.*.*"), Some(Host::Masked("172.20.*.*".into())));
        assert_eq!(Host::parse("<ip>"), Some(Host::Masked("<ip>".into())));
        assert_eq!(Host::parse("a.b.c.d"), Some(Host::Name("a.b.c.d".into())));
        assert_eq!(Host::parse("::1"), Some(Host::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(Host::parse(""), None);
    }
}
