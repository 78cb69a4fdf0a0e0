//! Masks: secrets, users, hosts and public addresses, the same thing always behind the same mask.
//!
//! A masked report must still be readable by a diagnosis, so addresses of private networks,
//! loopback and well-known names stay, and a mask has the shape of what it hides: `x.x.x.1` for an
//! address, `host1` for a name.

mod learn;
mod names;
mod secrets;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::evidence::fact::Place;

/// What has been masked so far.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// Users and hosts by their masks.
    known: BTreeMap<String, String>,
    /// The short names of machines that were told, with nothing but their mask.
    machines: BTreeMap<String, String>,
    /// Addresses by their masks.
    addresses: BTreeMap<IpAddr, String>,
    /// MAC addresses by their masks.
    links: BTreeMap<String, String>,
    users: usize,
    hosts: usize,
}

/// Names that everybody has, and words that a host or user may have for a name.
const PUBLIC: [&str; 47] = [
    "localhost",
    "localdomain",
    "mshome.net",
    "home.arpa",
    "example.com",
    "example.net",
    "example.org",
    "www.example.com",
    "docker-desktop",
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
    // Words of reports, and of the tools whose output is shown: hiding one would make it unreadable.
    "admin",
    "debian",
    "dev",
    "docker",
    "dynamic",
    "eth0",
    "fedora",
    "global",
    "http",
    "https",
    "inet",
    "inet6",
    "internal",
    "link",
    "lo",
    "pc",
    "proxy",
    "scope",
    "server",
    "src",
    "state",
    "ubuntu",
    "via",
    "windows",
];

impl Masks {
    /// Hides the name of a user wherever it stands as a word.
    pub fn user(&mut self, name: &str) {
        self.name(name, |masks| {
            masks.users += 1;
            format!("user{}", masks.users)
        });
    }

    /// Hides the name of this machine, or of one that is told like it: whole, and in its short form
    /// wherever that stands.
    pub fn host(&mut self, name: &str) {
        if let Some((short, mask)) = self.hide(name, true) {
            self.name(&short, |_| mask.clone());
            self.machines.entry(short).or_insert(mask);
        }
    }

    /// Hides the name of a host that the text is about. Its short form may be a word as well, unless
    /// it is one that only a machine has.
    fn named(&mut self, name: &str) {
        if let Some((short, mask)) = self.hide(name, false)
            && names::is_telling(&short)
        {
            self.name(&short, |_| mask);
        }
    }

    /// Hides the whole name, and returns its short form with the mask for that. `own`: it is that of
    /// a machine, whatever word it is.
    fn hide(&mut self, name: &str, own: bool) -> Option<(String, String)> {
        let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
        let (head, ending) = names::without_ending(&name);
        let short = head.split('.').next().unwrap_or(head);
        let public = [name.as_str(), head].iter().any(|it| PUBLIC.contains(it));
        if public || names::is_everybodys(&name) {
            return None;
        }
        let known = self.machines.get(short).cloned();
        let mask = known.unwrap_or_else(|| format!("host{}", self.hosts + 1));
        let shown = names::shaped(&mask, head);
        // What stands before `.local` may be any word: then only both together are hidden.
        let word = !own && !ending.is_empty() && !head.contains('.') && !names::is_telling(head);
        let (key, shown) = if word { (&*name, shown + ending) } else { (head, shown) };
        let before = self.known.len();
        self.name(key, |_| shown);
        let new = self.known.len() > before;
        self.hosts += usize::from(new && !self.machines.contains_key(short));
        (new && !word && short.parse::<u8>().is_err()).then(|| (short.to_owned(), mask))
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
        let (head, ending) = names::without_ending(host);
        if !ending.is_empty()
            && let Some(mask) = self.known.get(&head.to_ascii_lowercase())
        {
            return format!("{mask}{ending}{port}{tail}");
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
        self.machines_in(token)
    }

    /// This machine's name as a part of a word: `backup-janes-pc.tar`.
    fn machines_in(&self, token: &str) -> String {
        let mut out = token.to_owned();
        for (name, mask) in self.machines.iter().filter(|(name, _)| names::is_telling(name)) {
            let mut from = 0;
            while let Some(at) = out.to_ascii_lowercase()[from..].find(name.as_str()) {
                let (start, end) = (from + at, from + at + name.len());
                let alone = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
                if alone(out[..start].chars().next_back()) && alone(out[end..].chars().next()) {
                    out.replace_range(start..end, mask);
                    from = start + mask.len();
                } else {
                    from = end;
                }
            }
        }
        out
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
mod tests;
