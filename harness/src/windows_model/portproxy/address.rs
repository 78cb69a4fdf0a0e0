//! What the addresses of a rule mean on the network.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use super::rule::Family;

/// The addresses of a rule's host in the rule's family; at least one.
///
/// # Errors
/// An address of the other family, or a name that has none in this one. A name with a blank is
/// no name: `connectaddress=(wsl hostname -I)` leaves one at the end, and the rule does not work
/// (MicrosoftDocs/WSL#1890).
pub(super) async fn resolve(host: &str, port: u16, family: Family) -> io::Result<Vec<SocketAddr>> {
    let unknown = || {
        io::Error::new(io::ErrorKind::NotFound, format!("`{host}` has no address of the family"))
    };
    let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) if host.is_empty() || host.contains(char::is_whitespace) => return Err(unknown()),
        Err(_) => tokio::net::lookup_host((host, port)).await?.collect(),
    };
    let usable: Vec<_> =
        addresses.into_iter().filter(|address| family_of(address) == family).collect();
    if usable.is_empty() { Err(unknown()) } else { Ok(usable) }
}

/// The address that a rule listens on: `*` and nothing stand for all of the family; of a name with
/// several addresses, the first.
///
/// # Errors
/// As [`resolve`].
pub(super) async fn resolve_listen(
    host: &str,
    port: u16,
    family: Family,
) -> io::Result<SocketAddr> {
    if host.is_empty() || host == "*" {
        let any = match family {
            Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        return Ok(SocketAddr::new(any, port));
    }
    let addresses = resolve(host, port, family).await?;
    addresses.first().copied().ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn family_of(address: &SocketAddr) -> Family {
    if address.is_ipv4() { Family::V4 } else { Family::V6 }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::literal("127.0.0.1", Family::V4, "127.0.0.1:80")]
    #[case::name("localhost", Family::V4, "127.0.0.1:80")]
    #[case::star("*", Family::V4, "0.0.0.0:80")]
    #[case::star6("*", Family::V6, "[::]:80")]
    #[case::nothing("", Family::V4, "0.0.0.0:80")]
    #[tokio::test]
    async fn listens_on(#[case] host: &str, #[case] family: Family, #[case] address: &str) {
        let found = resolve_listen(host, 80, family).await.unwrap();
        assert_eq!(found.to_string(), address);
    }

    #[rstest]
    #[case::other_family("::1", Family::V4)]
    #[case::trailing_blank("127.0.0.1 ", Family::V4)]
    #[case::nothing("", Family::V4)]
    #[tokio::test]
    async fn has_no_address(#[case] host: &str, #[case] family: Family) {
        assert!(resolve(host, 80, family).await.is_err());
    }
}
