//! `ipconfig` and `ipconfig /all`.

use std::net::{IpAddr, Ipv4Addr};

use super::{
    WindowsError,
    network::{Adapter, Network},
    not_modelled, succeeded,
};
use crate::{agent::protocol::Output, topology::COMPUTER_NAME};

/// Runs `ipconfig` with these arguments.
///
/// # Errors
/// Arguments other than `/all`.
pub fn run(network: &Network, arguments: &[String]) -> Result<Output, WindowsError> {
    let all = match arguments {
        [] => false,
        [all] if ["/all", "-all"].contains(&all.to_lowercase().as_str()) => true,
        _ => {
            let line = format!("`ipconfig {}`", arguments.join(" "));
            return Err(not_modelled(line, "`ipconfig`, `ipconfig /all`"));
        }
    };
    let mut text = String::from("\nWindows IP Configuration\n\n");
    if all {
        text += &field("Host Name", COMPUTER_NAME);
        text += &field("Primary Dns Suffix ", "");
        text += &field("Node Type", "Hybrid");
        text += &field("IP Routing Enabled", "No");
        text += &field("WINS Proxy Enabled", "No");
    }
    for adapter in &network.adapters {
        text += &format!("\nEthernet adapter {}:\n\n", adapter.alias);
        text += &section(network, adapter, all);
    }
    Ok(succeeded(text))
}

fn section(network: &Network, adapter: &Adapter, all: bool) -> String {
    let mut text = field("Connection-specific DNS Suffix ", "");
    if all {
        text += &field("Description", adapter.description);
        text += &field("Physical Address", &adapter.mac.to_string());
        text += &field("DHCP Enabled", "No");
        text += &field("Autoconfiguration Enabled", "Yes");
    }
    let preferred = if all { "(Preferred)" } else { "" };
    let of = network.addresses.iter().filter(|address| address.index == adapter.index);
    for address in of.clone() {
        if let IpAddr::V6(ip) = address.address {
            let name =
                if ip.is_unicast_link_local() { "Link-local IPv6 Address" } else { "IPv6 Address" };
            text += &field(name, &format!("{ip}%{}{preferred}", adapter.index));
        }
    }
    for address in of {
        if let IpAddr::V4(ip) = address.address {
            let mask = u32::MAX.checked_shl(32 - u32::from(address.prefix)).unwrap_or(0);
            text += &field("IPv4 Address", &format!("{ip}{preferred}"));
            text += &field("Subnet Mask", &Ipv4Addr::from_bits(mask).to_string());
        }
    }
    let gateway = network.routes.iter().find(|route| {
        route.index == adapter.index && route.prefix == 0 && route.next_hop.is_some()
    });
    let gateway = gateway.and_then(|route| route.next_hop).map(|hop| hop.to_string());
    text + &field("Default Gateway", &gateway.unwrap_or_default())
}

/// `   Name . . . . . : value`, the colons below each other and the dots at even places.
fn field(name: &str, value: &str) -> String {
    const WIDTH: usize = 34;
    let length = name.chars().count();
    let dots = (length..WIDTH).map(|place| if place % 2 == 0 { '.' } else { ' ' });
    format!("   {name}{}: {value}\n", dots.collect::<String>())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("IPv4 Address", "   IPv4 Address. . . . . . . . . . . : x\n")]
    #[case("Subnet Mask", "   Subnet Mask . . . . . . . . . . . : x\n")]
    #[case("Connection-specific DNS Suffix ", "   Connection-specific DNS Suffix  . : x\n")]
    fn a_field_has_the_dots_of_windows(#[case] name: &str, #[case] line: &str) {
        assert_eq!(field(name, "x"), line);
    }
}
