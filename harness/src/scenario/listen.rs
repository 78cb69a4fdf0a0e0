//! Reading a listen string.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use super::Listen;

/// What a listen string may look like, for messages.
pub(super) const FORMS: &str = "write `[NETWORK ]HOST:PORT`, for instance `tcp4 0.0.0.0:8080`, \
     `:8080`, `127.0.0.1:8080`, `localhost:8080` or `[::1]:8080`; NETWORK is tcp, tcp4 or tcp6";

impl FromStr for Listen {
    type Err = String;

    /// # Errors
    /// Says which part is not a network, a host or a port, or that network and host are of
    /// different families (ledger 2.2: Go refuses such a pair when it starts).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (network, address) = text.split_once(' ').unwrap_or(("tcp", text));
        if !matches!(network, "tcp" | "tcp4" | "tcp6") {
            return Err(format!("unknown network `{network}`; one of tcp, tcp4, tcp6"));
        }
        let Some((host, port)) = address.rsplit_once(':') else {
            return Err(format!("the listen address `{text}` has no port"));
        };
        let Some(port) = parse_port(port) else {
            return Err(format!("`{port}` is not a port (1-65535)"));
        };
        match (network, family(host)?) {
            ("tcp4", Some(Family::V6)) => Err(format!("tcp4 cannot listen on the IPv6 `{host}`")),
            ("tcp6", Some(Family::V4)) => Err(format!("tcp6 cannot listen on the IPv4 `{host}`")),
            _ => Ok(Listen { network: network.to_owned(), host: host.to_owned(), port }),
        }
    }
}

#[derive(Clone, Copy)]
enum Family {
    V4,
    V6,
}

/// The family of a literal address; `None` for the wildcard and for a name.
fn family(host: &str) -> Result<Option<Family>, String> {
    if host.is_empty() || host == "localhost" {
        return Ok(None);
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address = inner.split_once('%').map_or(inner, |(address, _zone)| address);
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(Some(Family::V6)),
            Err(_) => Err(format!("`{host}` is not an IPv6 address in brackets")),
        };
    }
    if host.parse::<Ipv4Addr>().is_ok() {
        return Ok(Some(Family::V4));
    }
    if host.parse::<Ipv6Addr>().is_ok() || host.contains(':') {
        return Err(format!("an IPv6 address stands in brackets: `[{host}]`"));
    }
    Err(format!("`{host}` is not a host to listen on"))
}

/// Digits only: Rust would also take `+80`, which Go does not.
fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::v4_wildcard("tcp4 0.0.0.0:8080", "tcp4", "0.0.0.0")]
    #[case::dual_stack(":8080", "tcp", "")]
    #[case::v4_loopback("127.0.0.1:8080", "tcp", "127.0.0.1")]
    #[case::name("localhost:8080", "tcp", "localhost")]
    #[case::v6_loopback("[::1]:8080", "tcp", "[::1]")]
    #[case::v6_only("tcp6 :8080", "tcp6", "")]
    #[case::zone("[fe80::1%eth0]:8080", "tcp", "[fe80::1%eth0]")]
    fn good_ones_are_read_and_written_alike(
        #[case] text: &str,
        #[case] network: &str,
        #[case] host: &str,
    ) {
        let listen: Listen = text.parse().unwrap();
        assert_eq!((listen.network.as_str(), listen.host.as_str()), (network, host));
        assert_eq!(listen.port, 8080);
        assert_eq!(listen.to_string(), text);
    }

    #[rstest]
    #[case::no_port("127.0.0.1", "has no port")]
    #[case::empty("", "has no port")]
    #[case::port_zero(":0", "`0` is not a port")]
    #[case::port_too_big(":65536", "`65536` is not a port")]
    #[case::port_sign(":+80", "`+80` is not a port")]
    #[case::port_empty("localhost:", "`` is not a port")]
    #[case::network("tcp5 :80", "unknown network `tcp5`")]
    #[case::udp("udp :80", "unknown network `udp`")]
    #[case::v6_on_tcp4("tcp4 [::1]:80", "tcp4 cannot listen on the IPv6 `[::1]`")]
    #[case::v4_on_tcp6("tcp6 127.0.0.1:80", "tcp6 cannot listen on the IPv4")]
    #[case::octet("127.0.0.256:80", "`127.0.0.256` is not a host")]
    #[case::typo("localhots:80", "`localhots` is not a host")]
    #[case::no_brackets("::1:80", "an IPv6 address stands in brackets")]
    #[case::bad_v6("[::g]:80", "is not an IPv6 address")]
    #[case::two_spaces("tcp4  :80", "is not a host")]
    fn bad_ones_say_what_is_wrong(#[case] text: &str, #[case] expected: &str) {
        let error = text.parse::<Listen>().unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
