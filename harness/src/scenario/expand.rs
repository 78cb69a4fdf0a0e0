//! Placeholders in commands and files: `{wsl-ip}`, `{windows-gateway}`, `{windows-lan-ip}`.

use crate::target::Host;

/// The hosts that have a placeholder, `{wsl-ip}` and its like. Other braces are literal: shells and JSON are full of them.
pub const HOSTS: [Host; 3] = [Host::WslIp, Host::WindowsGateway, Host::WindowsLanIp];

/// Which placeholders a text has, each once; a text with [`Host::WslIp`] needs a guest that runs.
pub fn placeholders(text: &str) -> Vec<Host> {
    HOSTS.into_iter().filter(|host| text.contains(&token(*host))).collect()
}

/// The text with each placeholder replaced by what `address` says of its host.
pub fn expand(text: &str, address: impl Fn(Host) -> String) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(brace) = rest.find('{') {
        out.push_str(&rest[..brace]);
        rest = &rest[brace..];
        match HOSTS.into_iter().find(|host| rest.starts_with(&token(*host))) {
            Some(host) => {
                out.push_str(&address(host));
                rest = &rest[token(host).len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The text with each whole address replaced by its host's placeholder.
pub fn mask(text: &str, addresses: &[(Host, String)]) -> String {
    let part = |c: char| c.is_ascii_digit() || c == '.';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        // A sentence may end with an address.
        let number = rest[..end].trim_end_matches('.');
        match addresses.iter().find(|(_, address)| address == number) {
            Some((host, _)) => out.push_str(&token(*host)),
            None => out.push_str(number),
        }
        rest = &rest[number.len()..];
    }
    out.push_str(rest);
    out
}

fn token(host: Host) -> String {
    format!("{{{}}}", host.name())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none("curl -s localhost", "curl -s localhost")]
    #[case::one("connectaddress={wsl-ip}", "connectaddress=<wsl-ip>")]
    #[case::twice("{wsl-ip} {wsl-ip}", "<wsl-ip> <wsl-ip>")]
    #[case::others("{windows-gateway}/{windows-lan-ip}", "<windows-gateway>/<windows-lan-ip>")]
    #[case::literal("awk '{print $1}' {a,b}", "awk '{print $1}' {a,b}")]
    #[case::not_a_placeholder("{localhost}", "{localhost}")]
    #[case::nested("{{wsl-ip}}", "{<wsl-ip>}")]
    #[case::open("{wsl-ip", "{wsl-ip")]
    #[case::unicode("ä{wsl-ip}ö", "ä<wsl-ip>ö")]
    fn only_placeholders_expand(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(expand(text, |host| format!("<{}>", host.name())), expected);
    }

    #[test]
    fn an_address_is_not_expanded_again() {
        assert_eq!(expand("{wsl-ip}", |_| "{windows-gateway}".to_owned()), "{windows-gateway}");
    }

    #[rstest]
    #[case::whole("inet 172.28.21.93/20 brd", "inet {wsl-ip}/20 brd")]
    #[case::end_of_sentence("at 172.28.21.93.", "at {wsl-ip}.")]
    #[case::longer(
        "172.28.21.931 1172.28.21.93 172.28.21.93.5",
        "172.28.21.931 1172.28.21.93 172.28.21.93.5"
    )]
    #[case::port("172.28.16.1:80 to 172.28.16.10:80", "{windows-gateway}:80 to 172.28.16.10:80")]
    #[case::nothing("eth0 1.19.8 äö", "eth0 1.19.8 äö")]
    fn only_whole_addresses_are_masked(#[case] text: &str, #[case] expected: &str) {
        let addresses = [
            (Host::WslIp, "172.28.21.93".to_owned()),
            (Host::WindowsGateway, "172.28.16.1".to_owned()),
        ];
        assert_eq!(mask(text, &addresses), expected);
    }

    #[test]
    fn placeholders_are_listed_once() {
        assert_eq!(placeholders("{wsl-ip} {x} {wsl-ip}"), [Host::WslIp]);
        assert!(placeholders("{print}").is_empty());
    }
}
