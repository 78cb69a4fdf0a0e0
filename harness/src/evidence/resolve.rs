//! What one fact says about another: whose address `172.20.178.242` is, on which machine a browser
//! runs. Only attempts are completed; nothing else is touched.

use std::net::Ipv4Addr;

use super::{
    fact::{Attempt, Fact, Kind, Mode, Place},
    host::Host,
    side::Side,
};

/// Whose addresses the report names.
#[derive(Debug, Default)]
struct Known {
    wsl: Vec<Host>,
    gateway: Vec<Host>,
    lan: Vec<Host>,
    mirrored: bool,
}

/// Completes the attempts.
pub(super) fn resolve(facts: &mut [Fact], mode: Option<Mode>) {
    let has_windows = mode.is_some_and(|mode| mode != Mode::None);
    let known = Known { mirrored: mode == Some(Mode::Mirrored), ..known(facts) };
    for fact in facts {
        if let Kind::Attempt(attempt) = &mut fact.kind {
            if has_windows {
                fact.side = client(fact.side, attempt);
            }
            if let Place::Other(host) = &attempt.to {
                attempt.to = role(host, fact.side, &known, has_windows);
            }
            // Nobody asks Windows whether it reaches itself.
            if has_windows && fact.side == Side::Unknown && attempt.to == Place::WindowsGateway {
                fact.side = Side::Guest;
            }
            // Nobody asks from inside whether the guest's own address is reachable.
            if has_windows && fact.side == Side::Unknown && attempt.to == Place::WslAddress {
                fact.side = Side::Windows;
            }
        }
    }
}

/// A browser runs on Windows unless the report says otherwise.
fn client(side: Side, attempt: &Attempt) -> Side {
    match (side, attempt.tool.as_deref()) {
        (Side::Unknown, Some("browser")) => Side::Windows,
        (side, _) => side,
    }
}

fn known(facts: &[Fact]) -> Known {
    let mut known = Known::default();
    for fact in facts {
        match &fact.kind {
            Kind::Address(it) => {
                let name = it.interface.as_deref().unwrap_or_default().to_ascii_lowercase();
                if name.contains("wsl") && fact.side == Side::Windows || name.contains("vethernet")
                {
                    known.gateway.push(it.address.clone());
                } else if name.starts_with("eth") && fact.side != Side::Windows {
                    known.wsl.push(it.address.clone());
                } else if fact.side == Side::Windows {
                    known.lan.push(it.address.clone());
                }
            }
            Kind::Nameserver(it) => known.gateway.push(it.address.clone()),
            Kind::Route(it) if it.network.is_none() && fact.side != Side::Windows => {
                known.gateway.extend(it.gateway.clone());
            }
            _ => {}
        }
    }
    known
}

fn role(host: &Host, side: Side, known: &Known, has_windows: bool) -> Place {
    let other = Place::Other(host.clone());
    if known.wsl.contains(host) {
        return Place::WslAddress;
    }
    if known.gateway.contains(host) {
        return Place::WindowsGateway;
    }
    if known.lan.contains(host) {
        return Place::WindowsLan;
    }
    let Some(address) = host.v4().filter(|_| has_windows) else { return other };
    // Mirrored, both have the addresses of Windows.
    if known.mirrored && address.is_private() && matches!(side, Side::Windows | Side::Guest) {
        return Place::WindowsLan;
    }
    match side {
        // The first address of a /20 is the host's own.
        Side::Unknown | Side::Guest if is_first(address) => Place::WindowsGateway,
        Side::Windows | Side::Unknown if is_nat(address) => Place::WslAddress,
        Side::Guest if is_nat(address) => Place::WindowsGateway,
        Side::Lan if address.is_private() => Place::WindowsLan,
        _ => other,
    }
}

fn is_first(address: Ipv4Addr) -> bool {
    let [_, _, third, last] = address.octets();
    is_nat(address) && third % 16 == 0 && last == 1
}

/// 172.16.0.0/12, from which WSL takes its network.
fn is_nat(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [172, 16..=31, ..])
}

#[cfg(test)]
mod tests {
    use super::super::Evidence;
    use crate::evidence::fact::Kind;

    fn attempts(text: &str) -> Vec<String> {
        let show = |fact: &super::Fact| match &fact.kind {
            Kind::Attempt(it) => Some(format!("{} -> {} {}", fact.side, it.to, it.seen)),
            _ => None,
        };
        Evidence::read(text).facts.iter().filter_map(show).collect()
    }

    #[test]
    fn a_browser_runs_on_windows() {
        let text = "the browser cannot open localhost:3000\n";
        assert_eq!(attempts(&format!("Setup: WSL2\n\n{text}")), ["windows -> localhost fails"]);
        assert_eq!(attempts(&format!("Setup: none\n\n{text}")), ["unknown -> localhost fails"]);
    }

    #[test]
    fn an_address_of_the_nat_range_has_a_role() {
        let text = "Setup: WSL2\n\n- windows curl 172.20.1.2:80: refused\n";
        assert_eq!(attempts(text), ["windows -> wsl-ip refused"]);
        let text = "Setup: WSL2\n\n- wsl curl 172.20.0.1:80: timeout\n";
        assert_eq!(attempts(text), ["guest -> windows-gateway timeout"]);
    }
}
