//! What a client on this node starts from: addresses of a name, and the proxy in its environment.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::timeout;

use super::{endpoint::Endpoint, proxy_env::proxy_for, resolve::getaddrinfo};
use crate::agent::protocol::Bearings;

/// How long a resolver may take; one that says nothing for so long helps no client.
const LIMIT: Duration = Duration::from_secs(5);

/// The variables that some client takes a proxy from.
pub(crate) const VARIABLES: [&str; 6] =
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// Look, and send nothing but the question to the resolver.
pub(super) async fn take(host: &str, env: &BTreeMap<String, String>) -> Bearings {
    let endpoint = Endpoint { host: host.to_owned(), port: 0 };
    let found = timeout(LIMIT, getaddrinfo(&endpoint)).await.unwrap_or_default();
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    let set = |name: &&str| env.get(*name).is_some_and(|value| !value.is_empty());
    Bearings {
        addresses,
        proxy: proxy_for(host, env).map(|proxy| without_password(&proxy.value)),
        variables: VARIABLES
            .into_iter()
            .filter(set)
            .map(|name| (name.to_owned(), without_password(&env[name])))
            .collect(),
    }
}

/// A proxy's URL as it may be shown.
fn without_password(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), value),
    };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}...@{place}"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn env(vars: &[(&str, &str)]) -> BTreeMap<String, String> {
        vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[tokio::test]
    async fn an_address_is_its_own_and_a_set_proxy_is_told() {
        let env = env(&[
            ("http_proxy", "http://me:secret@192.0.2.1:3128"),
            ("no_proxy", "localhost"),
            ("NO_PROXY", ""),
            ("HOME", "/root"),
        ]);
        let bearings = take("127.0.0.1", &env).await;
        assert_eq!(bearings.addresses, ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
        assert_eq!(bearings.proxy.as_deref(), Some("http://...@192.0.2.1:3128"));
        let names: Vec<&str> = bearings.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["http_proxy", "no_proxy"]);
        assert!(!format!("{bearings:?}").contains("secret"));
        assert_eq!(take("localhost", &env).await.proxy, None);
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_has_no_address() {
        // A label may have 63 characters: no resolver asks the network about this one.
        let name = format!("{}.invalid", "x".repeat(64));
        assert!(take(&name, &BTreeMap::new()).await.addresses.is_empty());
    }

    #[rstest]
    #[case("http://192.0.2.1:3128", "http://192.0.2.1:3128")]
    #[case("user:p@ss@proxy:1", "...@proxy:1")]
    #[case("localhost,127.0.0.1", "localhost,127.0.0.1")]
    fn passwords_are_left_out(#[case] value: &str, #[case] shown: &str) {
        assert_eq!(without_password(value), shown);
    }
}
