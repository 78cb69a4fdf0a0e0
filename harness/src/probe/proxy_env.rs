//! The proxy that curl takes from the environment for an `http://` URL.
//!
//! Rules as measured with curl 7.88.1 and in its `noproxy.c` (CIDR since 7.86; ledger 4.4.7 and
//! settled 4): `http_proxy` counts in lower case only; an empty variable is as if unset; `<local>`
//! and `127.*`, which Windows writes into its bypass list, match nothing.

use std::{collections::BTreeMap, net::Ipv4Addr};

use super::{endpoint::Endpoint, error::ProbeError};

/// A proxy named by the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    /// The variable's value.
    pub value: String,
}

/// curl's port for a proxy that names none.
const DEFAULT_PORT: u16 = 1080;

fn variable<'a>(env: &'a BTreeMap<String, String>, names: &[&str]) -> Option<&'a str> {
    names
        .iter()
        .filter_map(|name| env.get(*name))
        .find(|value| !value.is_empty())
        .map(String::as_str)
}

/// The proxy for a request to `host`, if any.
pub(super) fn proxy_for(host: &str, env: &BTreeMap<String, String>) -> Option<Proxy> {
    let exempt = variable(env, &["no_proxy", "NO_PROXY"]).is_some_and(|list| bypasses(list, host));
    let value = variable(env, &["http_proxy", "all_proxy", "ALL_PROXY"])?;
    (!exempt).then(|| Proxy { value: value.to_owned() })
}

impl Proxy {
    /// Where the proxy listens.
    ///
    /// # Errors
    /// [`ProbeError::UnsupportedProxy`] for what the twin does not speak: TLS, SOCKS, passwords.
    pub fn endpoint(&self) -> Result<Endpoint, ProbeError> {
        let unsupported =
            |reason| ProbeError::UnsupportedProxy { value: self.value.clone(), reason };
        let rest = match self.value.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some(_) => return Err(unsupported("a scheme other than http")),
            None => &self.value,
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(unsupported("a user name"));
        }
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let port = match port {
            None | Some("") => DEFAULT_PORT,
            Some(port) => port.parse().map_err(|_| unsupported("a port that is not a number"))?,
        };
        if host.is_empty() {
            return Err(unsupported("a missing host"));
        }
        Ok(Endpoint { host: host.to_owned(), port })
    }
}

/// Whether a `no_proxy` list names the host. Commas or blanks separate its entries.
fn bypasses(list: &str, host: &str) -> bool {
    // An asterisk means everything only where it stands alone.
    list == "*"
        || list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| match host
            .parse::<Ipv4Addr>(
        ) {
            Ok(address) => covers_address(entry, address),
            // An IPv6 address goes through the same rule: curl compares its URL's host without
            // brackets as if it were a name (measured: `::1` matches, `::1/128` does not).
            Err(_) => covers_name(entry, host),
        })
}

fn covers_name(entry: &str, host: &str) -> bool {
    let (entry, host) =
        (entry.strip_suffix('.').unwrap_or(entry), host.strip_suffix('.').unwrap_or(host));
    let entry = entry.strip_prefix('.').unwrap_or(entry).to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    host == entry || host.strip_suffix(&entry).is_some_and(|rest| rest.ends_with('.'))
}

