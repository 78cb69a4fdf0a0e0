//! Masks: secrets, users, hosts and public addresses, the same thing always behind the same mask.
//!
//! A masked report must still be readable by a diagnosis, so addresses of private networks,
//! loopback and well-known names stay, and a mask has the shape of what it hides: `x.x.x.1` for an
//! address, `host1` for a name.

mod learn;
mod secrets;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::evidence::fact::Place;

/// What has been masked so far.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// Names that were told: users and hosts of the machine.
    known: BTreeMap<String, String>,
    /// Addresses by their masks.
    addresses: BTreeMap<IpAddr, String>,
    /// MAC addresses by their masks.
    links: BTreeMap<String, String>,
    users: usize,
    hosts: usize,
}

/// Names that everybody has, and words that a host or user may have for a name.
const PUBLIC: [&str; 32] = [
    "localhost",
    "localdomain",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-mcastprefix",
    "ip6-allhosts",
    "broadcasthost",
    "wpad",
    "root",
    "host",
    "user",
    "wsl",
    // Words of the tools whose output is shown: hiding one would make it unreadable.
    "admin",
    "dev",
    "dynamic",
    "eth0",
    "global",
    "http",
    "https",
    "inet",
    "inet6",
    "link",
    "lo",
    "proxy",
    "scope",
    "src",
    "state",
    "via",
];

impl Masks {
    /// Hides the name of a user wherever it stands as a word.
    pub fn user(&mut self, name: &str) {
        self.name(name, |masks| {
            masks.users += 1;
            format!("user{}", masks.users)
        });
    }

    /// Hides the name of a host, whole and in its short form.
    pub fn host(&mut self, name: &str) {
        let name = name.trim_end_matches('.');
        let local = name.ends_with(".internal") || name.ends_with(".home.arpa");
        if local || PUBLIC.contains(&name.to_ascii_lowercase().as_str()) {
            return;
        }
        let short = name.split('.').next().unwrap_or(name).to_owned();
        self.name(name, |masks| {
            masks.hosts += 1;
            format!("host{}", masks.hosts)
        });
        if short != name
            && short.parse::<u8>().is_err()
            && let Some(mask) = self.known.get(&name.to_ascii_lowercase()).cloned()
        {
            self.name(&short, |_| mask);
        }
    }

    fn name(&mut self, name: &str, mask: impl FnOnce(&mut Masks) -> String) {
        let key = name.trim().to_ascii_lowercase();
        let tells_nothing = key.len() < 2 || PUBLIC.contains(&key.as_str());
        if !tells_nothing && !self.known.contains_key(&key) {
            let mask = mask(self);
            self.known.insert(key, mask);
        }
    }

