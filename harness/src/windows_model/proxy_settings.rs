//! autoProxy: the proxy that Windows is set to use, as WSL hands it to the guest in NAT mode.
//!
//! Only environment variables come of it, never `resolv.conf` or `hosts` (ledger 4.4.5). A proxy on
//! this very machine is dropped with a warning, because the guest's loopback is another one
//! (ledger 4.4.6). Source: microsoft/WSL src/windows/service/exe/LxssHttpProxy.cpp and
//! `s_AddHttpProxyToEnvironment` in LxssUserSession.cpp.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
};

/// The user's Internet Settings (`HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InternetSettings {
    /// `ProxyEnable`.
    pub proxy_enable: bool,
    /// `ProxyServer`: `host:port`, or `http=host:port;https=host:port`.
    pub proxy_server: Option<String>,
    /// `ProxyOverride`: what goes direct, with semicolons between.
    pub proxy_override: Option<String>,
    /// `AutoConfigURL`: the address of a PAC file; counts whether or not the proxy is enabled.
    pub auto_config_url: Option<String>,
}

/// What the guest gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirroredProxy {
    /// Variables of every process of the distro.
    pub env: BTreeMap<String, String>,
    /// What `wsl.exe` prints to stderr, at most one line.
    pub warnings: Vec<String>,
}

/// Why a proxy is not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    Loopback,
    Ipv6,
    Malformed,
}

impl Dropped {
    const fn warning(self) -> &'static str {
        match self {
            Dropped::Loopback => {
                "wsl: A localhost proxy configuration was detected but not mirrored into WSL. WSL \
                 in NAT mode does not support localhost proxies."
            }
            Dropped::Ipv6 => {
                "wsl: An IPv6 proxy configuration was detected but not mirrored into WSL. WSL in \
                 NAT mode does not support IPv6."
            }
            Dropped::Malformed => {
                "wsl: An unexpected error occurred while attempting to resolve proxy settings, \
                 proxy settings were not mirrored into WSL."
            }
        }
    }
}

/// What the guest gets from these settings. `computer_name` is that of Windows, which names this
/// machine as `localhost` does.
pub fn mirror(settings: &InternetSettings, computer_name: &str) -> MirroredProxy {
    let server = settings.proxy_server.as_deref().filter(|_| settings.proxy_enable).unwrap_or("");
    let mut dropped = None;
    let mut keep = |scheme| {
        let url = proxy_url(server, scheme)?;
        let reason = unsupported(&url, computer_name);
        dropped = reason.or(dropped);
        reason.is_none().then_some(url)
    };
    let (http, https) = (keep("http"), keep("https"));

    let mut env = BTreeMap::new();
    let mut set = |names: &[&str], value: &str| {
        env.extend(names.iter().map(|name| ((*name).to_owned(), value.to_owned())));
    };
    let bypass = bypass_list(settings.proxy_override.as_deref().unwrap_or(""));
    if !bypass.is_empty() && (http.is_some() || https.is_some()) {
        set(&["no_proxy", "NO_PROXY"], &bypass);
    }
    if let Some(url) = http {
        set(&["http_proxy", "HTTP_PROXY"], &url);
    }
    if let Some(url) = https {
        set(&["https_proxy", "HTTPS_PROXY"], &url);
    }
    if let Some(url) = settings.auto_config_url.as_deref().filter(|url| !url.is_empty()) {
        set(&["WSL_PAC_URL"], url);
    }
    let warnings = dropped.map(|reason| reason.warning().to_owned()).into_iter().collect();
    MirroredProxy { env, warnings }
}