fn covers_address(entry: &str, address: Ipv4Addr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        // As C's atoi: the digits at the start, 0 where there are none.
        Some((network, bits)) => {
            let digits = bits.find(|c: char| !c.is_ascii_digit()).unwrap_or(bits.len());
            (network, bits[..digits].parse::<u32>().unwrap_or(0))
        }
        None => (entry, 0),
    };
    let Ok(network) = network.parse::<Ipv4Addr>() else { return false };
    match bits {
        0 | 32 => address == network,
        1..32 => (address.to_bits() ^ network.to_bits()) >> (32 - bits) == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Every line was measured with curl 7.88.1: the URL's host, `no_proxy`, and whether the request
    /// went straight.
    #[rstest]
    #[case("127.0.0.1", "", false)]
    #[case("127.0.0.1", "*", true)]
    #[case("127.0.0.1", " *", false)]
    #[case("localhost", "a,*", false)]
    #[case("localhost", "localhost", true)]
    #[case("localhost", "LOCALHOST", true)]
    #[case("localhost", "localhost.", true)]
    #[case("localhost", ".localhost", true)]
    #[case("localhost", "ocalhost", false)]
    #[case("localhost", "localhost:7004", false)]
    #[case("localhost", "x localhost", true)]
    #[case("localhost", "<local>", false)]
    #[case("localhost", "127.*", false)]
    #[case("127.0.0.1", "localhost", false)]
    #[case("127.0.0.1", "<local>", false)]
    #[case("127.0.0.1", "127.*", false)]
    #[case("127.0.0.1", "127", false)]
    #[case("127.0.0.1", ".1", false)]
    #[case("127.0.0.1", "0.1", false)]
    #[case("127.0.0.1", "127.0.0.0/8", true)]
    #[case("127.0.0.1", "127.0.0.1/32", true)]
    #[case("127.0.0.1", "127.0.0.1/33", false)]
    #[case("127.0.0.1", "127.0.0.1/0", true)]
    #[case("127.0.0.1", "0.0.0.0/0", false)]
    #[case("127.0.0.1", "0.0.0.0/1", true)]
    #[case("127.0.0.1", "127.0.0.1.", false)]
    #[case("127.0.0.1", "127.0.0.1:7004", false)]
    #[case("127.0.0.1", "x,127.0.0.1 ,y", true)]
    #[case("::1", "::1", true)]
    #[case("::1", "[::1]", false)]
    #[case("::1", "::1/128", false)]
    #[case("::1", "::/0", false)]
    #[case("::1", "127.0.0.1", false)]
    #[case("172.28.16.2", "172.28.16.0/20", true)]
    #[case("172.28.16.2", "172.28.16.0/20x", true)]
    #[case("172.28.16.2", "172.28.0.0/16,127.0.0.1", true)]
    #[case("172.28.16.2", "1", false)]
    fn no_proxy(#[case] host: &str, #[case] list: &str, #[case] direct: bool) {
        let env = [("http_proxy", "http://192.168.50.20:3128"), ("no_proxy", list)];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(proxy_for(host, &env).is_none(), direct);
    }

    #[rstest]
    #[case::upper_case_is_ignored(&[("HTTP_PROXY", "a:1")], None)]
    #[case::all(&[("all_proxy", "a:1")], Some("a:1"))]
    #[case::all_upper(&[("ALL_PROXY", "a:1")], Some("a:1"))]
    #[case::own_variable_first(&[("http_proxy", "a:1"), ("all_proxy", "b:1")], Some("a:1"))]
    #[case::empty_is_unset(&[("http_proxy", ""), ("all_proxy", "b:1")], Some("b:1"))]
    #[case::upper_no_proxy(&[("http_proxy", "a:1"), ("NO_PROXY", "h")], None)]
    #[case::empty_no_proxy(&[("http_proxy", "a:1"), ("no_proxy", ""), ("NO_PROXY", "h")], None)]
    #[case::lower_no_proxy_first(&[("http_proxy", "a:1"), ("no_proxy", "x"), ("NO_PROXY", "h")], Some("a:1"))]
    fn variables(#[case] env: &[(&str, &str)], #[case] proxy: Option<&str>) {
        let env =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(proxy_for("h", &env).map(|found| found.value).as_deref(), proxy);
    }

    #[rstest]
    #[case("http://192.168.50.20:3128", "192.168.50.20", 3128)]
    #[case("HTTP://proxy:3128/path", "proxy", 3128)]
    #[case("127.0.0.1", "127.0.0.1", 1080)]
    #[case("[::1]:9", "::1", 9)]
    fn endpoints(#[case] value: &str, #[case] host: &str, #[case] port: u16) {
        let endpoint = Proxy { value: value.to_owned() }.endpoint().unwrap();
        assert_eq!((endpoint.host.as_str(), endpoint.port), (host, port));
    }

    #[rstest]
    #[case("socks5://127.0.0.1:9")]
    #[case("https://127.0.0.1:9")]
    #[case("http://user:word@127.0.0.1:9")]
    #[case("http://127.0.0.1:port")]
    #[case("http://:3128")]
    fn what_is_not_modelled_is_an_error(#[case] value: &str) {
        assert!(Proxy { value: value.to_owned() }.endpoint().is_err());
    }
}