    /// The text with everything hidden.
    pub fn apply(&mut self, text: &str) -> String {
        learn::learn(self, text);
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            if is_version(line) {
                out.push_str(line);
                continue;
            }
            let line = self.spaced_link(&secrets::hide(line));
            let mut rest = line.as_str();
            while !rest.is_empty() {
                let end = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
                if end == 0 {
                    let next = rest.find(is_token).unwrap_or(rest.len());
                    out.push_str(&rest[..next]);
                    rest = &rest[next..];
                    continue;
                }
                out.push_str(&self.token(&rest[..end]));
                rest = &rest[end..];
            }
        }
        out
    }

    fn token(&mut self, token: &str) -> String {
        let bare = token.trim_end_matches([':', '.']);
        let tail = &token[bare.len()..];
        if let Some(mask) = self.known.get(&bare.to_ascii_lowercase()) {
            return format!("{mask}{tail}");
        }
        if is_mac(bare) {
            return format!("{}{tail}", self.link(bare));
        }
        let (host, port) = match bare.parse::<IpAddr>() {
            Ok(_) => (bare, ""),
            Err(_) => match bare.rfind(':') {
                Some(at) => bare.split_at(at),
                None => (bare, ""),
            },
        };
        if let Ok(address) = host.parse::<IpAddr>() {
            return format!("{}{port}{tail}", self.address(address, host));
        }
        if let Some(mask) = self.known.get(&host.to_ascii_lowercase()) {
            return format!("{mask}{port}{tail}");
        }
        // Names with a domain behind a known one: `pc.corp.example`.
        let parts: BTreeSet<&str> = host.split('.').collect();
        if parts.len() > 1
            && let Some((known, mask)) = self
                .known
                .iter()
                .find(|(known, _)| host.to_ascii_lowercase().ends_with(&format!(".{known}")))
        {
            let head = &host[..host.len() - known.len()];
            return format!("{head}{mask}{port}{tail}");
        }
        token.to_owned()
    }

    fn link(&mut self, mac: &str) -> String {
        let next = self.links.len() + 1;
        let key = mac.to_ascii_lowercase().replace(['-', ' '], ":");
        self.links.entry(key).or_insert_with(|| format!("xx:xx:xx:xx:xx:{next:02x}")).clone()
    }

    /// The list of interfaces of `route print` has them with spaces: `12...00 15 5d 32 1c 5d ......`.
    fn spaced_link(&mut self, line: &str) -> String {
        const LENGTH: usize = "00 15 5d 32 1c 5d".len();
        let Some(at) = line.find("...").map(|at| at + 3) else { return line.to_owned() };
        match line.get(at..at + LENGTH) {
            Some(mac) if is_mac(&mac.replace(' ', ":")) => {
                format!("{}{}{}", &line[..at], self.link(mac), &line[at + LENGTH..])
            }
            _ => line.to_owned(),
        }
    }

    fn address(&mut self, address: IpAddr, written: &str) -> String {
        let of_link = is_of_link(address);
        if !is_public(address) && !of_link {
            return written.to_owned();
        }
        let next = self.addresses.len() + 1;
        let mask = self.addresses.entry(address).or_insert_with(|| match address {
            IpAddr::V4(_) => format!("x.x.x.{next}"),
            IpAddr::V6(_) if of_link => format!("fe80::{next:x}"),
            // The prefix that documents use.
            IpAddr::V6(_) => format!("2001:db8::{next:x}"),
        });
        mask.clone()
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn is_token(c: char) -> bool {
    is_name(c) || c == ':'
}

fn is_mac(token: &str) -> bool {
    let parts: Vec<&str> = token.split([':', '-']).collect();
    let zero = parts.iter().all(|part| matches!(*part, "00" | "ff"));
    let hex = |part: &&str| part.len() == 2 && part.chars().all(|c| c.is_ascii_hexdigit());
    parts.len() == 6 && parts.iter().all(hex) && !zero
}

/// `WSL version: 2.6.1.0`, in any language: four numbers, the last of them 0, and nothing else.
fn is_version(line: &str) -> bool {
    let value = line.trim().rsplit([':', '：']).next().unwrap_or_default().trim();
    let ends = value.ends_with(".0") && value.parse::<Ipv4Addr>().is_ok();
    ends && line.trim() != value && !value.starts_with("255.")
}

/// Whether it is a link-local one made of a MAC address.
fn is_of_link(address: IpAddr) -> bool {
    let IpAddr::V6(v6) = address else { return false };
    let bytes = v6.octets();
    bytes[..2] == [0xfe, 0x80] && bytes[11..13] == [0xff, 0xfe]
}

/// Whether an address says where in the world a machine is.
fn is_public(address: IpAddr) -> bool {
    match address {
        // The mask of a network is none.
        IpAddr::V4(v4) if v4.octets()[0] == 255 => false,
        IpAddr::V4(_) => Place::of(&address.into()) == Place::Internet,
        IpAddr::V6(v6) => {
            let documentation = matches!(v6.segments(), [0x2001, 0xdb8, ..]);
            let global = v6.segments()[0] & 0xe000 == 0x2000;
            v6 != Ipv6Addr::LOCALHOST && global && !documentation
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut masks = Masks::default();
        masks.user("jane");
        masks.host("JANES-PC");
        masks.apply(text)
    }

    #[test]
    fn the_same_thing_has_the_same_mask() {
        let text = "8.8.8.8 and 9.9.9.9:53, then 8.8.8.8:443. On Janes-PC, janes-pc.\n";
        let expected = "x.x.x.1 and x.x.x.2:53, then x.x.x.1:443. On host1, host1.\n";
        assert_eq!(masked(text), expected);
    }

    #[test]
    fn private_addresses_and_loopback_stay() {
        let text = "172.28.16.1/20 127.0.0.1:80 [::1]:80 fe80::1%eth0 192.168.0.7 0.0.0.0:* *:80\n";
        assert_eq!(masked(text), text);
    }

    #[test]
    fn names_in_the_text_are_learned() {
        let text = "10.0.0.9 build.corp.example build\nsearch corp.example\n\
            http_proxy=http://jane:pa55@proxy.corp.example:3128\n127.0.0.1 localhost\n";
        let masked = masked(text);
        for gone in ["corp", "jane", "pa55", "build"] {
            assert!(!masked.contains(gone), "{gone} in {masked}");
        }
        assert!(masked.contains(":3128") && masked.contains("127.0.0.1 localhost"), "{masked}");
    }

    #[test]
    fn homes_secrets_and_links() {
        let text =
            "/home/max/src C:\\Users\\Max\\x\nAPI_TOKEN=abc def\nlink/ether 00:15:5d:32:1c:5d\n";
        let masked = masked(text);
        assert!(!masked.contains("max") && !masked.contains("Max") && !masked.contains("abc"));
        assert!(masked.contains("xx:xx:xx:xx:xx:01"), "{masked}");
    }

    #[test]
    fn versions_and_netmasks_stay() {
        let text = "WSL version: 2.6.1.0\nSubnet Mask . . . : 255.255.240.0\n127.0.0.0 255.0.0.0\n";
        assert_eq!(masked(text), text);
    }

    #[test]
    fn ipv6_of_the_world() {
        let text = "inet6 2a02:8070:1:2::5/64 scope global\n";
        assert_eq!(masked(text), "inet6 2001:db8::1/64 scope global\n");
    }

    #[test]
    fn proxies_and_what_is_not_sent_to_them() {
        let text = "no_proxy=localhost,127.0.0.1,intern.corp.example,.lab.example,172.16.0.0/12\n\
            https_proxy=max:pa55/wd@gate.corp.example:3128\n\
            \u{20}   ProxyServer    REG_SZ    http=cache.example:80;https=x:y@cache.example:81\n\
            \u{20}   ProxyOverride    REG_SZ    *.dom.example;<local>\n\
            see http://a:b@one.example/ and http://c:d@two.example/\n";
        let masked = masked(text);
        for gone in ["corp", "lab.", "max", "pa55", "wd@", "gate", "cache", "x:y", "dom", "c:d"] {
            assert!(!masked.contains(gone), "{gone} in {masked}");
        }
        for kept in ["localhost,127.0.0.1,", "172.16.0.0/12", ":3128", "<local>", "http=host"] {
            assert!(masked.contains(kept), "{kept} not in {masked}");
        }
    }

    #[test]
    fn owners_of_processes_escaped_homes_and_mail() {
        let text = "USER  PID COMMAND\nmoritz 77 python3\nlongish+ 78 node\n```\n\
            kernel=C:\\\\Users\\\\Erika\\\\vmlinux\nC:\\Users\\Anna Lena\\x\nask jo@mail.example\n";
        let masked = masked(text);
        for gone in ["moritz", "longish", "Erika", "Anna", "Lena", "jo@", "mail.example"] {
            assert!(!masked.contains(gone), "{gone} in {masked}");
        }
        assert!(masked.contains("77 python3"), "{masked}");
    }

    #[test]
    fn a_mac_address_hides_in_others() {
        let text = " 12...00 15 5d 32 1c 5d ......Hyper-V Adapter\nlink/ether 00:15:5d:32:1c:5d\n\
            inet6 fe80::215:5dff:fe32:1c5d/64 scope link\n3: eth0@if2: <UP>\napp@1.0.0 @angular/cli\n\
            \u{20}  Connection-specific DNS Suffix  . : corp.example\n";
        let expected = " 12...xx:xx:xx:xx:xx:01 ......Hyper-V Adapter\n\
            link/ether xx:xx:xx:xx:xx:01\ninet6 fe80::1/64 scope link\n3: eth0@if2: <UP>\napp@1.0.0 @angular/cli\n\
            \u{20}  Connection-specific DNS Suffix  . : host2\n";
        assert_eq!(masked(text), expected);
    }
}
