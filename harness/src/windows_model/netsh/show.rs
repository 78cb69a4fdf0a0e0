//! What `netsh interface portproxy show` and `dump` print, in netsh's own layout.

use crate::windows_model::portproxy::{Direction, Family, Rule};

/// The tables of these rules, one for each direction that has any; an empty line for none.
pub(super) fn tables(rules: &[Rule]) -> String {
    let mut text = String::from("\n");
    for direction in Direction::ALL {
        let of: Vec<_> = rules.iter().filter(|rule| rule.key.direction == direction).collect();
        if of.is_empty() {
            continue;
        }
        let listens = format!("Listen on {}:", family(direction.listens()));
        text += &format!("{listens:<28}Connect to {}:\n\n", family(direction.connects()));
        text += "Address         Port        Address         Port\n";
        text += "--------------- ----------  --------------- ----------\n";
        for Rule { key, destination } in of {
            text += &format!(
                "{:<15} {:<10}  {:<15} {}\n",
                key.address, key.port, destination.address, destination.port
            );
        }
        text.push('\n');
    }
    text
}

const fn family(family: Family) -> &'static str {
    match family {
        Family::V4 => "ipv4",
        Family::V6 => "ipv6",
    }
}

/// The script that makes these rules again.
pub(super) fn script(rules: &[Rule]) -> String {
    let mut text = String::from(
        "\n#========================\n# Port Proxy configuration\n#========================\n\
         pushd interface portproxy\n\nreset\n",
    );
    for Rule { key, destination } in rules {
        text += &format!(
            "add {} listenport={} connectaddress={} connectport={}",
            key.direction.name(),
            key.port,
            destination.address,
            destination.port
        );
        if key.address != "*" {
            text += &format!(" listenaddress={}", key.address);
        }
        text.push('\n');
    }
    text + "\n\npopd\n\n# End of Port Proxy configuration\n\n"
}
