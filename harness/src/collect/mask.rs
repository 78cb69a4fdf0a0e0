//! Masks: secrets, users, hosts and public addresses, the same thing always behind the same mask.
//!
//! A masked report must still be readable by a diagnosis, so addresses of private networks,
//! loopback and well-known names stay, and a mask has the shape of what it hides: `x.x.x.1` for an
//! address, `host1` for a name.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::evidence::{
    fact::Place,
    host::{Endpoint, Host},
};

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

    /// Names that stand in the text itself: homes, rows of hosts files, search domains, proxies.
    fn learn(&mut self, text: &str) {
        for line in text.lines() {
            for home in ["/home/", r"\Users\", "/Users/"] {
                for (at, _) in line.match_indices(home) {
                    let rest = line.get(at + home.len()..).unwrap_or_default();
                    let name = rest.split(|c: char| !is_name(c)).next().unwrap_or_default();
                    self.user(name);
                }
            }
            let mut words = line.split_whitespace();
            match words.next() {
                Some("search" | "domain") => words.for_each(|word| self.host(word)),
                Some(first) if first.parse::<IpAddr>().is_ok() => {
                    let names: Vec<&str> =
                        words.take_while(|word| !word.starts_with('#')).collect();
                    let is_hosts = !names.is_empty()
                        && names.iter().all(|name| {
                            matches!(Host::parse(name), Some(Host::Name(_))) && name.len() > 1
                        });
                    // `inet 10.0.0.1 brd …` starts with a word, a routing table with numbers.
                    if is_hosts && line.trim_start().len() == line.len() {
                        names.into_iter().for_each(|name| self.host(name));
                    }
                }
                _ => {}
            }
            for url in line.split(['"', '\'', ' ', '=', ';', ',']).filter(|it| it.contains("://")) {
                if let Some(Endpoint { host: Host::Name(name), .. }) = Endpoint::of_url(url) {
                    self.host(&name);
                }
            }
        }
    }

    /// The text with everything hidden.
    pub fn apply(&mut self, text: &str) -> String {
        self.learn(text);
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            if is_version(line) {
                out.push_str(line);
                continue;
            }
            let line = secrets(line);
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
            let next = self.links.len() + 1;
            let mask = self
                .links
                .entry(bare.to_ascii_lowercase().replace('-', ":"))
                .or_insert_with(|| format!("xx:xx:xx:xx:xx:{next:02x}"));
            return format!("{mask}{tail}");
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

    fn address(&mut self, address: IpAddr, written: &str) -> String {
        if !is_public(address) {
            return written.to_owned();
        }
        let next = self.addresses.len() + 1;
        let mask = self.addresses.entry(address).or_insert_with(|| match address {
            IpAddr::V4(_) => format!("x.x.x.{next}"),
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

/// What only its owner may know: in a URL before the `@`, and behind a word for it.
fn secrets(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some(scheme) = line.find("://") {
        let start = scheme + 3;
        let authority = line[start..].find(['/', ' ', '"', '\'']).unwrap_or(line.len() - start);
        if let Some(at) = line[start..start + authority].rfind('@') {
            line.replace_range(start..start + at, "***");
        }
    }
    let lower = line.to_ascii_lowercase();
    for word in ["password", "passwd", "token", "secret", "api_key", "apikey", "authorization"] {
        let Some(at) = lower.find(word) else { continue };
        let Some(sign) = lower[at..].find(['=', ':']).filter(|sign| *sign < word.len() + 12) else {
            continue;
        };
        let start = at + sign + 1;
        let end = line.trim_end().len();
        if start < end {
            line.replace_range(start..end, " ***");
        }
        break;
    }
    line
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
}
