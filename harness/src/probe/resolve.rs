//! Names, as the tools resolve them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::endpoint::Endpoint;

/// The addresses in `getaddrinfo`'s order, as nc, telnet, ping and Go get them; empty when the name
/// does not resolve.
///
/// The resolver's own reason is not kept: every one of them is `no-name`.
pub(super) async fn getaddrinfo(endpoint: &Endpoint) -> Vec<SocketAddr> {
    if let Some(ip) = endpoint.ip() {
        return vec![SocketAddr::new(ip, endpoint.port)];
    }
    match tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port)).await {
        Ok(found) => found.collect(),
        Err(_) => Vec::new(),
    }
}

/// Which family curl tries first for `localhost`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LocalhostOrder {
    /// 127.0.0.1, then ::1: curl 7 (measured with 7.88.1).
    V4First,
    /// ::1, then 127.0.0.1: curl 8 (`get_localhost` of lib/hostip.c).
    V6First,
}

/// The addresses as curl gets them: since 7.77 it never asks anybody for `localhost` and the names
/// below it (ledger settled 5).
pub(super) async fn as_curl(endpoint: &Endpoint, order: LocalhostOrder) -> Vec<SocketAddr> {
    let name = endpoint.host.to_ascii_lowercase();
    if name != "localhost" && !name.ends_with(".localhost") {
        return getaddrinfo(endpoint).await;
    }
    let (v4, v6) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST));
    let both = match order {
        LocalhostOrder::V4First => [v4, v6],
        LocalhostOrder::V6First => [v6, v4],
    };
    both.map(|ip| SocketAddr::new(ip, endpoint.port)).to_vec()
}
