//! `ipconfig`: an adapter's heading stands at the margin, what it has stands below it; what looks
//! like an address is one, whatever it is called.

use std::net::{IpAddr, Ipv4Addr};

/// An adapter and its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Adapter {
    /// Its heading, translated words and all, without the colon.
    pub heading: String,
    /// Its own addresses and its gateway's, in the order of the text, masks left out.
    pub addresses: Vec<IpAddr>,
}

/// The adapters that the text lists.
pub fn read(text: &str) -> Vec<Adapter> {
    let mut adapters: Vec<Adapter> = Vec::new();
    for line in text.lines() {
        let body = line.trim();
        if body.is_empty() {
            continue;
        }
        if !line.starts_with(char::is_whitespace) {
            let heading = body.trim_end_matches([':', '：', ' ', '\u{a0}', '\u{fffd}']);
            adapters.push(Adapter { heading: heading.to_owned(), addresses: Vec::new() });
        } else if let Some(adapter) = adapters.last_mut() {
            adapter.addresses.extend(address(body));
        }
    }
    adapters.retain(|adapter| !adapter.addresses.is_empty());
    adapters
}

/// The address at the end of a line, `(preferred)` in any language and a zone cut off.
fn address(body: &str) -> Option<IpAddr> {
    // Behind the dots there is a colon and a blank; a second gateway stands alone.
    let value = body.split_once(": ").map_or(body, |(_, value)| value).trim();
    let value = value.split(['(', '（', '%']).next()?.trim();
    let address: IpAddr = value.parse().ok()?;
    (!is_mask(address)).then_some(address)
}

fn is_mask(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            bits.leading_ones() + bits.trailing_zeros() == 32 && address != Ipv4Addr::UNSPECIFIED
        }
        IpAddr::V6(_) => false,
    }
}
