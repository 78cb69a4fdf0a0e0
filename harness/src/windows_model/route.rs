//! `route print`: the routing table of IPv4.

use std::net::{IpAddr, Ipv4Addr};

use super::{WindowsError, network::Network, not_modelled, succeeded};
use crate::agent::protocol::Output;

const RULE: &str = "===========================================================================\n";

/// Runs `route` with these arguments.
///
/// # Errors
/// Anything but `print`, with or without `-4`.
pub fn run(network: &Network, arguments: &[String]) -> Result<Output, WindowsError> {
    let words: Vec<String> = arguments.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if !matches!(words.as_slice(), ["print"] | ["print", "-4"] | ["-4", "print"]) {
        let line = format!("`route {}`", arguments.join(" "));
        return Err(not_modelled(line, "`route print`, `route print -4`, both without IPv6"));
    }
    let mut text = format!("{RULE}Interface List\n");
    for adapter in &network.adapters {
        let mac = adapter.mac.to_string().replace('-', " ").to_lowercase();
        text += &format!("{:>3}...{mac} ......{}\n", adapter.index, adapter.description);
    }
    text += &format!("{:>3}...........................Software {}\n", 1, "Loopback Interface 1");
    text += &format!("{RULE}\nIPv4 Route Table\n{RULE}Active Routes:\n");
    text += "Network Destination        Netmask          Gateway       Interface  Metric\n";
    for route in &network.routes {
        let IpAddr::V4(destination) = route.destination else { continue };
        let mask = u32::MAX.checked_shl(32 - u32::from(route.prefix)).unwrap_or(0);
        let own = network
            .addresses
            .iter()
            .find(|address| address.index == route.index && address.address.is_ipv4());
        let own = own.map_or_else(|| "127.0.0.1".to_owned(), |own| own.address.to_string());
        let hop = route.next_hop.filter(|hop| !hop.is_unspecified());
        let gateway = hop.map_or_else(|| "On-link".to_owned(), |hop| hop.to_string());
        text += &format!(
            "{:>17} {:>16} {gateway:>16} {own:>15} {:>6}\n",
            destination.to_string(),
            Ipv4Addr::from_bits(mask).to_string(),
            route.metric
        );
    }
    text += &format!("{RULE}Persistent Routes:\n  None\n");
    Ok(succeeded(text))
}
