//! Which words are names of hosts. Files, packages, units and pieces of code have dots as well: what
//! may be one of those stays, unless something beside it says that it is a host.

use crate::evidence::{fact::Place, host::Host};

/// Endings of names that say how they are looked up, which a diagnosis goes by: only what stands
/// before them is hidden.
const TELLING: [&str; 4] = [".localhost", ".local", ".mshome.net", ".home.arpa"];

/// Before `.internal`: the engines whose names for a host are the same on every machine.
const ENGINES: [&str; 7] =
    ["docker", "containers", "lima", "minikube", "rancher-desktop", "orb", "testcontainers"];

/// Whose names tell nothing of a machine, and those that only look like names.
const KEPT: [&str; 24] = [
    "aka.ms",
    "archlinux.org",
    "asp.net",
    "bing.com",
    "cloudflare.com",
    "debian.org",
    "docker.com",
    "docker.io",
    "fedoraproject.org",
    "ghcr.io",
    "github.com",
    "githubusercontent.com",
    "golang.org",
    "google.com",
    "googleapis.com",
    "k8s.io",
    "microsoft.com",
    "nodejs.org",
    "npmjs.org",
    "pypi.org",
    "ubuntu.com",
    "vb.net",
    "windows.com",
    "windowsupdate.com",
];

/// Endings that nothing but a name has.
const ENDINGS: [&str; 12] = [
    "arpa", "com", "corp", "edu", "example", "gov", "intra", "intranet", "lan", "local", "net",
    "org",
];

/// Endings that a word of code or a file may have too, so that three parts make a name, or a port.
const SHARED: [&str; 58] = [
    "ai", "app", "at", "au", "be", "bg", "biz", "box", "br", "ca", "ch", "cl", "cloud", "cn", "co",
    "cz", "de", "dev", "dk", "ee", "es", "eu", "fi", "fr", "gr", "home", "hr", "hu", "ie", "il",
    "in", "info", "internal", "io", "ir", "it", "jp", "kr", "lt", "lu", "lv", "mx", "nl", "nz",
    "pt", "ro", "ru", "se", "sg", "si", "sk", "test", "tr", "tw", "ua", "uk", "us", "za",
];

/// How packages and units of buses begin, which are names the other way round.
const REVERSED: [&str; 7] = ["com", "org", "net", "io", "dev", "edu", "gov"];

/// Whether a word outside of a URL is the name of a host. `port`: one follows it.
pub(super) fn is_host(word: &str, port: bool) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let [first, .., last] = labels.as_slice() else { return false };
    let last = last.to_ascii_lowercase();
    let least = if port { 2 } else { 3 };
    let ends = ENDINGS.contains(&last.as_str())
        || SHARED.contains(&last.as_str()) && labels.len() >= least;
    ends && !REVERSED.contains(first) && labels.iter().all(|label| is_label(label))
}

/// Letters of one case, digits and dashes; `System.Net` is code.
fn is_label(label: &str) -> bool {
    let own = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mixed = label.chars().any(|c| c.is_ascii_lowercase())
        && label.chars().any(|c| c.is_ascii_uppercase());
    let edges = label.starts_with('-') || label.ends_with('-');
    !label.is_empty() && label.chars().all(own) && !mixed && !edges
}

/// Whether everybody has this name, so that it says nothing of a machine. It is in lower case.
pub(super) fn is_everybodys(name: &str) -> bool {
    let engine = |rest: &str| ENGINES.iter().any(|it| rest.rsplit('.').next() == Some(it));
    name.strip_suffix(".internal").is_some_and(engine)
        || KEPT.iter().any(|kept| {
            name.strip_suffix(kept).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

/// A name and the ending that is to be kept.
pub(super) fn without_ending(name: &str) -> (&str, &str) {
    let lower = name.to_ascii_lowercase();
    let found = TELLING.iter().find(|ending| lower.ends_with(*ending));
    name.split_at(name.len() - found.map_or(0, |ending| ending.len()))
}

/// Whether a name without dots can only be a machine's: `db01`, `DESKTOP-AB12CD3`, not `docker`.
pub(super) fn is_telling(short: &str) -> bool {
    let digit = short.chars().any(|c| c.is_ascii_digit());
    let letter = short.chars().any(|c| c.is_ascii_alphabetic());
    let families = matches!(short, "ipv4" | "ipv6" | "ip4" | "ip6" | "http2" | "x86-64");
    letter && short.len() > 3 && (digit || short.contains('-')) && !families
}

/// The mask of a name, in its shape: one of the internet stays one.
pub(super) fn shaped(mask: &str, name: &str) -> String {
    let internet = Host::parse(name).is_some_and(|host| Place::of(&host) == Place::Internet);
    if internet { format!("{mask}.example.com") } else { mask.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for name in [
            "db01.corp.example.com",
            "db01.corp",
            "JANES-PC.fritz.box",
            "shop.example",
            "api.eu-west.shop.io",
            "PC.CORP.LAN",
            "registry.shop.co.uk",
            "ip-10-0-0-5.ec2.internal",
        ] {
            assert!(is_host(name, false), "{name}");
        }
        assert!(is_host("shop.io", true) && !is_host("shop.io", false));
    }

    #[test]
    fn files_packages_units_and_code() {
        for word in [
            "vite.config.js",
            "main.go",
            "app.py",
            "docker-compose.local.yml",
            "appsettings.Development.json",
            "docker.service",
            "systemd-resolved.service",
            "org.freedesktop.NetworkManager",
            "com.docker.backend",
            "com.docker.dev",
            "System.Net",
            "System.Net.Sockets.SocketException",
            "Microsoft.AspNetCore.App",
            "process.env",
            "socket.io",
            "node.js",
            "index.d.ts",
            "req.user.id",
            "libc.so.6",
            "1.2.3",
            "v18.17.0",
            "172.28.16.1",
            "net.ipv4.ip_forward",
            "resolv.conf",
            ".env.local",
            "wslservice.exe",
            "localhost",
        ] {
            assert!(!is_host(word, false), "{word}");
        }
        for word in ["main.go", "app.py", "mod.rs", "index.ts"] {
            assert!(!is_host(word, true), "{word}:42");
        }
    }

    #[test]
    fn what_everybody_has() {
        for name in ["host.docker.internal", "github.com", "api.github.com", "registry.k8s.io"] {
            assert!(is_everybodys(name), "{name}");
        }
        for name in ["db.prod.internal", "mygithub.com", "docker.internal.corp"] {
            assert!(!is_everybodys(name), "{name}");
        }
    }

    #[test]
    fn endings_that_are_kept() {
        assert_eq!(without_ending("JANES-PC.mshome.net"), ("JANES-PC", ".mshome.net"));
        assert_eq!(without_ending("a.b.local"), ("a.b", ".local"));
        assert_eq!(without_ending("db01.corp"), ("db01.corp", ""));
    }
}
