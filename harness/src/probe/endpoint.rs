//! A host and a port as a probe is given them.

use std::net::IpAddr;

use crate::agent::protocol::ProbeOrder;

/// Where a probe connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// A name, or an address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl Endpoint {
    /// The endpoint of an order.
    pub fn of(order: &ProbeOrder) -> Self {
        Endpoint { host: order.host.clone(), port: order.port }
    }

    /// The address, unless the host is a name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// `host:port`, an IPv6 address in brackets: the form of URLs and of the `Host` header.
    pub fn authority(&self) -> String {
        match self.ip() {
            Some(IpAddr::V6(address)) => format!("[{address}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// The URL that HTTP clients get.
    pub fn url(&self) -> String {
        format!("http://{}/", self.authority())
    }

    /// The value of curl's `Host` header, which leaves the scheme's own port out.
    pub fn host_header(&self) -> String {
        let authority = self.authority();
        match self.port {
            80 => authority.trim_end_matches(":80").to_owned(),
            _ => authority,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::name("localhost", 8080, "http://localhost:8080/", "localhost:8080")]
    #[case::v4("172.28.16.2", 8080, "http://172.28.16.2:8080/", "172.28.16.2:8080")]
    #[case::v6("::1", 8080, "http://[::1]:8080/", "[::1]:8080")]
    #[case::default_port("::1", 80, "http://[::1]:80/", "[::1]")]
    fn urls(#[case] host: &str, #[case] port: u16, #[case] url: &str, #[case] header: &str) {
        let endpoint = Endpoint { host: host.to_owned(), port };
        assert_eq!(endpoint.url(), url);
        assert_eq!(endpoint.host_header(), header);
    }
}