/// The proxy for a scheme in a `ProxyServer` value, as the URL that WinHTTP makes of it. An HTTPS
/// request goes to a plain HTTP proxy by CONNECT, so the URL's own scheme is `http` for both.
fn proxy_url(server: &str, scheme: &str) -> Option<String> {
    let entries = || server.split([';', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    let own = entries()
        .filter_map(|entry| entry.split_once('='))
        .find_map(|(name, value)| name.trim().eq_ignore_ascii_case(scheme).then_some(value.trim()));
    let value = own.or_else(|| entries().find(|entry| !entry.contains('=')))?;
    Some(if value.contains("://") { value.to_owned() } else { format!("http://{value}") })
}

/// Why NAT mode cannot hand a proxy over; `None` when it can.
fn unsupported(url: &str, computer_name: &str) -> Option<Dropped> {
    let Some(host) = host(url) else {
        return Some(Dropped::Malformed);
    };
    if host.parse::<Ipv6Addr>().is_ok() {
        return Some(Dropped::Ipv6);
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_loopback().then_some(Dropped::Loopback);
    }
    ["localhost", "loopback", computer_name]
        .iter()
        .any(|own| host.eq_ignore_ascii_case(own))
        .then_some(Dropped::Loopback)
}

/// The host of a URL, without brackets.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) = bracketed.split_once(']')?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port_is_fine = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (!host.is_empty() && port_is_fine).then_some(host)
}

/// The bypass list with commas. Entries stay as Windows writes them: `<local>` and `127.*` mean
/// nothing to curl (measured, ledger 4.4.7).
fn bypass_list(list: &str) -> String {
    let entries: Vec<_> = list.split([';', ' ']).filter(|entry| !entry.is_empty()).collect();
    entries.join(",")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LOCALHOST: &str = "wsl: A localhost proxy configuration was detected but not mirrored \
        into WSL. WSL in NAT mode does not support localhost proxies.";
    const IPV6: &str = "wsl: An IPv6 proxy configuration was detected but not mirrored into WSL. \
        WSL in NAT mode does not support IPv6.";

    fn settings(server: &str, bypass: &str, pac: &str) -> InternetSettings {
        InternetSettings {
            proxy_enable: true,
            proxy_server: Some(server.to_owned()),
            proxy_override: Some(bypass.to_owned()),
            auto_config_url: Some(pac.to_owned()),
        }
    }

    fn mirrored(settings: &InternetSettings) -> (Vec<String>, Vec<String>) {
        let MirroredProxy { env, warnings } = mirror(settings, "LAB-PC");
        (env.into_iter().map(|(name, value)| format!("{name}={value}")).collect(), warnings)
    }

    #[test]
    fn one_proxy_for_everything() {
        let (env, warnings) = mirrored(&settings("192.168.50.20:3128", "<local>;*.corp", ""));
        assert_eq!(
            env,
            [
                "HTTPS_PROXY=http://192.168.50.20:3128",
                "HTTP_PROXY=http://192.168.50.20:3128",
                "NO_PROXY=<local>,*.corp",
                "http_proxy=http://192.168.50.20:3128",
                "https_proxy=http://192.168.50.20:3128",
                "no_proxy=<local>,*.corp",
            ]
        );
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[rstest]
    #[case::http_only("http=a:1", &["HTTP_PROXY=http://a:1", "http_proxy=http://a:1"])]
    #[case::https_only("ftp=b:2; HTTPS=https://a:1", &["HTTPS_PROXY=https://a:1", "https_proxy=https://a:1"])]
    #[case::neither("socks=a:1", &[])]
    #[case::empty("", &[])]
    fn per_scheme(#[case] server: &str, #[case] expected: &[&str]) {
        let (env, warnings) = mirrored(&settings(server, "", ""));
        assert_eq!(env, expected);
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[rstest]
    #[case::address("127.0.0.1:8888", LOCALHOST)]
    #[case::all_of_127("127.9.9.9:8888", LOCALHOST)]
    #[case::localhost("LocalHost:8888", LOCALHOST)]
    #[case::loopback("http://loopback:8888", LOCALHOST)]
    #[case::computer_name("lab-pc:8888", LOCALHOST)]
    #[case::v6_loopback("[::1]:8888", IPV6)]
    #[case::v6("http://[2001::1]:8888", IPV6)]
    #[case::malformed("proxy:port", Dropped::Malformed.warning())]
    fn what_nat_mode_drops(#[case] server: &str, #[case] warning: &str) {
        let (env, warnings) = mirrored(&settings(server, "*.corp", "http://wpad/proxy.pac"));
        assert_eq!(env, ["WSL_PAC_URL=http://wpad/proxy.pac"]);
        assert_eq!(warnings, [warning]);
    }

    #[test]
    fn one_dropped_of_two_keeps_the_other_and_the_bypass_list() {
        let (env, warnings) = mirrored(&settings("http=localhost:1;https=proxy:2", "*.corp", ""));
        assert_eq!(
            env,
            [
                "HTTPS_PROXY=http://proxy:2",
                "NO_PROXY=*.corp",
                "https_proxy=http://proxy:2",
                "no_proxy=*.corp",
            ]
        );
        assert_eq!(warnings, [LOCALHOST]);
    }

    #[test]
    fn a_disabled_proxy_is_none_but_the_pac_file_counts() {
        let mut settings = settings("proxy:1", "*.corp", "http://wpad/proxy.pac");
        settings.proxy_enable = false;
        assert_eq!(mirrored(&settings).0, ["WSL_PAC_URL=http://wpad/proxy.pac"]);
    }
}
