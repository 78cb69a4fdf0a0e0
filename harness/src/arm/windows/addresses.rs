//! Where this machine is, as its own programs tell it.

use std::net::{IpAddr, Ipv4Addr};

use super::{Addresses, guest, guest::Guest, programs};
use crate::{arm::ArmError, windows_text::ipconfig};

/// Asks the guest for its gateway, and Windows for its adapters.
///
/// # Errors
/// When the guest has no default route, or Windows no adapter on a LAN.
pub(super) async fn addresses(guest: &Guest) -> Result<Addresses, ArmError> {
    let routes = guest.shell("ip -4 route show default").await?;
    let gateway = guest::via(&routes).ok_or_else(|| ArmError::Refused {
        operation: "find Windows on the virtual switch".to_owned(),
        reason: format!("the guest has no default route: {routes}"),
        hint: Some("the arm needs networkingMode=nat".to_owned()),
    })?;
    let adapters = ipconfig::read(&programs::run("ipconfig", &[]).await?.stdout);
    let foreign = |address: &&IpAddr| {
        address.is_ipv4() && !address.is_loopback() && **address != IpAddr::V4(gateway)
    };
    let mut candidates: Vec<(usize, IpAddr)> = adapters
        .iter()
        .filter(|adapter| !adapter.addresses.contains(&gateway.into()))
        .filter_map(|adapter| {
            let own = adapter.addresses.iter().find(foreign)?;
            // One with a gateway leads somewhere.
            Some((adapter.addresses.iter().filter(foreign).count(), *own))
        })
        .collect();
    candidates.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let lan = candidates.first().map(|(_, address)| *address);
    let lan = lan.ok_or_else(|| ArmError::Refused {
        operation: "find Windows on the LAN".to_owned(),
        reason: "ipconfig lists no adapter with an IPv4 address beside WSL's".to_owned(),
        hint: None,
    })?;
    Ok(Addresses { gateway: gateway.into(), lan })
}

/// Another host of the same network, far enough from the first to be seen at once.
pub(super) fn another(address: Ipv4Addr) -> Ipv4Addr {
    let [a, b, c, d] = address.octets();
    // Within a /20: the low four bits of the third part are the host's.
    Ipv4Addr::new(a, b, (c & 0xf0) | ((c + 1) & 0x0f), d.wrapping_add(17).clamp(2, 250))
}
