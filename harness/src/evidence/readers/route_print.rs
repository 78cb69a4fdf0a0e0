//! Routing tables of Windows: `route print`, `netstat -r`, `Get-NetRoute`.
//!
//! A row of `route print` is four addresses and a metric; a link's own network has a translated
//! "On-link" in the place of its gateway.

use std::net::{IpAddr, Ipv4Addr};

use super::shape::{address, cidr, prefix_of_mask, words};
use crate::evidence::{
    document::Block,
    fact::{Kind, Route},
    host::Host,
    reader::{Reader, Sink},
    side::Side,
};

pub(super) const READER: Reader = Reader { name: "route print", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let cmdlet = block.ran(&["Get-NetRoute"]) || block.is_about("Get-NetRoute");
    for line in &block.lines {
        let words = words(*line);
        if let Some(route) = row(&words).or_else(|| object(&words, cmdlet)) {
            out.put(block.side.or(Side::Windows), line.span(), Kind::Route(route));
        }
    }
}

/// `0.0.0.0 0.0.0.0 192.168.0.1 192.168.0.80 45`
fn row(words: &[&str]) -> Option<Route> {
    let [destination, mask, gateway @ .., interface, metric] = words else { return None };
    let destination: Ipv4Addr = destination.parse().ok()?;
    let prefix = prefix_of_mask(mask)?;
    let interface = address(interface)?;
    let metric = metric.parse().ok()?;
    let gateway = match gateway {
        [one] if address(one).is_some() => address(one),
        // On-link, 在链路上, リンク上, Auf Verbindung, On-link.
        [_] | [_, _] | [_, _, _] => None,
        _ => return None,
    };
    let default = destination.is_unspecified() && prefix == 0;
    Some(Route {
        network: (!default).then_some((destination.into(), prefix)),
        gateway,
        interface: Some(interface.to_string()),
        metric: Some(metric),
    })
}

/// `12 172.28.16.0/20 0.0.0.0 5256 15 ActiveStore`: index, prefix, next hop, route and interface
/// metric.
fn object(words: &[&str], asked: bool) -> Option<Route> {
    let [index, prefix, hop, metric, ..] = words else { return None };
    if !asked || index.parse::<u32>().is_err() || !prefix.contains('/') {
        return None;
    }
    let (host, length) = cidr(prefix)?;
    let network: IpAddr = match host {
        Host::V4(address) => address.into(),
        Host::V6(address) => address.into(),
        _ => return None,
    };
    let metric: u32 = metric.parse().ok()?;
    let own = words.get(4).and_then(|own| own.parse::<u32>().ok()).unwrap_or(0);
    let length = length?;
    Some(Route {
        network: (length > 0 || !network.is_unspecified()).then_some((network, length)),
        gateway: Some(address(hop)?).filter(|hop| !hop.is_any()),
        interface: Some((*index).to_owned()),
        // What decides is the sum of both.
        metric: metric.checked_add(own),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::routes as shown;

    #[test]
    fn route_print_in_several_languages() {
        for link in ["On-link", "Auf Verbindung", "在链路上", "リンク上", "\u{fffd}\u{fffd}"]
        {
            let text = format!(
                "```\nC:\\> route print\n===========\n\
                 \x20         0.0.0.0          0.0.0.0      192.168.0.1     192.168.0.80     45\n\
                 \x20     172.28.16.0    255.255.240.0  {link}    172.28.16.1   5256\n\
                 \x20     10.0.0.0       255.0.0.0      {link}    10.61.168.xx      2\n```\n"
            );
            let expected = [
                "default 192.168.0.1 192.168.0.80 Some(45)",
                "172.28.16.0/20 - 172.28.16.1 Some(5256)",
                "10.0.0.0/8 - 10.61.168.xx Some(2)",
            ];
            assert_eq!(shown(&text), expected);
        }
    }

    #[test]
    fn get_net_route() {
        let text = "```\nPS> Get-NetRoute -AddressFamily IPv4\n\n\
            ifIndex DestinationPrefix NextHop RouteMetric ifMetric PolicyStore\n\
            ------- ----------------- ------- ----------- -------- -----------\n\
            23      172.28.16.0/20    0.0.0.0 256         15       ActiveStore\n\
            7       0.0.0.0/0         10.0.0.1 0          35       ActiveStore\n```\n";
        let expected = ["172.28.16.0/20 - 23 Some(271)", "default 10.0.0.1 7 Some(35)"];
        assert_eq!(shown(text), expected);
    }
}
